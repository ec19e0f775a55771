"""What happened of late, in the order in which this process heard of it: bounded, of each topic by itself, so that a
flood on one of them makes nobody forget the others."""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bff_web.eventos.hechos import Hecho
from bff_web.eventos.vector import NINGUNO, Vector
from seedwork.infraestructura.lector import Lugar

MARGEN_S = 60.0
"""Seconds by which the clocks of who publishes may differ, and what was published be on its way."""
MAXIMO = 4000
"""Events of one topic."""


class Novedad(Enum):
    """What an event is to the memory."""

    NUEVO = auto()
    REPETIDO = auto()
    RECREADO = auto()
    """Of a topic that was made anew: what was known of places on it counts no more."""


@dataclass(slots=True)
class _Topico:
    """One topic's.

    Attributes:
        numeros: of what is held of it, oldest first.
        desde: all that was published on it from then on is held.
        olvidado: the number of the last one that is not held any more.
        publicado: of the last one, when that was.
    """

    numeros: deque[int]
    desde: float
    olvidado: int = 0
    publicado: float = 0.0


class Memoria:
    """The memory.

    Args:
        topicos: how many there are.
        desde: from when on they are read, in seconds of the epoch.
        ventana_s: seconds that an event is held.

    Attributes:
        lugares: of each topic, the last place that was heard of.
        ultimo: the number of the last event; they count from one on.
        olvidado: the greatest number of those that are not held any more.
    """

    def __init__(self, topicos: int, desde: float, ventana_s: float, maximo: int = MAXIMO) -> None:
        self.lugares: list[Lugar] = [NINGUNO] * topicos
        self.ultimo = self.olvidado = 0
        self._ventana_s = ventana_s
        self._maximo = maximo
        self._hechos: dict[int, Hecho] = {}
        self._topicos = [_Topico(deque(), desde) for _ in range(topicos)]

    def __len__(self) -> int:
        return len(self._hechos)

    def guardar(self, hecho: Hecho) -> Novedad:
        """Hold an event."""
        topico = self._topicos[hecho.cual]
        if hecho.lugar <= self.lugares[hecho.cual]:
            nuevo = hecho.publicado > topico.publicado + MARGEN_S
            return Novedad.RECREADO if nuevo else Novedad.REPETIDO
        self.lugares[hecho.cual] = hecho.lugar
        topico.publicado = max(topico.publicado, hecho.publicado)
        self.ultimo += 1
        self._hechos[self.ultimo] = hecho
        topico.numeros.append(self.ultimo)
        if len(topico.numeros) > self._maximo:
            self._olvidar(topico)
        return Novedad.NUEVO

    def podar(self, ahora: float) -> None:
        """Forget what is older than it may be."""
        antes = ahora - self._ventana_s - MARGEN_S
        for topico in self._topicos:
            while topico.numeros and self._hechos[topico.numeros[0]].publicado < antes:
                self._olvidar(topico)

    def _olvidar(self, topico: _Topico) -> None:
        topico.olvidado = topico.numeros.popleft()
        self.olvidado = max(self.olvidado, topico.olvidado)
        # It may be published at the same time as the next one.
        topico.desde = max(topico.desde, self._hechos.pop(topico.olvidado).publicado)

    def sostiene(self, vector: Vector, cuales: Collection[int]) -> bool:
        """Whether all is held that was published on these topics after what a vector has seen."""
        return all(self._topicos[cual].desde + MARGEN_S <= vector.hasta for cual in cuales)

    def perdio(self, numero: int, cuales: Collection[int]) -> bool:
        """Whether an event of these topics is held no more that has this number, or a greater one."""
        return any(self._topicos[cual].olvidado >= numero for cual in cuales)

    def entre(self, numero: int, hasta: int) -> Sequence[Hecho]:
        """What is held of the events of these numbers, in their order."""
        hechos = self._hechos
        return [hechos[n] for n in range(numero, hasta + 1) if n in hechos]
