"""A saga in one row, as lists show it: a fold of its steps, the same in whatever order they arrived (contract §4)."""

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from saga.fin import EN_CURSO, PasoDicho, estado
from seedwork.aplicacion.sobre import en_instante

_NUNCA = datetime.min.replace(tzinfo=UTC)
_EPOCA = datetime(1970, 1, 1, tzinfo=UTC)
_BITS_DE_ID = 20


class PasoConFecha(Protocol):
    """Of a step, when it happened."""

    @property
    def id(self) -> str:
        """Its message's ``ce_id``."""
        ...

    @property
    def ocurrido(self) -> str:
        """When, RFC 3339."""
        ...


class PasoDeSaga(PasoDicho, PasoConFecha, Protocol):
    """A step, with all that lists need of it."""

    @property
    def id_saga(self) -> str:
        """Its saga."""
        ...

    @property
    def id_suscripcion(self) -> str:
        """The subscription that it is of."""
        ...


def cuando(paso: PasoConFecha) -> tuple[datetime, str]:
    """By when it happened, not by how that is written: RFC 3339 has many texts for one instant."""
    return en_instante(paso.ocurrido) or _NUNCA, paso.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumen:
    """What a list tells of a saga.

    Attributes:
        id, id_suscripcion: the saga's, and its subscription's.
        comenzada: when the first of its steps happened that are known.
        terminada: when the one happened behind which it was as it ended; None while it is in course.
        ultimo: the id of the step that happened last.
        orden: grows with ``comenzada``, to the millisecond; of two that began together, each has its own by its id.
    """

    id: str
    id_suscripcion: str
    estado: str
    comenzada: datetime
    terminada: datetime | None
    ultimo: str
    orden: int


def resumir(pasos: Collection[PasoDeSaga]) -> Resumen:
    """A saga's steps, at least one, in one row."""
    en_orden = sorted(pasos, key=cuando)
    comenzada, fin = cuando(en_orden[0])[0], estado(en_orden)
    terminada = None
    if fin != EN_CURSO:
        cuantos = next(n for n in range(1, len(en_orden) + 1) if estado(en_orden[:n]) == fin)
        terminada = cuando(en_orden[cuantos - 1])[0]
    primero = en_orden[0]
    milisegundos = max(0, int((comenzada - _EPOCA).total_seconds() * 1000))
    return Resumen(
        id=primero.id_saga,
        id_suscripcion=primero.id_suscripcion,
        estado=fin,
        comenzada=comenzada,
        terminada=terminada,
        ultimo=en_orden[-1].id,
        orden=milisegundos << _BITS_DE_ID | zlib.crc32(primero.id_saga.encode()) >> (32 - _BITS_DE_ID),
    )
