"""Ends the sessions of processes that stand still where no timeout of the server's reaches them.

While a client sends what it copies into a table, or takes in an answer, its backend waits for it in the middle of a
statement: PostgreSQL bounds neither, and the transaction's locks stay. So the service's other processes look for that.
"""

import sqlalchemy as sa
import structlog

log = structlog.get_logger(__name__)

_ACABAR = sa.text("""
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
        AND application_name = ANY(:nombres) AND state = 'active' AND wait_event IN ('ClientRead', 'ClientWrite')
        AND state_change < clock_timestamp() - make_interval(secs => :plazo_s)
""")


class VigilanteDeSesiones:
    """Looks at the sessions of a service's workers.

    Args:
        motor: the service's own database.
        nombres: what the server calls their connections; a backup's may stay in one statement for hours.
        plazo_s: how long a statement that waits for its client may take.
    """

    def __init__(self, motor: sa.Engine, nombres: list[str], plazo_s: float) -> None:
        self._motor = motor.execution_options(isolation_level="AUTOCOMMIT")
        self._valores = {"nombres": nombres, "plazo_s": plazo_s}

    def vuelta(self) -> None:
        """One look. Whose session is ended there is told so when it wakes, and handles again what it had in hand.

        Raises:
            sqlalchemy.exc.DBAPIError: the database is in trouble.
        """
        with self._motor.connect() as conexion:
            if acabadas := conexion.scalar(_ACABAR, self._valores):
                log.warning("sesiones de procesos detenidos, acabadas", cuantas=acabadas)
