"""SuscripcionRechazada: what was reserved is given back."""

from contratos import motivos, sagas
from contratos.suscripciones import SuscripcionRechazada
from seedwork.aplicacion.saga import Saga, publicar_paso
from servicio_datos.aplicacion.pasos import RECURSO, terminar
from servicio_datos.aplicacion.puertos import Unidad


def compensar(hecho: SuscripcionRechazada, unidad: Unidad) -> None:
    """End what the subscription holds and close the saga here, with one answer; its cause may still be on its way."""
    saga = Saga.de(hecho)
    servicio = unidad.servicios.vivo_de(saga.id_suscripcion)
    if servicio is not None:
        terminar(unidad, servicio, saga, hecho.motivo)
    elif RECURSO not in saga.requeridos:
        return
    if not unidad.participaciones.de_saga(saga).tomar_cierre():
        return
    if servicio is not None:
        publicar_paso(unidad, saga, sagas.LIBERAR, recurso=RECURSO)
    else:
        publicar_paso(unidad, saga, sagas.LIBERAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.NADA_QUE_LIBERAR)
