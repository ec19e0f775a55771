"""How long anything on a connection to a database may take."""

from collections.abc import Mapping
from dataclasses import dataclass

SIN_CERROJOS_S = 15.0
"""After so many seconds, whoever is frozen or has vanished holds no lock any more (contract §5)."""


_SONDAS = 3


@dataclass(frozen=True, kw_only=True)
class Plazos:
    """How long anything on a connection may take, in seconds; the server ends what takes longer, whatever has become of
    the client. A client that stands still in a transaction is in a statement, and then idle: so it holds its locks for
    at most ``sentencia_s`` and ``transaccion_s`` together.

    Attributes:
        sentencia_s: a statement.
        cerrojo_s: the wait for one lock, in a statement.
        transaccion_s: the pause between two statements of a transaction.
        red_s: the other end's silence; then the connection counts as lost, at both ends.
    """

    sentencia_s: float = 8.0
    cerrojo_s: float = 5.0
    transaccion_s: float = 6.0
    red_s: float = 10.0

    @property
    def ajustes(self) -> Mapping[str, str]:
        """The server's settings of a connection (PostgreSQL's manual, chapter 20)."""
        return {
            "statement_timeout": _ms(self.sentencia_s),
            "lock_timeout": _ms(self.cerrojo_s),
            "idle_in_transaction_session_timeout": _ms(self.transaccion_s),
            # Without these, a backend that sends to a client whose host is gone, or that reads nothing, goes on for
            # hours: no timeout of a statement's ends what it is in the middle of sending.
            "tcp_user_timeout": _ms(self.red_s),
            "tcp_keepalives_idle": f"{self._sonda_s}s",
            "tcp_keepalives_interval": f"{self._sonda_s}s",
            "tcp_keepalives_count": str(_SONDAS),
        }

    @property
    def cliente(self) -> Mapping[str, int]:
        """Likewise, what libpq does at this end (manual §34.1.2)."""
        return {
            "keepalives": 1,
            "keepalives_idle": self._sonda_s,
            "keepalives_interval": self._sonda_s,
            "keepalives_count": _SONDAS,
            "tcp_user_timeout": int(self.red_s * 1000),
        }

    @property
    def _sonda_s(self) -> int:
        """Between two probes of an idle connection: it is silent, then each of the probes is, for as long together."""
        return max(1, int(self.red_s / (_SONDAS + 1)))


def _ms(segundos: float) -> str:
    return f"{max(1, round(segundos * 1000))}ms"


PLAZOS = Plazos()
"""Those of whoever names none: no connection is without."""
