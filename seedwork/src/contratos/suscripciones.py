"""What the suscripciones context hears and says."""

from dataclasses import dataclass

from contratos.base import Mensaje, campo, mensaje


@mensaje("suscripciones", "comando", sujeto="id_suscripcion")
class CrearSuscripcion(Mensaje):
    """Ask for a subscription of a client to a plan. The fields are fixed by the business (contract §3)."""

    cliente_codigo: str = ""
    cliente_nombres: str = campo(propio=True)
    cliente_apellidos: str = campo(propio=True)
    cliente_usuario: str = campo(propio=True)
    cliente_rut: str = campo(propio=True)
    cliente_cedula: str = campo(propio=True)
    cliente_email: str = campo(propio=True)
    plan_codigo: str = ""
    plan_nombre: str = campo(propio=True)


@mensaje("suscripciones", "comando", sujeto="id_suscripcion")
class CambiarPlanSuscripcion(Mensaje):
    """Ask for another plan. ``id_suscripcion`` is the message's subject too."""

    id_suscripcion: str = ""
    plan_codigo: str = ""
    plan_nombre: str = campo(propio=True)


@mensaje("suscripciones", "comando", sujeto="id_suscripcion")
class CancelarSuscripcion(Mensaje):
    """Ask for a subscription to end. ``motivo`` is the client's own words, or empty."""

    id_suscripcion: str = ""
    motivo: str = campo(propio=True)


@mensaje("suscripciones", "comando", sujeto="id_suscripcion")
class PagarSuscripcion(Mensaje):
    """Tell that an invoice was paid. ``monto`` is a decimal with two places, ``moneda`` an ISO 4217 code."""

    id_suscripcion: str = ""
    id_factura: str = ""
    monto: str = ""
    moneda: str = ""
    medio: str = campo(propio=True)


@mensaje("suscripciones", "comando", sujeto="cliente_codigo")
class ExportarCliente(Mensaje):
    """Ask for all that is held of a client (contract §9). It copies nothing: for some days, its owners answer it."""

    cliente_codigo: str = campo(requerido=True, forma="id")


@mensaje("suscripciones", "comando", sujeto="cliente_codigo")
class SuprimirCliente(Mensaje):
    """Ask that a client be forgotten (contract §9, "Erasure and access"). Refused while anything of its is in force."""

    cliente_codigo: str = campo(requerido=True, forma="id")


@dataclass(frozen=True, kw_only=True, slots=True)
class HechoSuscripcion(Mensaje):
    """What every fact about a Suscripcion carries: its ids, and its latest saga with both resource lists.

    ``plan_*`` is the plan that the fact is about: where it tells how the saga goes, the one that the saga asked for,
    also if it was refused; where it tells of a cancellation, an invoice or a payment, the one in force. Before any is,
    a cancellation tells the one that was asked for.
    """

    id_suscripcion: str = ""
    id_saga: str = campo(requerido=True)
    recursos_requeridos: tuple[str, ...] = ()
    recursos_liberados: tuple[str, ...] = ()
    cliente_codigo: str = ""
    plan_codigo: str = ""
    plan_nombre: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HechoParaElCliente(HechoSuscripcion):
    """A fact that the client is told of: it carries the address to write to (personal data)."""

    cliente_nombres: str = campo(propio=True)
    cliente_apellidos: str = campo(propio=True)
    cliente_email: str = campo(propio=True)


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class SuscripcionCreada(HechoSuscripcion):
    """A subscription exists; the providers of the resources it requires reserve them."""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class SuscripcionAprovisionada(HechoParaElCliente):
    """Every resource that the saga requires is reserved; the client is to be notified."""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class SuscripcionActivada(HechoParaElCliente):
    """The subscription is in force; the providers start what they reserved."""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class SuscripcionRechazada(HechoParaElCliente):
    """The subscription is refused; whoever did something for it undoes it."""

    motivo: str = ""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class SuscripcionCancelada(HechoParaElCliente):
    """The subscription has ended; whoever holds something for it gives it back.

    ``recursos_en_poder`` are the resources that it held, whichever saga got them; ``motivo`` is a code of
    :mod:`contratos.motivos`, ``detalle`` the client's own words.
    """

    recursos_en_poder: tuple[str, ...] = ()
    motivo: str = ""
    detalle: str = campo(propio=True, forma="parrafo")


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class CambioPlanIniciado(HechoSuscripcion):
    """Another plan was asked for, the one in ``plan_*``; the providers of what it requires besides reserve that."""

    plan_anterior_codigo: str = ""
    plan_anterior_nombre: str = ""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class SuscripcionPlanModificado(HechoParaElCliente):
    """The plan in ``plan_*`` is in force; the providers start what it requires besides, and end what it does not."""

    plan_anterior_codigo: str = ""
    plan_anterior_nombre: str = ""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class CambioPlanRechazado(HechoParaElCliente):
    """The plan in ``plan_*`` was refused, the one before stays; whoever did something for the change undoes it."""

    plan_anterior_codigo: str = ""
    plan_anterior_nombre: str = ""
    motivo: str = ""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class FacturaEmitida(HechoSuscripcion):
    """An invoice is due. ``monto`` is a decimal with two places."""

    id_factura: str = ""
    monto: str = ""
    moneda: str = ""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class SuscripcionPagada(HechoParaElCliente):
    """An invoice is paid, with exact money."""

    id_factura: str = ""
    monto: str = ""
    moneda: str = ""
    medio: str = campo(propio=True)


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class ComandoSuscripcionRechazado(Mensaje):
    """A command took no effect, and why (a code of :mod:`contratos.motivos`)."""

    id_comando: str = ""
    comando: str = ""
    id_suscripcion: str = ""
    motivo: str = ""


@mensaje("suscripciones", "evento", sujeto="id_suscripcion")
class ClienteSuprimido(Mensaje):
    """Whose a subscription was is forgotten, by whoever keeps anything of it; told of each that a client had.

    It does not say who that was. A subscription's id is never used again, so the fact holds for what arrives later too,
    and touches nothing of a client who comes back under the same code.
    """

    id_suscripcion: str = ""


@mensaje("suscripciones", "evento", sujeto="cliente_codigo")
class ComandoClienteRechazado(Mensaje):
    """A command about a client took no effect, and why (a code of :mod:`contratos.motivos`)."""

    id_comando: str = ""
    comando: str = ""
    cliente_codigo: str = campo(requerido=True, forma="id")
    motivo: str = ""
