"""The base of every aggregate: identity, sequence and the events it has recorded but not yet told."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoDominio:
    """Base of every domain event: a fact in the past tense, inside one service."""


@dataclass(kw_only=True)
class Agregado:
    """A consistency boundary, loaded and stored as a whole.

    Attributes:
        id: the aggregate's identity, for ever.
        secuencia: how many of its events have been published; ``ce_sequence`` of the last one.
        registrados: what it recorded and nobody has told yet, oldest first.
    """

    id: str
    secuencia: int = 0
    registrados: list[EventoDominio] = field(default_factory=list, init=False, repr=False, compare=False)

    def registrar(self, evento: EventoDominio) -> None:
        """Record that something happened; it is told when the message that caused it has been handled."""
        self.registrados.append(evento)
