"""The outbox as a relay needs it: a port. A PostgreSQL table is one way to have it, memory another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class SinOutbox(Exception):
    """The outbox can't be had now; no message is to blame for it. Its text quotes no value of a message."""


@dataclass(frozen=True, slots=True)
class PorEnviar:
    """A row that is not sent yet.

    Attributes:
        id: its place; older rows have smaller ones.
        topico: the full name of the topic that it is for.
        carga: the payload, as it is to travel.
        propiedades: the message's.
        clave: its partition key.
        retraso_s: after how many seconds it is to be delivered, at the earliest.
    """

    id: int
    topico: str
    carga: Any
    propiedades: Mapping[str, str]
    clave: str
    retraso_s: float = 0.0


class Outbox(Protocol):
    """One service's outbox, in the hands of one relay. Of all relays, one leads at a time."""

    def dirigir(self) -> bool:
        """Take the lead, or keep it; before every round. False while another one has it.

        Raises:
            SinOutbox: nobody knows.
        """
        ...

    def pendientes(self, tope: int) -> Sequence[PorEnviar]:
        """The oldest committed rows that are not marked as sent, up to so many: to whoever leads.

        Raises:
            SinOutbox: they can't be read now, or the lead is lost.
        """
        ...

    def marcar(self, ids: Sequence[int]) -> None:
        """These are sent: to whoever leads. Of commands that wait, nothing stays.

        Raises:
            SinOutbox: they may not be marked, and the lead may be lost.
        """
        ...

    def aguardar(self, espera_s: float) -> None:
        """Return when a row is committed that :meth:`pendientes` did not show, or after so many seconds.

        Raises:
            SinOutbox: nobody would tell.
        """
        ...

    def soltar(self) -> None:
        """Give up the lead, and all that goes with it. It raises nothing, and may be called twice."""
        ...
