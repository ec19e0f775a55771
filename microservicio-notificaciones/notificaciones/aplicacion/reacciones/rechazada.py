"""SuscripcionRechazada: the undo of what was to be notified, and a notification of its own."""

from contratos import sagas
from contratos.suscripciones import SuscripcionRechazada
from notificaciones.aplicacion.encargo import cancelar, encargar, id_notificacion
from notificaciones.aplicacion.puertos import Unidad

TIPO = "SUSCRIPCION_RECHAZADA"


def notificar_suscripcion_rechazada(hecho: SuscripcionRechazada, unidad: Unidad) -> None:
    """Close the saga here, call off what was not sent for it, and tell the client."""
    unidad.sagas.cerrar(hecho.id_saga)
    id = id_notificacion(TIPO, hecho.id_saga)
    if unidad.notificaciones.obtener(id) is not None:
        return
    for envio in unidad.envios.de_saga(hecho.id_saga):
        cancelar(unidad, envio)
    encargar(unidad, id, TIPO, hecho, paso=sagas.AVISAR)
