"""CambioPlanIniciado: another plan asks for a quota."""

from computo.aplicacion import reserva
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import CambioPlanIniciado


def reservar_al_cambiar(hecho: CambioPlanIniciado, unidad: Unidad) -> None:
    """Reserve it."""
    reserva.reservar(hecho, unidad)
