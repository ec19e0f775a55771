"""What happens to a notification. All of it is kept for ever: ids and codes only, no person and no address; and the
client's code under a key that goes when its client is forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass

from seedwork.dominio.agregado import EventoDominio


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoNotificacion(EventoDominio):
    """What all of them tell."""

    id_notificacion: str
    id_suscripcion: str
    id_saga: str
    cliente_codigo: str
    tipo: str
    canal: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Creada(EventoNotificacion):
    """It is due.

    Attributes:
        datos: what its letter tells besides the person: the catalogue's names, an invoice's id and amount, a reason of
            the contract's; nothing in those of before they were kept.
    """

    asunto: str
    datos: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Enviada(EventoNotificacion):
    """It was handed to its channel, at this attempt."""

    intentos: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmada(EventoNotificacion):
    """Its channel took charge of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fallida(EventoNotificacion):
    """Its channel refused it, or was not there for as long as it could wait."""

    intentos: int
    motivo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Anulada(EventoNotificacion):
    """What it would have told is no longer so; it was not sent."""

    motivo: str
