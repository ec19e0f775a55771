"""The unit of work as the application sees it: one local transaction that holds state, inbox and outbox."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from contratos import Mensaje
from seedwork.aplicacion.sobre import Sobre


class UnidadTrabajo(Protocol):
    """One transaction. Handlers read and change aggregates through it; they never commit.

    Each service adds its repositories in a protocol of its own (``aplicacion/puertos.py``).
    """

    participante: str
    """The service's name, as ``ce_source`` and the saga's steps bear it."""

    @property
    def sobre(self) -> Sobre:
        """The envelope of the message being handled."""
        ...

    def reloj(self) -> datetime:
        """The database's clock, the one that deadlines go by."""
        ...

    def publicar(self, mensaje: Mensaje, *, sujeto: str, secuencia: int | None = None) -> None:
        """Put a message into the outbox, caused by the one being handled."""
        ...


class UnidadConBandeja(UnidadTrabajo, Protocol):
    """What the bus, not the handlers, needs of a unit of work."""

    def recibir(self, consumidor: str, ids: Collection[str], *, lote: str | None = None) -> set[str]:
        """Write the ids into the inbox, and end the batch; answer the ids that were not there yet."""
        ...

    def retirar(self, consumidor: str, ce_id: str) -> bool:
        """Take a message that was parked, or never handled, as done with; False where it was handled."""
        ...

    def aplazar(self, consumidor: str, tipos: Mapping[str, str]) -> Mapping[str, float]:
        """Leave messages unhandled, by their ids, with their types; answer for how many seconds each has waited."""
        ...

    def reclamar_claves(self, claves: Mapping[str, str]) -> Mapping[str, str]:
        """Keep the first ``id_comando`` of each idempotency key; answer whose each key is."""
        ...

    def precargar(self, pendientes: Collection[tuple[str, Mensaje]]) -> None:
        """Load at once the aggregates that a batch is about; a hint, no handler depends on it.

        Args:
            pendientes: subject and message of each that is to be handled; nothing of them was checked yet.
        """
        ...

    def atender(self, sobre: Sobre) -> None:
        """From here on, this is the message being handled."""
        ...

    def anotar_comando(self, rechazo: str | None) -> None:
        """Keep the fate of the command being handled: applied, or refused with a reason's code."""
        ...

    def recolectar(self) -> None:
        """Publish what the aggregates recorded while the present message was handled."""
        ...
