"""What several reactions do alike: know the subscription, reserve, start, end and release, and say so."""

import uuid
from collections.abc import Mapping

from contratos import motivos, sagas
from contratos.servicio_datos import SERVICIO_DATOS, ServicioDatosRechazada
from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    HechoSuscripcion,
    SuscripcionActivada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from saga.pasos import Saga, publicar_paso
from seedwork.dominio.errores import ReglaViolada
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import Asignacion, ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import (
    ACTIVA,
    CANCELADA,
    PENDIENTE,
    RECHAZADA,
    SuscripcionConocida,
)

RECURSO = SERVICIO_DATOS
"""The resource that this service provides, as plans name it."""

_SERVICIOS = uuid.UUID("0e3f7f5c-3c5e-5b6d-8f0a-6d1f2a4b9c77")

_ESTADOS: Mapping[type[HechoSuscripcion], str] = {
    SuscripcionCreada: PENDIENTE,
    SuscripcionActivada: ACTIVA,
    CambioPlanIniciado: ACTIVA,
    CambioPlanRechazado: ACTIVA,
    SuscripcionPlanModificado: ACTIVA,
    SuscripcionRechazada: RECHAZADA,
    SuscripcionCancelada: CANCELADA,
}
"""How far a subscription has come, by the fact that tells of it."""


def conocer(hecho: HechoSuscripcion, unidad: Unidad) -> SuscripcionConocida:
    """Take in what a fact tells of its subscription. Each reaction to such a fact does it first: so they take turns."""
    conocida = unidad.suscripciones.de(hecho.id_suscripcion)
    conocida.avanzar(_ESTADOS[type(hecho)])
    suyo = unidad.servicios_datos.vivo_de(hecho.id_suscripcion) if conocida.ser_de(hecho.cliente_codigo) else None
    if suyo is not None:
        # Of before anybody told whose it is.
        suyo.cliente_codigo = hecho.cliente_codigo
    return conocida


def reservar(hecho: SuscripcionCreada | CambioPlanIniciado, unidad: Unidad) -> None:
    """Reserve a data service where the saga requires one, and answer it: reserved, refused, or closed before."""
    conocida = conocer(hecho, unidad)
    if RECURSO not in hecho.recursos_requeridos:
        return
    saga = Saga.de(hecho)
    participacion = unidad.participaciones.de_saga(saga)
    if not participacion.tomar_reserva():
        return
    if participacion.cerrada or conocida.terminada:
        publicar_paso(unidad, saga, sagas.RESERVAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.SAGA_CERRADA)
        return
    id = str(uuid.uuid5(_SERVICIOS, saga.id))
    try:
        asignacion = _asignar(unidad, saga)
    except ReglaViolada as regla:
        _rechazar(unidad, saga, id, regla.codigo)
        return
    servicio_datos = ServicioDatos.crear(id, saga.id_suscripcion, saga.id, asignacion, conocida.cliente_codigo)
    unidad.servicios_datos.agregar(servicio_datos)
    publicar_paso(unidad, saga, sagas.RESERVAR, recurso=RECURSO)
    if participacion.activada:
        _iniciar(unidad, servicio_datos, saga)


def iniciar_reservado(saga: Saga, unidad: Unidad, conocida: SuscripcionConocida) -> None:
    """Put what the saga reserved to work. Where its reservation has not arrived yet, that one does when it arrives."""
    participacion = unidad.participaciones.de_saga(saga)
    if not participacion.tomar_activacion():
        return
    if conocida.terminada:
        publicar_paso(unidad, saga, sagas.INICIAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.SAGA_CERRADA)
        return
    servicio_datos = unidad.servicios_datos.vivo_de(saga.id_suscripcion)
    if servicio_datos is not None and servicio_datos.id_saga == saga.id:
        _iniciar(unidad, servicio_datos, saga)


def terminar(unidad: Unidad, servicio_datos: ServicioDatos, id_saga: str, motivo: str, detalle: str = "") -> None:
    """End a data service that is alive, and give its expert's place back.

    Args:
        motivo: a code, maybe told by another context: only one of the list is kept and told on.
    """
    servicio_datos.terminar(id_saga, motivos.de_la_lista(motivo), detalle)
    unidad.recursos.devolver_experto(servicio_datos.experto_codigo)


def liberar(unidad: Unidad, saga: Saga, *, devuelto: bool) -> None:
    """Tell the saga, once, that it holds nothing here any more.

    Args:
        devuelto: whether anything was given back for it.
    """
    if not unidad.participaciones.de_saga(saga).tomar_cierre():
        return
    if devuelto:
        publicar_paso(unidad, saga, sagas.LIBERAR, recurso=RECURSO)
    else:
        publicar_paso(unidad, saga, sagas.LIBERAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.NADA_QUE_LIBERAR)


def terminar_suscripcion(
    hecho: SuscripcionRechazada | SuscripcionCancelada, unidad: Unidad, *, en_juego: tuple[str, ...]
) -> None:
    """End whatever the subscription holds, and close the saga here with one answer; its cause may still be on its way.

    Args:
        en_juego: the resources whose release the saga waits for. What was made by hand is none of its own.
    """
    conocer(hecho, unidad)
    saga = Saga.de(hecho)
    servicio_datos = unidad.servicios_datos.vivo_de(saga.id_suscripcion)
    devuelto = servicio_datos is not None and not servicio_datos.a_mano
    if servicio_datos is not None:
        terminar(unidad, servicio_datos, saga.id if devuelto else "", hecho.motivo)
    if devuelto or RECURSO in en_juego:
        liberar(unidad, saga, devuelto=devuelto)


def _iniciar(unidad: Unidad, servicio_datos: ServicioDatos, saga: Saga) -> None:
    # Somebody may have started it by hand: the saga still waits for the step.
    servicio_datos.iniciar(saga.id)
    publicar_paso(unidad, saga, sagas.INICIAR, recurso=RECURSO)


def _asignar(unidad: Unidad, saga: Saga) -> Asignacion:
    """Raise ReglaViolada where something is missing; the expert comes last, since only that takes anything away."""
    if unidad.servicios_datos.vivo_de(saga.id_suscripcion) is not None:
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
