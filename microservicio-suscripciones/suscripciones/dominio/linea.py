"""A saga's timeline: its steps, as its participants tell them (contract §4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Paso:
    """One transition, as the topic tells it.

    Attributes:
        traza: the traceparent of the message that told it; None where that had none.
    """

    id: str
    id_saga: str
    paso: str
    servicio: str
    recurso: str
    requeridos: tuple[str, ...]
    liberados: tuple[str, ...]
    resultado: str
    motivo: str
    compensacion: bool
    ocurrido: str
    traza: str | None = None
