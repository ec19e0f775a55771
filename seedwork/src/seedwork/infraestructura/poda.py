"""Pruning: what the messaging tables no longer need goes by age, in batches that hold nobody up."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
import structlog

from seedwork.infraestructura.bd import es_de_infraestructura

log = structlog.get_logger(__name__)

_INSTANTES = {
    "inbox": "recibido",
    "comandos": "ocurrido",
    "claves_idempotencia": "creada",
    "intentos": "ultimo",
    # Null until it is sent, and so never old.
    "outbox": "enviado",
}
"""Each table's instant by which it is pruned, which has an index."""
_MEMORIA = ("inbox", "comandos", "claves_idempotencia", "intentos")
"""Of these, what recognises a message that comes again."""

_HACE = sa.text("SELECT clock_timestamp() - make_interval(secs => :edad)")
# A handful of rows, each of which is there for milliseconds. A batch all of whose messages are done with, by whomever,
# counts nothing any more: nobody will come for its row.
_LOTES = sa.text("""
    DELETE FROM lotes WHERE iniciado < clock_timestamp() - make_interval(secs => :edad) OR NOT EXISTS (
        SELECT FROM unnest(ce_ids) AS suyo
        WHERE NOT EXISTS (SELECT FROM inbox WHERE inbox.consumidor = lotes.consumidor AND inbox.ce_id = suyo)
            AND NOT EXISTS (SELECT FROM comandos WHERE id_comando = suyo)
    )
""")


DEL_OUTBOX = {"outbox": ("sujeto", "carga", "propiedades", "quien")}
"""The queue that every service has for what is a person's, and where in it that stands: a subject may be a client."""


def sin_restos(motor: sa.Engine, colas: Iterable[str]) -> None:
    """Have the server vacuum these tables as soon as anything was deleted from them, at its next round: what prunes
    them need not own them, and may not vacuum them itself before PostgreSQL 17.

    Args:
        motor: of a role that may alter the tables.
        colas: the service's own tables that personal data pass through, besides the outbox.

    Raises:
        sqlalchemy.exc.DBAPIError: the database is in trouble, or lacks one of them.
    """
    with motor.begin() as conexion:
        for tabla in (*DEL_OUTBOX, *colas):
            conexion.execute(
                sa.text(
                    f"ALTER TABLE {tabla} SET (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0, "
                    "toast.autovacuum_vacuum_threshold = 0, toast.autovacuum_vacuum_scale_factor = 0)"
                )
            )


def sin_muestras(motor: sa.Engine, propias: Mapping[str, Sequence[str]]) -> None:
    """Have the server sample none of these columns: its statistics would keep, and show, what was deleted since.

    Args:
        motor: of a role that may alter the tables.
        propias: by the name of the table, the columns that hold what is a person's. No query filters by them.

    Raises:
        sqlalchemy.exc.DBAPIError: the database is in trouble, or lacks one of them.
    """
    with motor.begin() as conexion:
        for tabla, columnas in {**DEL_OUTBOX, **propias}.items():
            for columna in columnas:
                conexion.execute(sa.text(f"ALTER TABLE {tabla} ALTER COLUMN {columna} SET STATISTICS 0"))


class Podador:
    """Deletes rows past their age, and those that count nothing any more.

    Args:
        motor: the service's own database.
        dias: for each table, the days that its rows stay.
        tope: most rows in one transaction.
        colas: the service's own tables that personal data pass through, besides the outbox. Their rows go when they
            are done with; whoever removes them leaves the bytes where they were.
    """

    def __init__(
        self, motor: sa.Engine, dias: Mapping[str, float], *, tope: int = 5000, colas: Iterable[str] = ()
    ) -> None:
        self._motor = motor.execution_options(isolation_level="AUTOCOMMIT")
        self._dias = {tabla: dias[tabla] for tabla in (*_INSTANTES, "lotes")}
        self._tope = tope
        self._colas = (*DEL_OUTBOX, *colas)

    def podar(self, *, memoria: bool = True) -> int:
        """One pass over all tables. Answers how many rows went.

        Args:
            memoria: whether what recognises messages that come again may go, too.

        Raises:
            sqlalchemy.exc.DBAPIError: the database is in trouble; what went until then is gone.
        """
        with self._motor.connect() as conexion:
            total = conexion.execute(_LOTES, {"edad": self._dias["lotes"] * 86400}).rowcount
        total += sum(self._podar(tabla) for tabla in _INSTANTES if memoria or tabla not in _MEMORIA)
        if total:
            log.info("filas viejas podadas", cuantas=total)
        self._vaciar()
        return total

    def _vaciar(self) -> None:
        """Give back what is free at the queues' ends at once, where we may: else the server comes by
        (:func:`sin_restos`). Until then what was deleted from one stays readable in its file."""
        for cola in self._colas:
            try:
                with self._motor.connect() as conexion:
                    # Another worker may be at it.
                    conexion.execute(sa.text(f"VACUUM (SKIP_LOCKED) {cola}"))
            except sa.exc.DBAPIError as error:
                if es_de_infraestructura(error):
                    raise
                log.warning("cola sin vaciar por ahora", cola=cola, error=type(error.orig).__name__)

    def _podar(self, tabla: str) -> int:
        instante = _INSTANTES[tabla]
        # Each batch begins where the last one ended, not at what that left in the index. Other workers are at it, too.
        sentencia = sa.text(f"""
            WITH viejas AS (
                SELECT ctid, {instante} FROM {tabla} WHERE {instante} >= :desde AND {instante} < :hasta
                ORDER BY {instante} LIMIT :tope FOR UPDATE SKIP LOCKED
            ), borradas AS (DELETE FROM {tabla} WHERE ctid = ANY(ARRAY(SELECT ctid FROM viejas)))
            SELECT count(*), max({instante}) FROM viejas
        """)  # nosec B608 # noqa: S608 — our own names
        total, borradas = 0, self._tope
        with self._motor.connect() as conexion:
            desde, hasta = "-infinity", conexion.scalar(_HACE, {"edad": self._dias[tabla] * 86400})
            while borradas == self._tope:
                valores = {"desde": desde, "hasta": hasta, "tope": self._tope}
                borradas, desde = conexion.execute(sentencia, valores).one()
                total += borradas
        return total
