"""SuscripcionCancelada: the subscription has ended."""

from contratos.notificaciones import SUSCRIPCION_CANCELADA
from contratos.suscripciones import SuscripcionCancelada
from notificaciones.aplicacion.encargo import avisar_del_fin
from notificaciones.aplicacion.puertos import Unidad


def notificar_suscripcion_cancelada(hecho: SuscripcionCancelada, unidad: Unidad) -> None:
    """Undo, and tell the client; not why: it is the client's own wish, and its own words go nowhere."""
    avisar_del_fin(unidad, SUSCRIPCION_CANCELADA, hecho, datos={})
