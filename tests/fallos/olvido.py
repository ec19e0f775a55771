"""`make olvido`: what is promised to be forgotten is gone after its days, from every file of the platform.

The days are cut to minutes. A mark that occurs nowhere else is sent in every personal field, by every way there is:
what is done, refused, retried, made to wait, parked, kept apart, asked for in a query, answered with 4xx and 5xx; and
in the files of images, their names, and what is told of them. Then all is left alone until its time is over, and the
mark is looked for in every file of broker, PostgreSQL, store and logs. What the owners' tables keep
(docs/datos-personales.md) is left out, relation by relation, and nothing else; of a client who asked to be forgotten
(ADR 50), with a mark of its own in its code too, nothing is left out. Then the saga's view and the notifications' are
built anew, and the event store is checked. It ends non-zero where a mark is found, or one of these can't be done.

To see the end of it within minutes, the broker closes idle ledgers after seconds and keeps a small journal
(:data:`BROKER`), and PostgreSQL's log is switched once in the end: what a platform's further traffic does.
"""

import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import sqlalchemy as sa
from rich.console import Console
from tests.fallos.cimiento import Cimiento, cimiento
from tests.fallos.marcado import FECHA, Marcado
from tests.saga.bases import filas
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma, plataforma_viva

from notificaciones.infraestructura.vistas import atrasadas
from notificaciones.infraestructura.vistas import reconstruir as rehacer_vistas
from plataforma import broker
from seedwork.infraestructura import bd
from seedwork.infraestructura.almacen_eventos import verificar
from seedwork.infraestructura.publicador import crear_cliente
from seedwork.pruebas.bases import de_dueno
from suscripciones.infraestructura.reconstruccion import reconstruir as rehacer_saga

MINUTO = 1 / 1440
DIAS = {
    "RETENCION_DIAS": str(1 * MINUTO),
    "CARTAS_DIAS": str(1 * MINUTO),
    "OUTBOX_DIAS": str(0.5 * MINUTO),
    "CUARENTENA_DIAS": str(1.5 * MINUTO),
    "REINTENTOS_MAXIMO": "2",
    "REINTENTOS_BASE_S": "0.1",
}
BROKER = {
    "managedLedgerInactiveLedgerRolloverTimeSeconds": "15",
    "retentionCheckIntervalInSeconds": "10",
    **broker.DEL_DISCO,
    "entrylogMapAccessExpiryTimeInSeconds": "15",
    "gcWaitTime": "5000",
    "flushInterval": "5000",
    "journalMaxSizeMB": "1",
    "journalPreAllocSizeMB": "1",
}
DE_SUS_DUENOS = {
    "suscripciones": ("clientes", "suscripciones", "facturas"),
    "servicio_datos": ("servicios_datos", "imagenes_por_modalidad", "clases", "imagenes", "publicadas"),
    "procesamiento": ("imagenes",),
}
"""What each service keeps of people, by its package: see the page."""
DE_OPERADORES = {"procesamiento": ("archivos",)}
"""What it keeps of who decided, and why: nothing of a patient's is there."""
DE_UN_OLVIDADO = {
    "suscripciones": ("clientes", "suscripciones", "facturas"),
    "servicio_datos": ("servicios_datos", "suscripciones_conocidas"),
    "notificaciones": ("vista_notificaciones", "claves_de_cliente"),
}
"""Where what a client was held by is emptied when it is forgotten."""
PACIENCIA_S = 600.0


@contextmanager
def con_prisa() -> Iterator[None]:
    """Days and ledgers are short in the body."""
    ajustes, entorno = dict(broker.AJUSTES_DE_PASO), dict(os.environ)
    broker.AJUSTES_DE_PASO.update(BROKER)
    os.environ.update(DIAS)
    try:
        yield
    finally:
        broker.AJUSTES_DE_PASO.clear()
        broker.AJUSTES_DE_PASO.update(ajustes)
        os.environ.clear()
        os.environ.update(entorno)


def una_sola(marca: str, de_operador: str) -> Callable[[str], str]:
    """The same for every value, but for what an operator says; a date stands where nothing else does. Who asked for
    something stays in the audit trail, and a researcher as long as they may read: neither is a mark."""

    def de(valor: str) -> str:
        if valor.endswith("fecha"):
            return FECHA.format(0)
        if valor in ("quien", "investigador"):
            return "alguien"
        return de_operador if valor in ("operador", "razon") else marca

    return de


def hallazgos(
    marcas: Mapping[str, Mapping[str, Sequence[str]]], suelo: Cimiento, plataforma: Plataforma
) -> Mapping[str, int]:
    """How often the marks occur in each file, but for each one's owners' relations."""
    propias = {marca.encode(): set(_relaciones(plataforma, de_quien)) for marca, de_quien in marcas.items()}
    hallados: dict[str, int] = {}
    carpetas = [suelo.carpeta, plataforma.logs.parent]
    for archivo in (a for carpeta in carpetas for a in carpeta.rglob("*") if a.is_file()):
        # A relation's file may have a fork or a segment behind its number.
        relacion = archivo.name.split(".")[0].split("_")[0] if "base" in archivo.parts else ""
        try:
            # Numbers of documents are kept in upper case.
            octetos = f"{archivo.name}\n".encode() + archivo.read_bytes().lower()
            veces = sum(octetos.count(marca) for marca, suyas in propias.items() if relacion not in suyas)
        except FileNotFoundError:
            continue
        if veces:
            hallados[str(archivo)] = veces
    return hallados


def _relaciones(plataforma: Plataforma, de_quien: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The names of the files of the owners' tables, their indexes and what is kept beside them (TOAST)."""
    consulta = """
        SELECT pg_relation_filenode(r) FROM pg_class t, LATERAL (
            SELECT t.oid AS r UNION SELECT t.reltoastrelid UNION SELECT indexrelid FROM pg_index
            WHERE indrelid IN (t.oid, t.reltoastrelid)
        ) suyas WHERE t.relname = '{}' AND t.relkind = 'r' AND r <> 0
    """
    for paquete, tablas in de_quien.items():
        for tabla in tablas:
            yield from (str(numero) for (numero,) in filas(plataforma.bases[paquete], consulta.format(tabla)))


def _ordenar(url: str, *ordenes: str) -> None:
    with closing(psycopg2.connect(url)) as conexion:
        conexion.autocommit = True
        with conexion.cursor() as cursor:
            for orden in ordenes:
                cursor.execute(orden)


def trafico(plataforma: Plataforma, suelo: Cimiento) -> None:
    """What any platform's further life does to its journals: other writes, a checkpoint, another segment."""
    cliente = crear_cliente(plataforma.servidores.pulsar_url)
    # Another topic each time: the bookie looks no further than the first file that is still written to.
    productor = cliente.create_producer(f"persistent://public/default/relleno-{secrets.token_hex(4)}")
    for _ in range(300):
        productor.send(b"0" * 10_000)
    cliente.close()
    for paquete, tablas in DE_UN_OLVIDADO.items():
        # What was emptied lies in its page until other rows take the place, and in what statistics sampled of it.
        rehacer = [f"VACUUM (FULL, ANALYZE) {tabla}" for tabla in (*tablas, "pg_statistic")]
        _ordenar(_de_administrador(suelo, plataforma.bases[paquete]), *rehacer)
    _ordenar(suelo.servidores.postgres_url, "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")


def _de_administrador(suelo: Cimiento, url: str) -> str:
    base = sa.make_url(suelo.servidores.postgres_url).set(database=sa.make_url(url).database)
    return base.render_as_string(hide_password=False)


def plegado(suelo: Cimiento, plataforma: Plataforma, suscripciones: Sequence[str]) -> str:
    """What follows from the saga's topic and from the event store is built anew, and the store's chains are checked."""
    motores = [bd.crear_motor(de_dueno(plataforma.bases[p])) for p in ("suscripciones", "notificaciones")]
    try:
        pasos = rehacer_saga(motores[0], suelo.servidores.pulsar_url)
        eventos = rehacer_vistas(motores[1])
        with motores[1].connect() as conexion:
            assert (list(verificar(conexion)), atrasadas(conexion)) == ([], [])
        for id in suscripciones:
            visto = Negocio(plataforma).pregunta(f"/suscripciones/{id}/saga").cuerpo
            assert visto["estado"] == "COMPLETADA" and visto["pasos"], visto
            cuantas = filas(
                plataforma.bases["notificaciones"],
                f"SELECT count(*) FROM vista_notificaciones WHERE id_suscripcion = '{id}' AND cliente_codigo = ''",
            )
            assert cuantas[0][0] > 0
    finally:
        for motor in motores:
            motor.dispose()
    return f"built anew from {pasos} steps of the saga's topic and {eventos} events, whose chains are whole"


def experimento(consola: Console) -> Mapping[str, int]:
    """All of it; answers what was found after all days were over, by file."""
    marca, de_operador, de_olvidado = (f"zq{secrets.token_hex(8)}zq" for _ in range(3))
    marcas = {marca: DE_SUS_DUENOS, de_operador: DE_OPERADORES, de_olvidado: {}}
    with (
        con_prisa(),
        cimiento(consola, de_paso=True) as suelo,
        tempfile.TemporaryDirectory() as carpeta,
        plataforma_viva(suelo.servidores, Path(carpeta)) as plataforma,
    ):
        marcado = Marcado(plataforma, una_sola(marca, de_operador))
        marcado.lo_que_la_puerta_no_toma()
        marcado.lo_que_nadie_puede_leer()
        marcado.lo_que_se_hace()
        suyas = Marcado(plataforma, una_sola(de_olvidado, de_operador)).un_olvidado(f"c-{de_olvidado}")
        marcado.los_archivos()
        marcado.los_paquetes()
        marcado.lo_que_espera()
        marcado.sin_base(suelo)
        antes = hallazgos(marcas, suelo, plataforma)
        consola.print(f"sent: the mark is in {len(antes)} files, {sum(antes.values())} times")
        comienzo = time.monotonic()
        hallados = antes
        while hallados and time.monotonic() - comienzo < PACIENCIA_S:
            time.sleep(10)
            trafico(plataforma, suelo)
            hallados = hallazgos(marcas, suelo, plataforma)
            lugares = json.dumps({Path(a).name: n for a, n in hallados.items()})
            consola.print(f"{time.monotonic() - comienzo:5.0f} s: {sum(hallados.values())} times, {lugares}")
        consola.print(plegado(suelo, plataforma, suyas))
        return hallados


if __name__ == "__main__":
    quedan = experimento(Console(highlight=False, soft_wrap=True))
    for archivo, veces in quedan.items():
        print(f"{veces:6} {archivo}")
    print(f"marked values found after their days: {sum(quedan.values())}")
    sys.exit(bool(quedan))
