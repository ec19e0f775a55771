"""The floors under procesamiento's worker: bare loops on the same backlog, on a subscription of their own."""

import io
import json
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from typing import Any

import fastavro
import psycopg2
import pulsar
import uuid_utils

from contratos.procesamiento import AnonimizarImagen
from seedwork.infraestructura.publicador import crear_cliente

LOTE = 500
ESPERA_MS = 15_000
"""Without a message for so long, the backlog was not what it should have been."""

_ESQUEMA = fastavro.parse_schema(AnonimizarImagen.esquema)
_COLUMNAS = ", ".join(AnonimizarImagen.campos)
_TABLAS = f"""
DROP TABLE IF EXISTS piso_imagenes, piso_inbox, piso_outbox;
CREATE TABLE piso_imagenes ({" text NOT NULL, ".join(AnonimizarImagen.campos)} text NOT NULL, PRIMARY KEY (id_imagen));
CREATE TABLE piso_inbox (consumidor text, ce_id text, PRIMARY KEY (consumidor, ce_id));
CREATE TABLE piso_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topico text NOT NULL,
    clave text NOT NULL, propiedades jsonb NOT NULL, carga bytea NOT NULL);
"""
_INBOX = "consumidor, ce_id"
_OUTBOX = "topico, clave, propiedades, carga"


def drenar(pulsar_url: str, base_url: str, suscripcion: str, cuantas: int, *, bandejas: bool) -> float:
    """Seconds that a process of its own takes from the first batch decoded to the last acknowledgement.

    Args:
        bandejas: whether each message also gets an inbox and an outbox row.

    Raises pulsar.Timeout when there are fewer messages than `cuantas`.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as proceso:
        return proceso.submit(_drenar, pulsar_url, base_url, suscripcion, cuantas, bandejas).result()


def _drenar(pulsar_url: str, base_url: str, suscripcion: str, cuantas: int, bandejas: bool) -> float:
    with closing(crear_cliente(pulsar_url)) as cliente, closing(psycopg2.connect(base_url)) as conexion:
        with conexion, conexion.cursor() as cursor:
            cursor.execute(_TABLAS)
        consumidor = suscribir(cliente, suscripcion)
        hechas = 0
        comienzo: float | None = None
        while hechas < cuantas:
            lote = _recibir(consumidor)
            imagenes = [fastavro.schemaless_reader(io.BytesIO(m.data()), _ESQUEMA) for m in lote]
            comienzo = comienzo or time.perf_counter()
            with conexion, conexion.cursor() as cursor:
                _insertar(cursor, "piso_imagenes", _COLUMNAS, imagenes)
                if bandejas:
                    _en_bandejas(cursor, suscripcion, lote, imagenes)
            for mensaje in lote:
                consumidor.acknowledge(mensaje)
            hechas += len(lote)
        return time.perf_counter() - (comienzo or 0.0)


def suscribir(cliente: pulsar.Client, suscripcion: str) -> pulsar.Consumer:
    """A floor's consumer; its subscription must exist before the backlog does."""
    return cliente.subscribe(
        AnonimizarImagen.topico,
        suscripcion,
        consumer_type=pulsar.ConsumerType.Shared,
        initial_position=pulsar.InitialPosition.Latest,
        batch_index_ack_enabled=True,
    )


def _recibir(consumidor: pulsar.Consumer) -> list[pulsar.Message]:
    """A batch: what is there, up to `LOTE`. One by one, since batch_receive can hang on a partitioned topic."""
    lote = [consumidor.receive(ESPERA_MS)]
    try:
        while len(lote) < LOTE:
            lote.append(consumidor.receive(1))
    except pulsar.Timeout:
        pass
    return lote


def _en_bandejas(cursor: Any, suscripcion: str, lote: list[pulsar.Message], imagenes: list[Any]) -> None:
    """A row in the inbox, and one in the outbox: an encoded event with an id of its own."""
    recibidas = [m.properties() for m in lote]
    entradas = [{"consumidor": suscripcion, "ce_id": p["ce_id"]} for p in recibidas]
    salidas = [
        {
            "topico": "piso",
            "clave": imagen["id_imagen"],
            "propiedades": {**p, "ce_id": str(uuid_utils.uuid7()), "ce_causationid": p["ce_id"]},
            "carga": "\\x" + _codificar(imagen).hex(),
        }
        for p, imagen in zip(recibidas, imagenes, strict=True)
    ]
    _insertar(cursor, "piso_inbox", _INBOX, entradas)
    _insertar(cursor, "piso_outbox", _OUTBOX, salidas)


def _codificar(imagen: Any) -> bytes:
    destino = io.BytesIO()
    fastavro.schemaless_writer(destino, _ESQUEMA, imagen)
    return destino.getvalue()


def _insertar(cursor: Any, tabla: str, columnas: str, filas: list[Any]) -> None:
    """One statement with one parameter, the fastest way that we know, so that the floor flatters nobody."""
    cursor.execute(
        f"INSERT INTO {tabla} ({columnas}) SELECT {columnas} FROM json_populate_recordset(NULL::{tabla}, %s)",
        (json.dumps(filas, ensure_ascii=False),),
    )
