"""SuscripcionActivada: the subscription is in force."""

from contratos.suscripciones import SuscripcionActivada
from notificaciones.aplicacion.encargo import encargar, id_notificacion
from notificaciones.aplicacion.puertos import Unidad

TIPO = "SUSCRIPCION_ACTIVA"


def notificar_suscripcion_activa(hecho: SuscripcionActivada, unidad: Unidad) -> None:
    """Tell the client of a plan without resources; who has any was told when they were reserved."""
    id = id_notificacion(TIPO, hecho.id_saga)
    if not hecho.recursos_requeridos and unidad.notificaciones.obtener(id) is None:
        encargar(unidad, id, TIPO, hecho)
