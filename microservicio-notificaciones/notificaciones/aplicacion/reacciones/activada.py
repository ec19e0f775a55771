"""SuscripcionActivada: the subscription is in force."""

from contratos.notificaciones import SUSCRIPCION_ACTIVA
from contratos.suscripciones import SuscripcionActivada
from notificaciones.aplicacion.encargo import anunciar
from notificaciones.aplicacion.puertos import Unidad


def notificar_suscripcion_activa(hecho: SuscripcionActivada, unidad: Unidad) -> None:
    """Tell the client of a plan without resources; who has any was told when they were reserved."""
    if not hecho.recursos_requeridos:
        anunciar(unidad, SUSCRIPCION_ACTIVA, hecho)
