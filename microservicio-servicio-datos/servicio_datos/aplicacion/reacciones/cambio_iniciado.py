"""CambioPlanIniciado: a change of plan asks for what the new plan requires besides."""

from contratos.suscripciones import CambioPlanIniciado
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.aplicacion.reserva import reservar


def reservar_al_cambiar(hecho: CambioPlanIniciado, unidad: Unidad) -> None:
    """Reserve a data service where the new plan requires one and the old did not."""
    reservar(hecho, unidad)
