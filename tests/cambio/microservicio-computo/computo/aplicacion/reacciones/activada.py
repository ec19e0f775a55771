"""SuscripcionActivada: what the saga reserved is in use."""

from computo.aplicacion import pasos
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import SuscripcionActivada


def activada(hecho: SuscripcionActivada, unidad: Unidad) -> None:
    """Start it."""
    pasos.iniciar(hecho, unidad)
