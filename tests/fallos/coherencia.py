"""What the auditor (`tests/auditor`) judges, gathered from real servers: the four databases' rows, and every topic.

It looks from outside, with none of the services' code: rows as SQL shows them, messages as the topics hold them.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import pulsar
from tests.auditor.evidencia import (
    OIDOS,
    Conocida,
    Destino,
    Dicho,
    Espera,
    Evidencia,
    Experto,
    Factura,
    Mensajeria,
    Notificacion,
    Plan,
    ServicioDatos,
    Suscripcion,
)
from tests.saga.bases import filas
from tests.saga.topicos import leer

from contratos import REGISTRO, Mensaje
from plataforma.proveedores import Servidores
from seedwork.infraestructura import avro
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.cloudevents import de_propiedades
from seedwork.infraestructura.publicador import cerrar_cliente, crear_cliente
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas

F = TypeVar("F")

PROPIOS = ("suscripciones", "servicio-datos", "procesamiento", "notificaciones", "sagas")
"""The contexts of the platform; tests register messages of others."""


def reunir(
    servidores: Servidores,
    bases: Mapping[str, str],
    *,
    planes: Mapping[str, Plan],
    pedidas: Collection[str] = (),
    enviadas: Collection[str] = (),
    cartas: Collection[str] = (),
) -> Evidencia:
    """One look at everything.

    Args:
        servidores: where broker and PostgreSQL are.
        bases: each service's database, by its package.
        planes: the catalogue, by the plan's code.
        pedidas: ids of the subscriptions whose commands were accepted.
        enviadas: likewise, of images.
        cartas: the ids that the letters bear which clients got.
    """
    suscripciones, servicio_datos = bases["suscripciones"], bases["servicio_datos"]
    notificaciones, procesamiento = bases["notificaciones"], bases["procesamiento"]
    return Evidencia(
        dichos=_dichos(servidores),
        servicios={_contexto(paquete): _mensajeria(servidores, paquete, base) for paquete, base in bases.items()},
        suscripciones=_filas_de(
            Suscripcion,
            suscripciones,
            "SELECT id, estado, saga->>'id', (saga->>'en_curso')::bool, plazo IS NOT NULL, plan_codigo, recursos,"
            " motivo, detalle, renueva IS NOT NULL FROM suscripciones",
        ),
        facturas=_filas_de(
            Factura,
            suscripciones,
            "SELECT id, id_suscripcion, estado, monto::text, moneda, periodo::date, periodo <= emitida FROM facturas",
        ),
        pasos=_ids(suscripciones, "SELECT id FROM saga_pasos"),
        servicios_datos=_filas_de(
            ServicioDatos,
            servicio_datos,
            "SELECT id, id_suscripcion, coalesce(id_saga, ''), estado, experto_codigo, detalle FROM servicios_datos",
        ),
        expertos=_filas_de(Experto, servicio_datos, "SELECT codigo, usados, capacidad FROM expertos"),
        nubes=_ids(servicio_datos, "SELECT codigo FROM nubes"),
        datasets=_ids(servicio_datos, "SELECT codigo FROM datasets"),
        conocidas=_filas_de(
            Conocida, servicio_datos, "SELECT id, estado, requiere_servicio FROM suscripciones_conocidas"
        ),
        imagenes_contadas=dict(filas(servicio_datos, "SELECT modalidad, cuantas FROM imagenes_por_modalidad")),
        envios=_ids(notificaciones, "SELECT id_notificacion FROM envios"),
        notificaciones=_filas_de(
            Notificacion,
            notificaciones,
            "SELECT id, id_suscripcion, id_saga, tipo, estado, version FROM vista_notificaciones",
        ),
        eventos=[(flujo, version) for flujo, version in filas(notificaciones, "SELECT flujo, version FROM eventos")],
        cartas=cartas,
        imagenes=dict(filas(procesamiento, "SELECT id, estado FROM imagenes")),
        planes=planes,
        pedidas=pedidas,
        enviadas=enviadas,
    )


def pendiente(servidores: Servidores, bases: Mapping[str, str]) -> str | None:
    """What is still in course, in words; None at rest. Dead letters are at rest.

    One look goes from place to place, and what moves may pass behind it: at rest is what nothing was committed in
    meanwhile.

    Raises:
        psycopg2.Error, ErrorDeAprovisionamiento: a server is away.
    """
    if (visto := _en_curso(servidores, bases)) is not None:
        return visto
    antes = _confirmado(bases)
    visto = _en_curso(servidores, bases)
    return visto or (None if _confirmado(bases) == antes else "something was committed while looking")


def _confirmado(bases: Mapping[str, str]) -> list[Any]:
    """What grows with every message that is taken in or said."""
    return [filas(base, "SELECT (SELECT count(*) FROM inbox), (SELECT max(id) FROM outbox)") for base in bases.values()]


def _en_curso(servidores: Servidores, bases: Mapping[str, str]) -> str | None:
    for paquete, base in bases.items():
        if (cuantos := filas(base, "SELECT count(*) FROM outbox WHERE enviado IS NULL")[0][0]) > 0:
            return f"{paquete}: {cuantos} outbox rows not sent"
        if esperas := _esperas(base):
            return f"{paquete}: {len(esperas)} commands that wait"
    if (envios := filas(bases["notificaciones"], "SELECT count(*) FROM envios")[0][0]) > 0:
        return f"{envios} deliveries not over"
    indecisas = "SELECT count(*) FROM suscripciones WHERE estado = 'PENDIENTE' OR (saga->>'en_curso')::bool"
    if (cuantas := filas(bases["suscripciones"], indecisas)[0][0]) > 0:
        return f"{cuantas} sagas in course"
    vencidas = "SELECT count(*) FROM suscripciones WHERE renueva <= clock_timestamp()"
    if (cuantas := filas(bases["suscripciones"], vencidas)[0][0]) > 0:
        return f"{cuantas} renewals due"
    aprovisionador = Aprovisionador(servidores.admin_url)
    for contexto, tipos in OIDOS.items():
        for tipo in tipos:
            if atraso := aprovisionador.atraso(tipo.topico, contexto):
                return f"{contexto}: {atraso} {tipo.__name__} not acknowledged"
    return None


def _dichos(servidores: Servidores) -> Mapping[type[Mensaje], list[Dicho]]:
    """What each topic holds, in its order, repeats included."""
    cliente = crear_cliente(servidores.pulsar_url)
    try:
        tipos = [tipo for tipo in REGISTRO.values() if tipo.contexto in PROPIOS]
        return {tipo: [Dicho.de(m.properties(), _leido(tipo, m)) for m in leer(cliente, tipo.topico)] for tipo in tipos}
    finally:
        cerrar_cliente(cliente)


def _leido(tipo: type[Mensaje], original: pulsar.Message) -> Mensaje:
    sobre = de_propiedades(original.properties(), original.partition_key())
    return avro.decodificar(tipo, original.data(), sobre=sobre)


def _mensajeria(servidores: Servidores, paquete: str, base: str) -> Mensajeria:
    aparcadas = topico_cartas(_contexto(paquete))
    return Mensajeria(
        outbox=_ids(base, "SELECT ce_id FROM outbox"),
        inbox=_ids(base, "SELECT ce_id FROM inbox"),
        intentos=_ids(base, "SELECT ce_id FROM intentos"),
        lotes=_ids(base, "SELECT unnest(ce_ids) FROM lotes"),
        esperas=_esperas(base),
        destinos=_filas_de(Destino, base, "SELECT id_comando, tipo, estado, motivo FROM comandos"),
        aparcadas=Aprovisionador(servidores.admin_url).atraso(aparcadas, SUBSCRIPTION_CARTAS),
    )


def _esperas(base: str) -> list[Espera]:
    """The commands that wait; none where the service keeps no table of them."""
    if filas(base, "SELECT to_regclass('esperas')") == [(None,)]:
        return []
    return [Espera(*fila) for fila in filas(base, "SELECT consumidor, ce_id, tipo, sujeto FROM esperas")]


def _ids(base: str, consulta: str) -> set[str]:
    return {id for (id,) in filas(base, consulta)}


def _filas_de(clase: type[F], base: str, consulta: str) -> dict[str, F]:
    """The rows of a query, by their first column; the others are the class's fields, in their order."""
    return {id: clase(*resto) for id, *resto in filas(base, consulta)}


def _contexto(paquete: str) -> str:
    return paquete.replace("_", "-")
