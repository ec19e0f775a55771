"""SuscripcionAprovisionada: all that the subscription requires is reserved."""

from contratos import motivos, sagas
from contratos.notificaciones import SERVICIO_LISTO
from contratos.suscripciones import SuscripcionAprovisionada
from notificaciones.aplicacion.encargo import encargar, id_notificacion
from notificaciones.aplicacion.puertos import Unidad
from saga.pasos import Saga, publicar_paso


def notificar_servicio_listo(hecho: SuscripcionAprovisionada, unidad: Unidad) -> None:
    """Tell the client, once per saga; where the saga was closed before this fact came, say that nothing was sent."""
    cerrada = unidad.cierres.cerrada(hecho.id_saga, hecho.id_suscripcion)
    id = id_notificacion(SERVICIO_LISTO, hecho.id_saga)
    if unidad.notificaciones.obtener(id) is not None:
        return
    if cerrada:
        publicar_paso(unidad, Saga.de(hecho), sagas.NOTIFICAR, sagas.OMITIDO, motivo=motivos.SAGA_CERRADA)
    else:
        encargar(unidad, id, SERVICIO_LISTO, hecho, paso=sagas.NOTIFICAR)
