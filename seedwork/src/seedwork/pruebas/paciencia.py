"""How long commands wait, in tests: a fixed time, and nobody is asked."""

from seedwork.aplicacion.espera import Etapas


class PacienciaFija:
    """A command is refused once it has waited so long, whatever may still be on its way.

    Attributes:
        etapas: what the command that was asked about last waits for.
    """

    def __init__(self, espera_s: float = 10.0, pausa_s: float = 1.0) -> None:
        self.espera_s = espera_s
        self.pausa_s = pausa_s
        self.etapas: Etapas = ()

    def agotada(self, etapas: Etapas, segundos: float) -> bool:
        """Whether its time is over."""
        self.etapas = etapas
        return segundos >= self.espera_s

    def pausa(self, vuelta: int, segundos: float, *, en_cola: bool) -> float:
        """Always the same."""
        return self.pausa_s

    def vuelta(self) -> None:
        """Nobody is asked."""
