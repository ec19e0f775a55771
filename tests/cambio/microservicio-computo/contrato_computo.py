"""What the computo context says."""

from contratos.base import Mensaje, mensaje, recurso

COMPUTO = recurso("computo", de="computo")
"""The resource that this context provides: a computing quota."""


@mensaje("computo", "evento", sujeto="id_reserva")
class ComputoReservado(Mensaje):
    """A computing quota is held for a subscription."""

    id_reserva: str = ""
    id_suscripcion: str = ""
    id_saga: str = ""
