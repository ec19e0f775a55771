"""A transaction on PostgreSQL: state, inbox, outbox and what waits in one commit."""

import functools
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg2
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from seedwork.aplicacion.auditoria import Anotacion
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.espera import Aplazado, EnEspera
from seedwork.aplicacion.transaccion import Cambios, DestinoDeComando, Saliente
from seedwork.infraestructura import auditoria, bd, outbox
from seedwork.infraestructura.tabla import ClaveRepetida, Fila, Tabla

# A command's fate outlives its inbox row: one that comes again after it was pruned is still that command.
_NUEVOS = """
    INSERT INTO inbox (consumidor, ce_id)
    SELECT :consumidor, llegado FROM unnest(CAST(:ids AS text[])) AS llegado
    WHERE NOT EXISTS (SELECT FROM comandos WHERE id_comando = llegado)
    ON CONFLICT DO NOTHING
    RETURNING ce_id
"""
# No row of attempts outlives what it counts, however that was handled in the end. Those with a command that waits are
# left to what ends its wait, or makes it wait anew: what came may be an older copy of it.
_SIN_INTENTOS = """
    sin_intentos AS (
        DELETE FROM intentos WHERE consumidor = :consumidor AND ce_id = ANY(:ids) AND NOT EXISTS (
            SELECT FROM esperas WHERE esperas.consumidor = :consumidor AND esperas.ce_id = intentos.ce_id
        )
    )
"""
_RECIBIR = sa.text(f"WITH {_SIN_INTENTOS}" + _NUEVOS)
_RECIBIR_LOTE = sa.text(f"WITH {_SIN_INTENTOS}, terminado AS (DELETE FROM lotes WHERE id = :lote)" + _NUEVOS)  # nosec B608 # noqa: S608
_DEVOLVER = sa.text("DELETE FROM inbox WHERE consumidor = :consumidor AND ce_id = ANY(:ids)")
_RETIRAR = sa.text("""
    WITH sin_espera AS (DELETE FROM esperas WHERE consumidor = :consumidor AND ce_id = :ce_id),
        sin_intentos AS (DELETE FROM intentos WHERE consumidor = :consumidor AND ce_id = :ce_id)
    INSERT INTO inbox (consumidor, ce_id)
    SELECT :consumidor, :ce_id WHERE NOT EXISTS (SELECT FROM comandos WHERE id_comando = :ce_id)
    ON CONFLICT (consumidor, ce_id) DO UPDATE SET aparcado = NULL, recibido = excluded.recibido
        WHERE inbox.aparcado IS NOT NULL
    RETURNING ce_id
""")
_ALGUIEN_ESPERA = sa.text("SELECT EXISTS (SELECT FROM esperas WHERE consumidor = :consumidor)")
# However many wait for one thing, only the first of them is read, besides those that came: the first of the same one's,
# and the first of one of all whose there are. What fits a type and another's subject is left out by who asks: the types
# need not be sent once for each subject.
_OTRA = """
                SELECT * FROM esperas
                WHERE consumidor = :consumidor AND tipo = t AND sujeto = s AND ce_id <> ALL(CAST(:ids AS text[]))
"""
_EN_ESPERA = sa.text(f"""
    SELECT ce_id, tipo, sujeto, titular, turno, extract(epoch FROM clock_timestamp() - desde), vuelta
    FROM (
        SELECT primera.* FROM unnest(CAST(:tipos AS text[])) AS t,
            unnest(CAST(:sujetos AS text[]), CAST(:titulares AS text[])) AS suyo (s, d),
            LATERAL (
                ({_OTRA} AND titular = d ORDER BY turno LIMIT 1)
                UNION ALL
                ({_OTRA} ORDER BY titular, turno LIMIT 1)
            ) AS primera
        UNION ALL
        SELECT * FROM esperas WHERE consumidor = :consumidor AND ce_id = ANY(CAST(:ids AS text[]))
    ) AS que_esperan
    ORDER BY turno
""")  # nosec B608 # noqa: S608 — the same text twice
# In the order of the arrays: they take their turns as they came.
_APLAZAR = sa.text("""
    WITH sin_intentos AS (DELETE FROM intentos WHERE consumidor = :consumidor AND ce_id = ANY(:ids))
    INSERT INTO esperas (consumidor, ce_id, tipo, sujeto, titular, vuelta)
    SELECT :consumidor, ce_id, tipo, sujeto, titular, vuelta
    FROM unnest(
        CAST(:ids AS text[]), CAST(:tipos AS text[]), CAST(:sujetos AS text[]), CAST(:titulares AS text[]),
        CAST(:vueltas AS integer[])
    ) WITH ORDINALITY AS aplazado (ce_id, tipo, sujeto, titular, vuelta, orden)
    ORDER BY orden
    ON CONFLICT (consumidor, ce_id) DO UPDATE SET vuelta = excluded.vuelta
""")
_RELOJ = sa.select(sa.func.clock_timestamp())
_CLAVES = bd.claves_idempotencia.c
_RECLAMAR = insert(bd.claves_idempotencia).on_conflict_do_nothing()
_DUENOS = sa.select(_CLAVES.clave, _CLAVES.id_comando).where(bd.entre(_CLAVES.clave, "claves"))

_REPETIDA = "23505"
"""unique_violation (PostgreSQL's manual, appendix A)."""
_MARCA = "mensaje"

Valores = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class TransaccionSQL:
    """One open transaction (:class:`seedwork.aplicacion.transaccion.Transaccion`), and its tables.

    Args:
        conexion: a connection whose transaction has begun.
        tablas: the service's own, by their names.
        entorno: where time, ids and chance come from.
    """

    def __init__(self, conexion: sa.Connection, tablas: Mapping[str, sa.Table], entorno: Entorno) -> None:
        self.conexion = conexion
        self.entorno = entorno
        self.cambios = Cambios()
        self.tablas: Mapping[str, Tabla] = {nombre: TablaSQL(conexion, tabla) for nombre, tabla in tablas.items()}
        self._hora: datetime | None = None
        self._marcado = False
        self._deshacible = True
        self._escrito = False

    def ejecutar(self, sentencia: sa.Executable, valores: Valores = None) -> sa.CursorResult[Any]:
        """Ask, take a lock, or write at the end: what no refusal has to undo."""
        return self.conexion.execute(sentencia, valores)

    def escribir(self, sentencia: sa.Executable, valores: Valores = None) -> sa.CursorResult[Any]:
        """Change something at once, so that a message that is refused undoes it: it stands behind a savepoint, where
        the message can be refused alone."""
        if self._deshacible and not self._escrito:
            # One round trip for both. Without the release, savepoints would nest as deep as the batch is long.
            libre = f"RELEASE SAVEPOINT {_MARCA}; " if self._marcado else ""
            self.conexion.exec_driver_sql(f"{libre}SAVEPOINT {_MARCA}")
            self._marcado = self._escrito = True
        return self.conexion.execute(sentencia, valores)

    def marcar(self, *, deshacible: bool = True) -> None:
        """See the port."""
        self._escrito, self._deshacible = False, deshacible

    def deshacer(self) -> None:
        """See the port: what :meth:`escribir` did."""
        if self._escrito:
            self.conexion.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {_MARCA}")
            self._escrito = False

    def reloj(self) -> datetime:
        """See the port."""
        if self._hora is None:
            self._hora = self.conexion.execute(_RELOJ).scalar_one()
        return self._hora

    def recibir(self, consumidor: str, ids: Collection[str], *, lote: str | None) -> set[str]:
        """See the port."""
        valores = {"consumidor": consumidor, "ids": sorted(ids)}
        if lote is None:
            return set(self.conexion.execute(_RECIBIR, valores).scalars())
        return set(self.conexion.execute(_RECIBIR_LOTE, {**valores, "lote": lote}).scalars())

    def devolver(self, consumidor: str, ids: Collection[str]) -> None:
        """See the port."""
        self.conexion.execute(_DEVOLVER, {"consumidor": consumidor, "ids": list(ids)})

    def retirar(self, consumidor: str, ce_id: str) -> bool:
        """See the port."""
        valores = {"consumidor": consumidor, "ce_id": ce_id}
        return self.conexion.execute(_RETIRAR, valores).one_or_none() is not None

    def reclamar_claves(self, claves: Mapping[str, str]) -> Mapping[str, str]:
        """See the port."""
        filas = [{"clave": c, "id_comando": i} for c, i in sorted(claves.items())]
        self.conexion.execute(_RECLAMAR, filas)
        return {f.clave: f.id_comando for f in self.conexion.execute(_DUENOS, {"claves": list(claves)})}

    def en_espera(
        self, consumidor: str, asuntos: Collection[tuple[str, str, str]], ids: Collection[str]
    ) -> Sequence[EnEspera]:
        """See the port."""
        # Mostly nobody does, and to tell the server five hundred subjects costs more than to ask.
        if not self.conexion.execute(_ALGUIEN_ESPERA, {"consumidor": consumidor}).scalar_one():
            return []
        de_quien = {(sujeto, titular) for _, sujeto, titular in asuntos}
        valores = {
            "consumidor": consumidor,
            "tipos": list({tipo for tipo, _, _ in asuntos}),
            "sujetos": [sujeto for sujeto, _ in de_quien],
            "titulares": [titular for _, titular in de_quien],
            "ids": list(ids),
        }
        pedidos, filas = {asunto[:2] for asunto in asuntos}, self.conexion.execute(_EN_ESPERA, valores)
        halladas = (
            EnEspera(id, tipo, sujeto, titular, turno, float(segundos), vuelta)
            for id, tipo, sujeto, titular, turno, segundos, vuelta in filas
        )
        # One may be both firsts, and of several that are asked for.
        return list({h.id: h for h in halladas if (h.tipo, h.sujeto) in pedidos}.values())

    def aplazar(self, consumidor: str, aplazados: Sequence[Aplazado]) -> None:
        """See the port."""
        sobres = [a.recibido.sobre for a in aplazados]
        self.conexion.execute(
            _APLAZAR,
            {
                "consumidor": consumidor,
                "ids": [s.id for s in sobres],
                "tipos": [s.tipo for s in sobres],
                "sujetos": [s.sujeto for s in sobres],
                "titulares": [s.acceso.titular for s in sobres],
                "vueltas": [a.vuelta for a in aplazados],
            },
        )
        ahora = self.reloj()
        insertar(
            self.conexion,
            bd.outbox,
            [outbox.a_fila_aplazada(a, consumidor, ahora + timedelta(seconds=a.pausa_s)) for a in aplazados],
        )

    def no_esperar(self, consumidor: str, ce_id: str) -> None:
        """See the port."""
        self.conexion.execute(bd.ACABAR_ESPERA, {"consumidor": consumidor, "ce_id": ce_id})

    def guardar(
        self,
        salientes: Sequence[Saliente],
        destinos: Sequence[DestinoDeComando],
        anotaciones: Sequence[Anotacion] = (),
    ) -> None:
        """See the port; ClaveRepetida where a command has its fate already."""
        if destinos:
            with _claves_unicas(bd.comandos):
                insertar(self.conexion, bd.comandos, [_a_fila(d) for d in destinos])
        if anotaciones:
            insertar(self.conexion, bd.auditoria, [auditoria.a_fila(a) for a in anotaciones])
        if salientes:
            insertar(self.conexion, bd.outbox, [outbox.a_fila(s.sobre, s.mensaje) for s in salientes])


def _a_fila(destino: DestinoDeComando) -> Fila:
    return {
        "id_comando": destino.id_comando,
        "tipo": destino.tipo,
        "estado": "APLICADO" if destino.rechazo is None else "RECHAZADO",
        "motivo": destino.rechazo,
        "titular": destino.titular,
    }


class TablaSQL:
    """A table's rows, each with a key ``id``."""

    def __init__(self, conexion: sa.Connection, tabla: sa.Table) -> None:
        self._conexion = conexion
        self._tabla = tabla

    def leer(
        self, columna: str, valores: Collection[str], *, bloquear: bool = True, salvo: tuple[str, str] | None = None
    ) -> list[Fila]:
        """The rows that have one of the values in the column, by their ids' order."""
        sentencia = _leer(self._tabla, columna, bloquear, salvo)
        return [dict(f) for f in self._conexion.execute(sentencia, {"valores": list(valores)}).mappings()]

    def insertar(self, filas: Sequence[Mapping[str, Any]], *, si_faltan: bool = False) -> None:
        """Insert rows that all have the same columns."""
        with _claves_unicas(self._tabla):
            if si_faltan:
                self._conexion.execute(_insertar_si_faltan(self._tabla), filas)
            else:
                insertar(self._conexion, self._tabla, filas)

    def actualizar(self, filas: Sequence[Mapping[str, Any]]) -> None:
        """Update rows, found by their column ``id``."""
        with _claves_unicas(self._tabla):
            _actualizar(self._conexion, self._tabla, filas)

    def borrar(self, ids: Collection[str]) -> None:
        """Delete rows, found by their column ``id``."""
        self._conexion.execute(_borrar(self._tabla), {"valores": list(ids)})


@contextmanager
def _claves_unicas(tabla: sa.Table) -> Iterator[None]:
    """Say ClaveRepetida where the block breaks a unique index; any other constraint is somebody's mistake."""
    try:
        yield
    except sa.exc.IntegrityError as error:
        if getattr(error.orig, "pgcode", None) != _REPETIDA:
            raise
        raise ClaveRepetida(tabla.name) from error


# Made once each: to put a statement together costs more than to run it.
@functools.cache
def _leer(tabla: sa.Table, columna: str, bloquear: bool, salvo: tuple[str, str] | None) -> sa.Select[Any]:
    consulta = sa.select(tabla).where(bd.entre(tabla.c[columna], "valores")).order_by(tabla.c.id)
    if salvo is not None:
        consulta = consulta.where(tabla.c[salvo[0]] != salvo[1])
    return consulta.with_for_update() if bloquear else consulta


@functools.cache
def _borrar(tabla: sa.Table) -> sa.Executable:
    return sa.delete(tabla).where(bd.entre(tabla.c.id, "valores"))


@functools.cache
def _insertar_si_faltan(tabla: sa.Table) -> sa.Executable:
    # Without naming the key, a row that breaks another unique index would be passed over too.
    return insert(tabla).on_conflict_do_nothing(index_elements=[*tabla.primary_key])


def insertar(conexion: sa.Connection, tabla: sa.Table, filas: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, with COPY: PostgreSQL reads that fastest.

    Args:
        filas: texts, numbers, bytes, instants or None; a list is an array of texts, a dict a JSON document.

    Raises:
        sqlalchemy.exc.DBAPIError: as any statement of the connection's would.
    """
    sentencia = f"COPY {tabla.name} ({', '.join(filas[0])}) FROM STDIN (FORMAT csv)"
    # Most fields are texts without quotes: a call for each of them would be a good part of a message's cost.
    datos = "\n".join(
        ",".join([f'"{v}"' if type(v) is str and '"' not in v else _a_csv(v) for v in fila.values()]) for fila in filas
    )
    cruda = conexion.connection.driver_connection
    try:
        with cruda.cursor() as cursor:  # type: ignore[union-attr]
            cursor.copy_expert(sentencia, io.StringIO(datos), 1 << 20)
    except psycopg2.Error as error:
        roto = conexion.dialect.is_disconnect(error, cruda, None)  # type: ignore[arg-type]
        if roto:
            conexion.invalidate(error)
        raise sa.exc.DBAPIError.instance(
            sentencia, None, error, psycopg2.Error, hide_parameters=True, connection_invalidated=roto
        ) from error


def _a_csv(valor: Any) -> str:
    """A field as COPY's CSV form has it; None is the empty one, and an empty text is quoted."""
    if isinstance(valor, str):
        return '"' + valor.replace('"', '""') + '"'
    if valor is None:
        return ""
    if isinstance(valor, list):
        return _a_csv(_a_arreglo(valor))
    if isinstance(valor, dict):
        return _a_csv(json.dumps(valor, ensure_ascii=False))
    return _a_json(valor)


def _a_arreglo(textos: Sequence[str]) -> str:
    """An array of texts as PostgreSQL reads it (manual §8.15.2)."""
    return "{" + ",".join('"' + t.replace("\\", "\\\\").replace('"', '\\"') + '"' for t in textos) + "}"


def _actualizar(conexion: sa.Connection, tabla: sa.Table, filas: Sequence[Mapping[str, Any]]) -> None:
    """Update rows, found by their column ``id``: one statement, and one parameter that holds them all as JSON."""
    asignaciones = ", ".join(f"{c} = nueva.{c}" for c in filas[0] if c != "id")
    sentencia = sa.text(
        f"UPDATE {tabla.name} AS vieja SET {asignaciones}"  # nosec B608 # noqa: S608 — names of our own columns
        f" FROM json_populate_recordset(NULL::{tabla.name}, :filas) AS nueva WHERE vieja.id = nueva.id"
    )
    conexion.execute(sentencia, {"filas": json.dumps(filas, ensure_ascii=False, default=_a_json)})


def _a_json(valor: Any) -> str:
    """What PostgreSQL reads back as number, bytea or timestamp."""
    if isinstance(valor, bytes):
        return "\\x" + valor.hex()
    return valor.isoformat() if isinstance(valor, datetime) else str(valor)


def transacciones(
    motor: sa.Engine, metadatos: sa.MetaData, entorno: Entorno
) -> Callable[[], AbstractContextManager[TransaccionSQL]]:
    """How transactions are begun on a service's database.

    Args:
        metadatos: of the service's own tables.
    """
    tablas = dict(metadatos.tables)

    @contextmanager
    def empezar() -> Iterator[TransaccionSQL]:
        with motor.begin() as conexion:
            yield TransaccionSQL(conexion, tablas, entorno)

    return empezar
