"""What the reactions do alike: create a notification and its delivery, or call it off."""

import uuid

from contratos import motivos, sagas
from contratos.suscripciones import HechoParaElCliente
from notificaciones.aplicacion.envio import Envio
from notificaciones.aplicacion.puertos import Unidad
from notificaciones.dominio.notificacion import Notificacion
from seedwork.aplicacion.saga import Saga, publicar_paso

_NOTIFICACIONES = uuid.UUID("0d3d5c1e-8a55-5f0a-b1c5-3f0f7c2b9e47")


def id_notificacion(tipo: str, hecho: str) -> str:
    """The id of the one notification of a type about a fact, however often the fact arrives.

    Args:
        tipo: the notification's type.
        hecho: what the fact is one of: its saga where each saga has one such fact, else its own ``ce_id``.
    """
    return str(uuid.uuid5(_NOTIFICACIONES, f"{tipo}/{hecho}"))


def encargar(unidad: Unidad, id: str, tipo: str, hecho: HechoParaElCliente, *, paso: str | None = None) -> None:
    """Create a notification that tells a fact to its client, and queue its delivery.

    Args:
        id: the notification's id.
        tipo: its type, also its template's name.
        hecho: the fact; the address in it is the one that is written to.
        paso: the saga's step that the delivery's outcome answers.
    """
    unidad.notificaciones.agregar(
        Notificacion.crear(
            id,
            id_suscripcion=hecho.id_suscripcion,
            id_saga=hecho.id_saga,
            cliente_codigo=hecho.cliente_codigo,
            tipo=tipo,
            canal=unidad.canal,
            asunto=unidad.asuntos[tipo],
        )
    )
    ahora = unidad.reloj()
    nombre = f"{hecho.cliente_nombres} {hecho.cliente_apellidos}".strip()
    unidad.envios.agregar(
        Envio(
            id_notificacion=id,
            tipo=tipo,
            saga=Saga.de(hecho),
            paso=paso,
            sobre=unidad.sobre,
            nombre=nombre,
            direccion=hecho.cliente_email,
            datos={
                "nombre": nombre,
                "plan": hecho.plan_nombre,
                "suscripcion": hecho.id_suscripcion,
                "motivo": motivos.texto(getattr(hecho, "motivo", "")) or "",
            },
            creado=ahora,
            leido=ahora,
        )
    )


def cancelar(unidad: Unidad, envio: Envio) -> None:
    """Call a delivery off. One that is being sent this very moment is left to its sender, which knows how it ends."""
    if envio.tomado:
        unidad.envios.marcar_para_anular(envio.id_notificacion)
    else:
        anular(unidad, envio)


def anular(unidad: Unidad, envio: Envio) -> None:
    """End a delivery that was called off."""
    unidad.envios.quitar(envio.id_notificacion)
    notificacion = unidad.notificaciones.obtener(envio.id_notificacion)
    if notificacion is not None and notificacion.anular(motivos.SAGA_CERRADA) and envio.paso:
        publicar_paso(unidad, envio.saga, envio.paso, sagas.OMITIDO, motivo=motivos.SAGA_CERRADA)
