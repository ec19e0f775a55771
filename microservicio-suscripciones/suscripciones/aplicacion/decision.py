"""A saga is decided, and told so: what several handlers do alike."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from contratos import motivos, sagas
from saga.fin import PRIMEROS
from saga.pasos import Saga, publicar_paso
from suscripciones.aplicacion.puertos import Unidad
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.linea import Paso
from suscripciones.dominio.suscripcion import Suscripcion

_FACTURAS = uuid.UUID("5b0c1f0e-5a1d-5a1d-9f3e-0c6a0f1f7a11")


def saga_de(suscripcion: Suscripcion) -> Saga:
    """The subscription's latest saga, as its messages tell it."""
    saga = suscripcion.saga
    return Saga(saga.id, suscripcion.id, saga.requeridos, saga.liberados)


def traza(pasos: Collection[Paso]) -> str | None:
    """The traceparent of what a saga began with, of its steps; what somebody asked for later, a cancellation say, began
    a trace of its own. None where none is told."""
    con_traza = [p for p in pasos if p.traza]
    return next((p.traza for p in con_traza if p.paso in PRIMEROS), con_traza[0].traza if con_traza else None)


def id_factura(de: str) -> str:
    """The id of the invoice for what has this name: the same however often it is worked out."""
    return str(uuid.uuid5(_FACTURAS, de))


def plazo_de_hoy(unidad: Unidad) -> datetime:
    """When a saga that begins now is to be decided at the latest, by the database's clock."""
    return unidad.reloj() + timedelta(seconds=unidad.plazo_s)


def activar(unidad: Unidad, suscripcion: Suscripcion, cliente: Cliente) -> None:
    """Let an undecided saga succeed: the subscription is in force, with its first invoice; or its new plan is."""
    saga = suscripcion.saga
    if not suscripcion.espera_a(saga.id):
        return
    plan = unidad.planes.get(suscripcion.plan_pedido)
    if plan is None:
        # It was taken out of the catalogue meanwhile: nobody knows its price any more.
        rechazar(unidad, suscripcion, saga.id, motivos.PLAN_DESCONOCIDO)
        return
    factura = suscripcion.activar(saga.id, plan, cliente, id_factura(saga.id), unidad.reloj())
    if factura is not None:
        unidad.facturas.agregar(factura)
    publicar_paso(unidad, saga_de(suscripcion), sagas.ACTIVAR)
    responder_por_nadie(unidad, saga_de(suscripcion), saga.liberados)


def rechazar(unidad: Unidad, suscripcion: Suscripcion, id_saga: str, motivo: str) -> None:
    """Let an undecided saga fail; whoever did something for it undoes it."""
    if suscripcion.rechazar(id_saga, motivo, unidad.clientes.leer(suscripcion.cliente_codigo)):
        publicar_paso(unidad, saga_de(suscripcion), sagas.RECHAZAR, motivo=motivo)
        responder_por_nadie(unidad, saga_de(suscripcion), suscripcion.saga.requeridos)


def responder_por_nadie(unidad: Unidad, saga: Saga, recursos: Iterable[str]) -> None:
    """Answer an undo or a release for what nobody provides any more, or the saga would never end.

    One answer per saga and resource, as a provider gives it.
    """
    for recurso in dict.fromkeys(recursos):
        if recurso not in unidad.proveedores:
            publicar_paso(unidad, saga, sagas.LIBERAR, sagas.OMITIDO, recurso=recurso, motivo=motivos.NADA_QUE_LIBERAR)
