"""What happens to a subscription."""

from dataclasses import dataclass

from seedwork.dominio.agregado import EventoDominio
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.saga import SagaActual


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoSuscripcion(EventoDominio):
    """What all of them tell."""

    id_suscripcion: str
    saga: SagaActual
    cliente: Cliente
    plan_codigo: str
    plan_nombre: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Creada(EventoSuscripcion):
    """It exists."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Aprovisionada(EventoSuscripcion):
    """Every resource that its saga requires is reserved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Activada(EventoSuscripcion):
    """It is in force."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rechazada(EventoSuscripcion):
    """It is refused."""

    motivo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FacturaEmitida(EventoSuscripcion):
    """An invoice is due."""

    id_factura: str
    monto: str
    moneda: str
