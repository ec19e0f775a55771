"""What the suscripciones context hears and says."""

from dataclasses import dataclass

from contratos.base import Mensaje, mensaje


@mensaje("suscripciones", "comando")
class CrearSuscripcion(Mensaje):
    """Ask for a subscription of a client to a plan. The fields are fixed by the business (contract §3)."""

    cliente_codigo: str = ""
    cliente_nombres: str = ""
    cliente_apellidos: str = ""
    cliente_usuario: str = ""
    cliente_rut: str = ""
    cliente_cedula: str = ""
    cliente_email: str = ""
    plan_codigo: str = ""
    plan_nombre: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HechoSuscripcion(Mensaje):
    """What every fact about a Suscripcion carries: its ids, and its saga with both resource lists."""

    id_suscripcion: str = ""
    id_saga: str = ""
    recursos_requeridos: tuple[str, ...] = ()
    recursos_liberados: tuple[str, ...] = ()
    cliente_codigo: str = ""
    plan_codigo: str = ""
    plan_nombre: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HechoParaElCliente(HechoSuscripcion):
    """A fact that the client is told of: it carries the address to write to (personal data)."""

    cliente_nombres: str = ""
    cliente_apellidos: str = ""
    cliente_email: str = ""


@mensaje("suscripciones", "evento")
class SuscripcionCreada(HechoSuscripcion):
    """A subscription exists; the providers of the resources it requires reserve them."""


@mensaje("suscripciones", "evento")
class SuscripcionAprovisionada(HechoParaElCliente):
    """Every resource that the saga requires is reserved; the client is to be notified."""


@mensaje("suscripciones", "evento")
class SuscripcionActivada(HechoParaElCliente):
    """The subscription is in force; the providers start what they reserved."""


@mensaje("suscripciones", "evento")
class SuscripcionRechazada(HechoParaElCliente):
    """The subscription is refused; whoever did something for it undoes it."""

    motivo: str = ""


@mensaje("suscripciones", "evento")
class FacturaEmitida(HechoSuscripcion):
    """An invoice is due. ``monto`` is a decimal with two places."""

    id_factura: str = ""
    monto: str = ""
    moneda: str = ""


@mensaje("suscripciones", "evento")
class ComandoSuscripcionRechazado(Mensaje):
    """A command took no effect, and why (a code of :mod:`contratos.motivos`)."""

    id_comando: str = ""
    comando: str = ""
    id_suscripcion: str = ""
    motivo: str = ""
