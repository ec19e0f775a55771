"""SuscripcionActivada: what the saga reserved goes to work."""

from contratos import motivos, sagas
from contratos.suscripciones import SuscripcionActivada
from seedwork.aplicacion.saga import Saga, publicar_paso
from servicio_datos.aplicacion.pasos import RECURSO, iniciar
from servicio_datos.aplicacion.puertos import Unidad


def activar(hecho: SuscripcionActivada, unidad: Unidad) -> None:
    """Start the saga's data service. Where its reservation has not arrived yet, that one starts it when it does."""
    if RECURSO not in hecho.recursos_requeridos:
        return
    saga = Saga.de(hecho)
    participacion = unidad.participaciones.de_saga(saga)
    if not participacion.tomar_activacion():
        return
    if participacion.cerrada:
        publicar_paso(unidad, saga, sagas.INICIAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.SAGA_CERRADA)
        return
    servicio = unidad.servicios.vivo_de(saga.id_suscripcion)
    if servicio is not None and servicio.id_saga == saga.id:
        iniciar(unidad, servicio, saga)
