"""SuscripcionCreada: a new subscription's saga asks for a data service."""

from contratos.suscripciones import SuscripcionCreada
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.aplicacion.reserva import reservar


def reservar_al_crear(hecho: SuscripcionCreada, unidad: Unidad) -> None:
    """Reserve a data service where the plan requires one."""
    reservar(hecho, unidad)
