"""A subscription as this service knows it: a copy, made from the facts that have arrived here."""

from dataclasses import dataclass

from seedwork.dominio.agregado import Agregado

PENDIENTE = "PENDIENTE"
ACTIVA = "ACTIVA"
RECHAZADA = "RECHAZADA"
CANCELADA = "CANCELADA"

_AVANCE = {PENDIENTE: 0, ACTIVA: 1, RECHAZADA: 2, CANCELADA: 2}
"""A subscription never goes back, so the furthest state that was heard is the present one, whatever came last."""


@dataclass(kw_only=True)
class SuscripcionConocida(Agregado):
    """What the facts of a subscription, whose id is its own, have told so far, in any order of arrival.

    Attributes:
        estado: the furthest one heard.
        requiere_servicio: whether the plan in force requires a data service.
        cliente_codigo: whose it is; empty where no fact told yet, and once its client is forgotten.
        suprimida: whether that is so. Facts of it may still come: they tell no more of whom.
        requiere_secuencia: ``ce_sequence`` of the fact that told it; 0 for none. Only a later one changes it.
    """

    estado: str = PENDIENTE
    requiere_servicio: bool = False
    requiere_secuencia: int = 0
    cliente_codigo: str = ""
    suprimida: bool = False

    @property
    def terminada(self) -> bool:
        """Whether it is over, and holds nothing any more."""
        return self.estado in (RECHAZADA, CANCELADA)

    def avanzar(self, estado: str) -> None:
        """A fact tells that it got as far as this."""
        if _AVANCE[estado] > _AVANCE[self.estado]:
            self.estado = estado

    def requerir(self, requiere: bool, secuencia: int) -> None:
        """A fact tells what its plan requires from then on."""
        if secuencia > self.requiere_secuencia:
            self.requiere_servicio, self.requiere_secuencia = requiere, secuencia

    def ser_de(self, cliente: str) -> bool:
        """A fact tells whose it is. False if that was known, or is forgotten: nothing changes."""
        if not cliente or self.cliente_codigo or self.suprimida:
            return False
        self.cliente_codigo = cliente
        return True

    def olvidar_cliente(self) -> None:
        """Whose it is is forgotten, for good."""
        self.cliente_codigo, self.suprimida = "", True
