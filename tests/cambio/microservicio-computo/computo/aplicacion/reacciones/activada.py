"""SuscripcionActivada: what the saga reserved is in use."""

from computo.aplicacion import reserva
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import SuscripcionActivada


def iniciar_al_activar(hecho: SuscripcionActivada, unidad: Unidad) -> None:
    """Start it."""
    reserva.iniciar(hecho, unidad)
