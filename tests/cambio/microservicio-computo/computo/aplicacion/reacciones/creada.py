"""SuscripcionCreada: a saga asks for a quota."""

from computo.aplicacion import pasos
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import SuscripcionCreada


def creada(hecho: SuscripcionCreada, unidad: Unidad) -> None:
    """Reserve it."""
    pasos.reservar(hecho, unidad)
