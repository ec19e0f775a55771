"""What the reactions do alike: create a notification and its delivery, or call it off."""

import uuid
from collections.abc import Mapping

from contratos import motivos, notificaciones, sagas
from contratos.suscripciones import HechoParaElCliente
from notificaciones.aplicacion.envio import Envio
from notificaciones.aplicacion.puertos import Unidad
from notificaciones.dominio.notificacion import Notificacion
from notificaciones.dominio.persona import nombre_de_persona
from saga.pasos import Saga, publicar_paso

ANUNCIOS = frozenset({notificaciones.SERVICIO_LISTO, notificaciones.SUSCRIPCION_ACTIVA, notificaciones.PLAN_MODIFICADO})
"""The types that tell what is, or is about to be. An undo makes that untrue: what was not sent of them is annulled, and
nothing more is. The others tell what happened (a payment, a refusal, a cancellation), which stays true."""

_NOTIFICACIONES = uuid.UUID("0d3d5c1e-8a55-5f0a-b1c5-3f0f7c2b9e47")


def id_notificacion(tipo: str, hecho: str) -> str:
    """The id of the one notification of a type about a fact, however often the fact arrives.

    Args:
        tipo: the notification's type.
        hecho: what the fact is one of: its saga, subscription or invoice, where each of these has one such fact.
    """
    return str(uuid.uuid5(_NOTIFICACIONES, f"{tipo}/{hecho}"))


def encargar(
    unidad: Unidad,
    id: str,
    tipo: str,
    hecho: HechoParaElCliente,
    *,
    paso: str | None = None,
    datos: Mapping[str, str] | None = None,
) -> None:
    """Create a notification that tells a fact to its client, and queue its delivery; of a client who is forgotten, say
    that nothing was sent.

    Args:
        id: the notification's id.
        tipo: its type, also its template's name.
        hecho: the fact; the address in it is the one that is written to.
        paso: the saga's step that the delivery's outcome answers.
        datos: what the template asks for, beside what every fact tells.
    """
    if unidad.claves.de(hecho.id_suscripcion).destruida:
        if paso:
            publicar_paso(unidad, Saga.de(hecho), paso, sagas.OMITIDO, motivo=motivos.CLIENTE_SUPRIMIDO)
        return
    # What a client wrote is quoted nowhere; plans are named as the catalogue does (contract §2).
    cuenta = {"plan": hecho.plan_nombre, **(datos or {})}
    unidad.notificaciones.agregar(
        Notificacion.crear(
            id,
            id_suscripcion=hecho.id_suscripcion,
            id_saga=hecho.id_saga,
            cliente_codigo=hecho.cliente_codigo,
            tipo=tipo,
            canal=unidad.canal,
            asunto=unidad.asuntos[tipo],
            datos=cuenta,
        )
    )
    ahora = unidad.reloj()
    nombre = nombre_de_persona(hecho.cliente_nombres, hecho.cliente_apellidos)
    unidad.envios.agregar(
        Envio(
            id_notificacion=id,
            tipo=tipo,
            saga=Saga.de(hecho),
            paso=paso,
            sobre=unidad.sobre,
            nombre=nombre,
            direccion=hecho.cliente_email,
            datos={"nombre": nombre, "suscripcion": hecho.id_suscripcion, **cuenta},
            creado=ahora,
            leido=ahora,
        )
    )


def anunciar(unidad: Unidad, tipo: str, hecho: HechoParaElCliente, *, datos: Mapping[str, str] | None = None) -> None:
    """Tell the client what is in force now, once per saga; nothing where it was undone before this fact came."""
    cerrada = unidad.cierres.cerrada(hecho.id_saga, hecho.id_suscripcion)
    id = id_notificacion(tipo, hecho.id_saga)
    if not cerrada and unidad.notificaciones.obtener(id) is None:
        encargar(unidad, id, tipo, hecho, datos=datos)


def avisar_del_fin(
    unidad: Unidad, tipo: str, hecho: HechoParaElCliente, *, datos: Mapping[str, str], solo_la_saga: bool = False
) -> None:
    """Undo, as a refusal or a cancellation asks: close what it ends, call off what announces it, and tell the client.

    Args:
        tipo: the type of the notification that tells the client; its outcome is the saga's step AVISAR.
        datos: what its template asks for, beside what every fact tells.
        solo_la_saga: whether the subscription goes on without what the saga was to bring.
    """
    if solo_la_saga:
        unidad.cierres.cerrar_saga(hecho.id_saga)
    else:
        unidad.cierres.cerrar_suscripcion(hecho.id_suscripcion)
    # A subscription ends once, whatever sagas the fact is told under.
    id = id_notificacion(tipo, hecho.id_saga if solo_la_saga else hecho.id_suscripcion)
    if unidad.notificaciones.obtener(id) is not None:
        return
    for envio in unidad.envios.de_suscripcion(hecho.id_suscripcion):
        if envio.tipo in ANUNCIOS and (envio.saga.id == hecho.id_saga or not solo_la_saga):
            cancelar(unidad, envio)
    encargar(unidad, id, tipo, hecho, paso=sagas.AVISAR, datos=datos)


def cancelar(unidad: Unidad, envio: Envio, motivo: str = motivos.SAGA_CERRADA) -> None:
    """Call a delivery off, and say why. One that is being sent this very moment is left to its sender, which knows how
    it ends, and of no other reason than that its saga was closed."""
    if envio.tomado:
        unidad.envios.marcar_para_anular(envio.id_notificacion)
    else:
        anular(unidad, envio, motivo)


def anular(unidad: Unidad, envio: Envio, motivo: str = motivos.SAGA_CERRADA) -> None:
    """End a delivery that was called off."""
    unidad.envios.quitar(envio.id_notificacion)
    notificacion = unidad.notificaciones.obtener(envio.id_notificacion)
    if notificacion is not None and notificacion.anular(motivo) and envio.paso:
        publicar_paso(unidad, envio.saga, envio.paso, sagas.OMITIDO, motivo=motivo)
