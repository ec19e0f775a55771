"""What this service has heard and answered of one saga, so that the order of arrival does not matter."""

from dataclasses import dataclass

from seedwork.dominio.agregado import Agregado


@dataclass(kw_only=True)
class Participacion(Agregado):
    """This service's part in one saga, whose id is its own. Each of its facts happens once and stays.

    Attributes:
        reservada: the reservation was answered, however it ended.
        activada: the saga's activation has arrived, maybe before what it activates.
        cerrada: the saga's undo has arrived and was answered, maybe before its cause.
    """

    id_suscripcion: str
    reservada: bool = False
    activada: bool = False
    cerrada: bool = False

    def tomar_reserva(self) -> bool:
        """The reservation is asked for. False if it was answered before."""
        primera, self.reservada = not self.reservada, True
        return primera

    def tomar_activacion(self) -> bool:
        """The saga is activated. False if that was known."""
        primera, self.activada = not self.activada, True
        return primera

    def tomar_cierre(self) -> bool:
        """The saga is undone. False if that was answered before."""
        primera, self.cerrada = not self.cerrada, True
        return primera
