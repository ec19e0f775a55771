"""What happens to a quota."""

from dataclasses import dataclass

from seedwork.dominio.agregado import EventoDominio


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoReserva(EventoDominio):
    """What all of them tell."""

    id_reserva: str
    id_suscripcion: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservada(EventoReserva):
    """A quota is held."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Iniciada(EventoReserva):
    """It is in use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terminada(EventoReserva):
    """It is free again."""
