"""The outbox as a relay needs it: a port. A PostgreSQL table is one way to have it, memory another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

ARRIENDO_S = 10.0
"""Seconds that a lead lasts, on the database's clock, unless it is renewed: then it is free for others."""
RENOVACION_S = 3.0
"""Seconds after which whoever leads renews it."""


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
    """One service's outbox, in the hands of one relay. Of all relays, one leads at a time.

    The lead is a lease: whoever stands still loses it by that, and finds out no later than by the next
    :meth:`pendientes`.
    """

    def dirigir(self) -> bool:
        """Take the lead, or keep it: before every round, and now and then in the course of one. False while another one
        has it.

        Raises:
            SinOutbox: nobody knows.
        """
        ...

    def pendientes(self, tope: int) -> Sequence[PorEnviar]:
        """The oldest committed rows that are not marked as sent, up to so many: to whoever leads.

        Raises:
            SinOutbox: they can't be read now, or the lead is another's.
        """
        ...

    def marcar(self, ids: Sequence[int]) -> None:
        """The broker has these, so they are sent, whoever leads by now. Of commands that wait, nothing stays.

        Raises:
            SinOutbox: they may not be marked; or they are, and the lead is another's.
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
