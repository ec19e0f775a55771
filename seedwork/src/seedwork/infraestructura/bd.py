"""How an engine is made, and the tables that every service's database has for its messages."""

import re
import select
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg2
import psycopg2.extensions
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

from seedwork.infraestructura.plazos import PLAZOS, Plazos
from seedwork.infraestructura.tabla import SinBase

METADATOS = sa.MetaData()
"""The messaging tables, which ``ddl`` makes; each service's own tables are in a MetaData of its own."""

AHORA = sa.text("clock_timestamp()")
NO_ESPERAR = sa.text("DELETE FROM esperas WHERE consumidor = :consumidor AND ce_id = :ce_id")
"""That a command waits no more."""
ACABAR_ESPERA = sa.text("""
    WITH sin_intentos AS (DELETE FROM intentos WHERE consumidor = :consumidor AND ce_id = :ce_id)
    DELETE FROM esperas WHERE consumidor = :consumidor AND ce_id = :ce_id
""")
"""Likewise, and that it is done with: no row of attempts outlives what it counts."""
_AHORA_DE_COPY = sa.text("statement_timestamp()")

_CONEXION_S = 5
"""Seconds that a connection may take to come about."""
_TURNO_S = 2.0
"""Seconds that one may be waited for where all are taken (contract §7)."""
_CUALES = "plazos"


class _Esperado(threading.local):
    segundos = 0.0


_esperado = _Esperado()


def esperado() -> float:
    """Seconds that this thread has waited for databases so far: for statements, for what it copied, and for commits."""
    return _esperado.segundos


@contextmanager
def _esperando() -> Iterator[None]:
    antes = time.perf_counter()
    try:
        yield
    finally:
        _esperado.segundos += time.perf_counter() - antes


class _Cursor(psycopg2.extensions.cursor):
    """A cursor whose waits count. SQLAlchemy's events know nothing of what is copied."""

    def execute(self, *args: Any) -> None:
        with _esperando():
            super().execute(*args)

    def copy_expert(self, *args: Any) -> None:
        with _esperando():
            super().copy_expert(*args)


class _Conexion(psycopg2.extensions.connection):
    """Likewise, a connection; a commit waits for the disk."""

    def commit(self) -> None:
        with _esperando():
            super().commit()


class Dialecto(PGDialect_psycopg2):
    """psycopg2's, save that a connection which was AUTOCOMMIT for a while is given back without a round trip: on one
    whose server had gone since its last statement that failed, and its place in the pool was taken for ever."""

    supports_statement_cache = True

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        """AUTOCOMMIT and back are psycopg2's own affair; of any other level the server is told."""
        if level == "AUTOCOMMIT":
            # An engine's first connection may be asked for it before it is known what its default is.
            dbapi_connection.autocommit = True
        elif level == self.default_isolation_level:
            dbapi_connection.autocommit = False
        else:
            super().set_isolation_level(dbapi_connection, level)  # type: ignore[no-untyped-call]

    def reset_isolation_level(self, dbapi_conn: Any) -> None:
        """As it was when it came about; one that is known to be gone is found out before it is used again."""
        if not dbapi_conn.closed:
            super().reset_isolation_level(dbapi_conn)  # type: ignore[no-untyped-call]


registry.register("postgresql.seedwork", __name__, Dialecto.__name__)


def crear_motor(
    url: str | sa.URL,
    *,
    nombre: str = "saludtech",
    conexiones: int = 8,
    plazos: Plazos = PLAZOS,
    ajustes: Mapping[str, str] | None = None,
    **opciones: Any,
) -> sa.Engine:
    """The engine of a service's own database. A connection that the server closed is found out before it is used.

    Args:
        url: the database's; what it says of the server's settings itself goes first, and ours win.
        nombre: what the server calls its connections.
        conexiones: most that it has at a time; whoever wants one more waits for a moment.
        plazos: how long anything may take there.
        ajustes: further server settings of its connections.
        opciones: SQLAlchemy's own.
    """
    url = sa.make_url(url).set(drivername="postgresql+seedwork")
    propias = url.query.get("options", ())
    todas = [*([propias] if isinstance(propias, str) else propias)]
    todas += [f"-c {n}={v}" for n, v in {**plazos.ajustes, **(ajustes or {})}.items()]
    motor = sa.create_engine(
        url,
        # An error's text may be logged, and what a statement holds may be a person's.
        hide_parameters=True,
        connect_args={
            "connect_timeout": _CONEXION_S,
            "application_name": nombre,
            "options": " ".join(todas),
            "connection_factory": _Conexion,
            "cursor_factory": _Cursor,
            **plazos.cliente,
        },
        execution_options={_CUALES: plazos},
        pool_size=conexiones,
        max_overflow=0,
        pool_timeout=_TURNO_S,
        **opciones,
    )
    sa.event.listen(motor, "checkout", _comprobar_viva)
    return motor


def motor_aparte(motor: sa.Engine, *, conexiones: int, ajustes: Mapping[str, str], **opciones: Any) -> sa.Engine:
    """One more engine on the same database, in the same bounds of time."""
    plazos: Plazos = motor.get_execution_options()[_CUALES]
    return crear_motor(motor.url, conexiones=conexiones, plazos=plazos, ajustes=ajustes, **opciones)


def _comprobar_viva(cruda: Any, _registro: Any, _acceso: Any) -> None:
    """Refuse a connection whose server is gone, without a round trip: one at rest has nothing to read but its end."""
    if cruda.closed or select.select([cruda], [], [], 0)[0]:
        raise sa.exc.InvalidatePoolError


# PostgreSQL's manual, appendix A: connection, resources, intervention of an operator (a statement that took too long is
# one, too), system; a transaction that is read-only, was idle for too long, is not serializable, the victim of a
# deadlock, or waited too long for a lock.
_CLASES_AJENAS = ("08", "53", "57", "58")
_CODIGOS_AJENOS = ("25006", "25P03", "40001", "40P01", "55P03")


def es_de_infraestructura(error: BaseException) -> bool:
    """Whether no message is to blame: the database is away, slow, full or read-only, two transactions were in conflict,
    or this process stood still in the middle of one."""
    if isinstance(error, sa.exc.TimeoutError | SinBase):
        return True
    original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if not isinstance(original, psycopg2.Error):
        return False
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return True
    if original.pgcode is None:
        return isinstance(original, psycopg2.OperationalError | psycopg2.InterfaceError)
    return original.pgcode.startswith(_CLASES_AJENAS) or original.pgcode in _CODIGOS_AJENOS


_RESPUESTA = re.compile(r":  (.+)")


def respuesta_del_servidor(error: BaseException) -> str | None:
    """What the server answered to whoever wanted to connect and was not let in: a wrong password, say.

    The words are the server's, in its language, and name users and databases, never a password. None where nobody
    answered, where a connection was lost, and for the error of a statement, which may quote a person's data.
    """
    original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if not isinstance(original, psycopg2.OperationalError) or original.pgcode is not None:
        return None
    # libpq puts its own words first; two spaces stand only between a server's severity and its message.
    hallada = _RESPUESTA.search(str(original)) if "connection to server" in str(original) else None
    return hallada and hallada[1]


def entre(columna: sa.ColumnElement[str], parametro: str) -> sa.ColumnElement[bool]:
    """That a column has one of the texts in the list that the parameter is given when the statement runs."""
    return columna == sa.any_(sa.bindparam(parametro, type_=sa.ARRAY(sa.Text)))


def segundos(parametro: str) -> sa.Function[Any]:
    """An interval of as many seconds as the parameter is given when the statement runs."""
    return sa.func.make_interval(0, 0, 0, 0, 0, 0, sa.bindparam(parametro, type_=sa.Float))


def _instante(nombre: str, **opciones: Any) -> sa.Column[datetime]:
    return sa.Column(nombre, sa.TIMESTAMP(timezone=True), **opciones)


outbox = sa.Table(
    "outbox",
    METADATOS,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("topico", sa.Text, nullable=False),
    sa.Column("ce_id", sa.Text, nullable=False),
    sa.Column("tipo", sa.Text, nullable=False),
    sa.Column("fuente", sa.Text, nullable=False),
    sa.Column("sujeto", sa.Text, nullable=False),
    sa.Column("tiempo", sa.Text, nullable=False),
    sa.Column("correlacion", sa.Text, nullable=False),
    sa.Column("causa", sa.Text),
    sa.Column("secuencia", sa.BigInteger),
    sa.Column("traza", sa.Text),
    sa.Column("carga", sa.LargeBinary, nullable=False),
    _instante("creado", nullable=False, server_default=_AHORA_DE_COPY),
    _instante("enviado"),
    sa.Column("propiedades", JSONB),
    _instante("no_antes"),
    sa.Column("fragmento", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("quien", ARRAY(sa.Text), comment="Of a command: its caller's kind and id, and what else is said of it."),
)
sa.Index("outbox_pendiente", outbox.c.fragmento, outbox.c.id, postgresql_where=outbox.c.enviado.is_(None))
sa.Index("outbox_enviado", outbox.c.enviado, postgresql_where=outbox.c.enviado.is_not(None))

mandos = sa.Table(
    "mandos",
    METADATOS,
    sa.Column("fragmento", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("titular", sa.Text, nullable=False),
    _instante("hasta", nullable=False),
    sa.Column("sesion", sa.Integer, nullable=False),
    _instante("renovado", nullable=False),
    comment="Which relay leads each shard of the outbox, and until when, unless it renews that or its session ends.",
)

inbox = sa.Table(
    "inbox",
    METADATOS,
    sa.Column("consumidor", sa.Text, primary_key=True),
    sa.Column("ce_id", sa.Text, primary_key=True),
    _instante("recibido", nullable=False, server_default=AHORA),
    _instante("aparcado", comment="When it was parked as a dead letter; null for what was handled."),
)
sa.Index("inbox_recibido", inbox.c.recibido)

lotes = sa.Table(
    "lotes",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("consumidor", sa.Text, nullable=False),
    sa.Column("ce_ids", ARRAY(sa.Text), nullable=False),
    _instante("iniciado", nullable=False, server_default=AHORA),
    comment="Batches that were begun. One that stays here vanished with its process.",
)

intentos = sa.Table(
    "intentos",
    METADATOS,
    sa.Column("consumidor", sa.Text, primary_key=True),
    sa.Column("ce_id", sa.Text, primary_key=True),
    sa.Column("tipo", sa.Text, nullable=False),
    sa.Column("intentos", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    _instante("primero", nullable=False, server_default=AHORA),
    _instante("ultimo", nullable=False, server_default=AHORA),
    comment="Single handlings begun, counted before the handler runs.",
)
sa.Index("intentos_ultimo", intentos.c.ultimo)

esperas = sa.Table(
    "esperas",
    METADATOS,
    sa.Column("consumidor", sa.Text, primary_key=True),
    sa.Column("ce_id", sa.Text, primary_key=True),
    sa.Column("tipo", sa.Text, nullable=False),
    sa.Column("sujeto", sa.Text, nullable=False),
    sa.Column("turno", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("vuelta", sa.Integer, nullable=False),
    _instante("desde", nullable=False, server_default=AHORA),
    sa.Column(
        "titular",
        sa.Text,
        nullable=False,
        server_default="",
        comment="Whose it is: who waits for what is another's stands before nobody else.",
    ),
    comment="Commands that wait for what they name, since their first delivery, in the order of their subjects.",
)
sa.Index(
    "esperas_asunto",
    esperas.c.consumidor,
    esperas.c.tipo,
    esperas.c.sujeto,
    esperas.c.titular,
    esperas.c.turno,
)

comandos = sa.Table(
    "comandos",
    METADATOS,
    sa.Column("id_comando", sa.Text, primary_key=True),
    sa.Column("tipo", sa.Text, nullable=False),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("motivo", sa.Text),
    _instante("ocurrido", nullable=False, server_default=_AHORA_DE_COPY),
    sa.Column("titular", sa.Text, nullable=False, server_default="", comment="Whose it is to ask; empty: anybody's."),
)
sa.Index("comandos_ocurrido", comandos.c.ocurrido)

claves_idempotencia = sa.Table(
    "claves_idempotencia",
    METADATOS,
    sa.Column("clave", sa.Text, primary_key=True),
    sa.Column("id_comando", sa.Text, nullable=False),
    _instante("creada", nullable=False, server_default=AHORA),
)
sa.Index("claves_idempotencia_creada", claves_idempotencia.c.creada)

escala = sa.Table(
    "escala",
    METADATOS,
    sa.Column("servicio", sa.Text, primary_key=True),
    sa.Column("ritmo", sa.Double, comment="Messages that one busy worker handles in a second; null: never measured."),
    sa.Column("base", sa.Double, comment="The share of that time, 0 to 1, that it waits for the database."),
    sa.Column("instancias", sa.Integer, nullable=False, server_default="1"),
    _instante("con_falta", comment="When that many workers were last needed, or one more was let go."),
    comment="How many workers are wanted, and what is known of one of them.",
)

auditoria = sa.Table(
    "auditoria",
    METADATOS,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    _instante("ocurrido", nullable=False),
    sa.Column("quien", sa.Text, nullable=False, comment="The caller's id, as its token tells."),
    sa.Column("titular", sa.Text, nullable=False, comment="As what it asked: a role, and the code or id in that role."),
    sa.Column("accion", sa.Text, nullable=False, comment="The command's or the query's name."),
    sa.Column("recurso", sa.Text, nullable=False, comment="The id that it was about; empty for a list."),
    sa.Column("resultado", sa.Text, nullable=False),
    sa.Column("motivo", sa.Text),
    sa.Column("correlacion", sa.Text, nullable=False),
    sa.Column("veces", sa.Integer, nullable=False, server_default="1"),
    comment="Append-only: who did, saw, released, replayed or was refused what.",
)
sa.Index("auditoria_quien", auditoria.c.quien, auditoria.c.id)
sa.Index("auditoria_recurso", auditoria.c.recurso, auditoria.c.id)

CANAL_OUTBOX = "outbox"
"""The NOTIFY channel that wakes the relay."""
