"""What is silence, and what is only a queue (contract §4): how long a deadline that has passed is put off.

What is looked at here lies in the database, whoever wrote it there: it is the same for every process.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contratos import sagas

EN_CAMINO_S = 10.0
"""Seconds that an answer may be on its way: after one to a later saga, since a participant has several in hand at a
time and ends them in any order; and after the saga's own last step, since the question to the next may be as new."""

AL_DIA_S = 5.0
"""By so many seconds at most the service may be behind on the saga's topic: what is further back may hold an answer."""

MUESTRA = 1_000
"""How many of a participant's answers are looked at: more than are taken in at a time, which all bear one instant."""


def se_mueve_s(plazo_s: float) -> float:
    """For how many seconds an answer shows that its participant is at work: as long as one may take (contract §5)."""
    return plazo_s / 2


@dataclass(frozen=True, slots=True)
class Debe:
    """A step that a saga may be owed.

    Attributes:
        servicio: the participant that owes it.
        recurso: the resource that it is about; empty for none.
    """

    servicio: str
    paso: str
    recurso: str = ""


@dataclass(frozen=True, slots=True)
class Respuesta:
    """A step that a participant told, of a subscription's latest saga.

    Attributes:
        cambio: whether that is a change of plan.
        comenzada: when it began.
        apuntado: when the step was taken in.
    """

    paso: str
    recurso: str
    cambio: bool
    comenzada: datetime
    apuntado: datetime


@dataclass(frozen=True, slots=True)
class Cola:
    """What a participant that is at work has still before it.

    Attributes:
        debe: the step that it owes to those who stand there.
        cambio: whether these are changes of plan, which come to it by another topic than creations.
        desde: those that began at this instant or later stand there.
    """

    debe: Debe
    cambio: bool
    desde: datetime


@dataclass(frozen=True, slots=True)
class Indulgencia:
    """Which of the deadlines that have passed are put off.

    Attributes:
        atendido: all that the saga's topic held at this instant is handled; None where the service is behind.
        colas: who stands there is not forgotten.
        en_camino: whose last step was taken in after this instant may have an answer on its way.
        tope: what began at this instant or earlier is put off no more.
    """

    atendido: datetime | None
    colas: Sequence[Cola]
    en_camino: datetime
    tope: datetime


def debidos(proveedores: Mapping[str, str]) -> Sequence[Debe]:
    """All steps that a saga may wait for, of these providers by their resources, and of who notifies."""
    reservas = [Debe(servicio, sagas.RESERVAR, recurso) for recurso, servicio in sorted(proveedores.items())]
    return [*reservas, Debe(sagas.NOTIFICADOR, sagas.NOTIFICAR)]


def colas(debe: Debe, respuestas: Collection[Respuesta], ahora: datetime, se_mueve_s: float) -> list[Cola]:
    """The queues before a participant, as its answers show them; none where it is not at work.

    It is at work where it has lately answered sagas that began before; it has passed by those that began before one
    that it has answered. An undo, or a release, tells nothing of the latter: it comes by another topic than what it
    undoes, and overtakes. So does a change of plan overtake a creation.
    """
    recientes = [r.comenzada for r in respuestas if r.apuntado >= ahora - timedelta(seconds=se_mueve_s)]
    if not recientes:
        return []
    de_antes = [
        r
        for r in respuestas
        if (r.paso, r.recurso) == (debe.paso, debe.recurso) and r.apuntado <= ahora - timedelta(seconds=EN_CAMINO_S)
    ]
    return [
        Cola(debe, cambio, max([min(recientes), *(r.comenzada for r in de_antes if r.cambio is cambio)]))
        for cambio in (False, True)
    ]
