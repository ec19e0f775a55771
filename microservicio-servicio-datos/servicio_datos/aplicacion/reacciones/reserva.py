"""SuscripcionCreada: a saga asks for a data service."""

import uuid

from contratos import motivos, sagas
from contratos.servicio_datos import ServicioDatosRechazada
from contratos.suscripciones import SuscripcionCreada
from seedwork.aplicacion.saga import Saga, publicar_paso
from seedwork.dominio.errores import ReglaViolada
from servicio_datos.aplicacion.pasos import RECURSO, iniciar
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import Asignacion, ServicioDatos

_SERVICIOS = uuid.UUID("0e3f7f5c-3c5e-5b6d-8f0a-6d1f2a4b9c77")


def reservar(hecho: SuscripcionCreada, unidad: Unidad) -> None:
    """Reserve a data service where the saga requires one, and answer it: reserved, refused, or closed before."""
    if RECURSO not in hecho.recursos_requeridos:
        return
    saga = Saga.de(hecho)
    participacion = unidad.participaciones.de_saga(saga)
    if not participacion.tomar_reserva():
        return
    if participacion.cerrada:
        publicar_paso(unidad, saga, sagas.RESERVAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.SAGA_CERRADA)
        return
    id = str(uuid.uuid5(_SERVICIOS, saga.id))
    try:
        asignacion = _asignar(unidad, saga)
    except ReglaViolada as regla:
        _rechazar(unidad, saga, id, regla.codigo)
        return
    servicio = ServicioDatos.reservar(id, saga.id_suscripcion, saga.id, asignacion)
    unidad.servicios.agregar(servicio)
    publicar_paso(unidad, saga, sagas.RESERVAR, recurso=RECURSO)
    if participacion.activada:
        iniciar(unidad, servicio, saga)


def _asignar(unidad: Unidad, saga: Saga) -> Asignacion:
    """Raise ReglaViolada where something is missing; the expert comes last, since only that takes anything away."""
    if unidad.servicios.vivo_de(saga.id_suscripcion) is not None:
        raise ReglaViolada(motivos.YA_TIENE_SERVICIO)
    nube = unidad.recursos.elegir_nube()
    if nube is None:
        raise ReglaViolada(motivos.SIN_NUBE)
    dataset = unidad.recursos.elegir_dataset()
    if dataset is None:
        raise ReglaViolada(motivos.SIN_DATASET)
    experto = unidad.recursos.tomar_experto()
    if experto is None:
        raise ReglaViolada(motivos.SIN_CAPACIDAD)
    return Asignacion(experto_codigo=experto, nube_codigo=nube, dataset_codigo=dataset)


def _rechazar(unidad: Unidad, saga: Saga, id: str, motivo: str) -> None:
    """The refused one leaves no row: this is the first and last event of its id."""
    unidad.publicar(
        ServicioDatosRechazada(
            id_servicio_datos=id, id_suscripcion=saga.id_suscripcion, id_saga=saga.id, motivo=motivo
        ),
        sujeto=id,
        secuencia=1,
    )
    publicar_paso(unidad, saga, sagas.RESERVAR, sagas.RECHAZADO, recurso=RECURSO, motivo=motivo)
