"""Pruning: what the messaging tables no longer need goes by age, in batches that hold nobody up."""

from collections.abc import Mapping

import sqlalchemy as sa
import structlog

log = structlog.get_logger(__name__)

_INSTANTES = {
    "inbox": "recibido",
    "intentos": "ultimo",
    "lotes": "iniciado",
    "claves_idempotencia": "creada",
    # Null until it is sent, and so never old.
    "outbox": "enviado",
}


_SIN_OBJETO = {
    # A batch all of whose messages are done with, by whomever: nobody will come for its row.
    "lotes": """NOT EXISTS (
        SELECT FROM unnest(ce_ids) AS suyo
        WHERE NOT EXISTS (SELECT FROM inbox WHERE inbox.consumidor = lotes.consumidor AND inbox.ce_id = suyo)
            AND NOT EXISTS (SELECT FROM comandos WHERE id_comando = suyo)
    )""",
}
"""Which rows count nothing any more, whatever their age."""


class Podador:
    """Deletes rows past their age, and those that count nothing any more.

    Args:
        motor: the service's own database.
        dias: for each table, the days that its rows stay.
        tope: most rows in one transaction.
    """

    def __init__(self, motor: sa.Engine, dias: Mapping[str, float], *, tope: int = 5000) -> None:
        self._motor = motor.execution_options(isolation_level="AUTOCOMMIT")
        self._dias = {tabla: dias[tabla] for tabla in _INSTANTES}
        self._tope = tope

    def podar(self) -> int:
        """One pass over all tables. Answers how many rows went.

        Raises:
            sqlalchemy.exc.DBAPIError: the database is in trouble; what went until then is gone.
        """
        total = sum(self._podar(tabla, dias) for tabla, dias in self._dias.items())
        if total:
            log.info("filas viejas podadas", cuantas=total)
        return total

    def _podar(self, tabla: str, dias: float) -> int:
        sentencia = sa.text(
            f"DELETE FROM {tabla} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {tabla}"  # noqa: S608 — our own names
            f" WHERE {_INSTANTES[tabla]} < clock_timestamp() - make_interval(secs => :edad)"
            f" OR {_SIN_OBJETO.get(tabla, 'false')} LIMIT :tope))"
        )
        total = 0
        while True:
            with self._motor.connect() as conexion:
                borradas = conexion.execute(sentencia, {"edad": dias * 86400, "tope": self._tope}).rowcount
            total += borradas
            if borradas < self._tope:
                return total
