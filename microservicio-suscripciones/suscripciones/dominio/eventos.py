"""What happens to a subscription."""

from dataclasses import dataclass, field

from seedwork.dominio.agregado import EventoDominio
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.saga_actual import SagaActual


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoSuscripcion(EventoDominio):
    """What all of them tell. ``plan_*`` is the plan that the fact is about: in a change, the one asked for."""

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
class Cancelada(EventoSuscripcion):
    """It has ended. ``detalle`` is the client's own words, ``recursos_en_poder`` what it held until now."""

    recursos_en_poder: tuple[str, ...]
    motivo: str
    detalle: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClienteSuprimido(EventoDominio):
    """Whose it was is forgotten."""

    id_suscripcion: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoCambioPlan(EventoSuscripcion):
    """What the facts about a change of plan tell besides: the plan that was in force when it was asked for."""

    plan_anterior_codigo: str
    plan_anterior_nombre: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CambioPlanIniciado(EventoCambioPlan):
    """Another plan was asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanModificado(EventoCambioPlan):
    """The plan asked for is in force."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CambioPlanRechazado(EventoCambioPlan):
    """The plan asked for is refused; the one before stays."""

    motivo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoFactura(EventoSuscripcion):
    """What the facts about an invoice tell besides."""

    id_factura: str
    monto: str
    moneda: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FacturaEmitida(EventoFactura):
    """An invoice is due."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FacturaPagada(EventoFactura):
    """An invoice is paid."""

    medio: str
