"""SuscripcionAprovisionada: all that the subscription requires is reserved."""

from contratos import motivos, sagas
from contratos.suscripciones import SuscripcionAprovisionada
from notificaciones.aplicacion.encargo import encargar, id_notificacion
from notificaciones.aplicacion.puertos import Unidad
from seedwork.aplicacion.saga import Saga, publicar_paso

TIPO = "SERVICIO_LISTO"


def notificar_servicio_listo(hecho: SuscripcionAprovisionada, unidad: Unidad) -> None:
    """Tell the client, once per saga; where the saga was closed before this fact came, say that nothing was sent."""
    cerrada = unidad.sagas.cerrada(hecho.id_saga)
    id = id_notificacion(TIPO, hecho.id_saga)
    if unidad.notificaciones.obtener(id) is not None:
        return
    if cerrada:
        publicar_paso(unidad, Saga.de(hecho), sagas.NOTIFICAR, sagas.OMITIDO, motivo=motivos.SAGA_CERRADA)
    else:
        encargar(unidad, id, TIPO, hecho, paso=sagas.NOTIFICAR)
