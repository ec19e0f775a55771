"""What a provider has heard and answered of one saga, so that the order of arrival does not matter."""

from dataclasses import dataclass

from seedwork.dominio.agregado import Agregado


@dataclass(kw_only=True)
class Participacion(Agregado):
    """A provider's part in one saga, whose id is its own. Each of its facts happens once and stays.

    Attributes:
        reservada: the reservation was answered, however it ended.
        activada: the saga's activation has arrived, maybe before what it activates.
        cerrada: the saga holds nothing here any more, and was told so: by its undo, maybe before its cause, or by the
            release of what it no longer requires.
    """

    id_suscripcion: str
    reservada: bool = False
    activada: bool = False
    cerrada: bool = False

    @property
    def indecisa(self) -> bool:
        """Whether neither the saga's activation nor its undo has arrived."""
        return not (self.activada or self.cerrada)

    def tomar_reserva(self) -> bool:
        """The reservation is asked for. False if it was answered before."""
        primera, self.reservada = not self.reservada, True
        return primera

    def tomar_activacion(self) -> bool:
        """The saga is activated. False if that was known."""
        primera, self.activada = not self.activada, True
        return primera

    def tomar_cierre(self) -> bool:
        """The saga is undone, or releases what it must. False if that was answered before."""
        primera, self.cerrada = not self.cerrada, True
        return primera
