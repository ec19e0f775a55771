"""What a saga has made this service do: at most one quota each."""

from dataclasses import dataclass

from computo.dominio import eventos
from seedwork.dominio.agregado import Agregado

NUEVA = "NUEVA"
RESERVADA = "RESERVADA"
RECHAZADA = "RECHAZADA"
INICIADA = "INICIADA"
TERMINADA = "TERMINADA"
VIVAS = frozenset({RESERVADA, INICIADA})
"""The states that hold a quota."""


@dataclass(kw_only=True)
class Reserva(Agregado):
    """This service's part in one saga, whose id is its own. One for each saga that ever concerned it.

    Attributes:
        estado: NUEVA where the saga holds nothing here, or not yet.
        pedida: its reservation was answered, however it ended.
        cerrada: the saga was undone, maybe before its cause arrived: it reserves no more.
        liberada: LIBERAR was told in this saga, which is done once.
    """

    id_suscripcion: str
    estado: str = NUEVA
    pedida: bool = False
    cerrada: bool = False
    liberada: bool = False

    @property
    def viva(self) -> bool:
        """Whether it holds a quota."""
        return self.estado in VIVAS

    def tomar_peticion(self) -> bool:
        """The reservation is asked for. False if it was answered before."""
        primera, self.pedida = not self.pedida, True
        return primera

    def tomar_liberacion(self) -> bool:
        """LIBERAR is to be told. False if it was told before."""
        primera, self.liberada = not self.liberada, True
        return primera

    def reservar(self) -> None:
        """Hold a quota, which was taken before."""
        self.estado = RESERVADA
        self.registrar(eventos.Reservada(id_reserva=self.id, id_suscripcion=self.id_suscripcion))

    def rechazar(self) -> None:
        """There is no quota to hold."""
        self.estado = RECHAZADA

    def iniciar(self) -> bool:
        """Put the quota to use. False if it was not waiting for that."""
        if self.estado != RESERVADA:
            return False
        self.estado = INICIADA
        self.registrar(eventos.Iniciada(id_reserva=self.id, id_suscripcion=self.id_suscripcion))
        return True

    def terminar(self) -> bool:
        """Let go of the quota; whoever does gives it back. False if there was none: then nobody may."""
        if not self.viva:
            return False
        self.estado = TERMINADA
        self.registrar(eventos.Terminada(id_reserva=self.id, id_suscripcion=self.id_suscripcion))
        return True
