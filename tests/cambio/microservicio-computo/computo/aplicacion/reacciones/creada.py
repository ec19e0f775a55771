"""SuscripcionCreada: a saga asks for a quota."""

from computo.aplicacion import reserva
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import SuscripcionCreada


def reservar_al_crear(hecho: SuscripcionCreada, unidad: Unidad) -> None:
    """Reserve it."""
    reserva.reservar(hecho, unidad)
