"""Is a series of figures flat? The judgement of the soak, apart from how the figures are come by."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MEDIA_HORA_MIN = 30.0
MINIMO = 9
"""Fewest values that can be judged: three in each third."""


@dataclass(frozen=True)
class Tendencia:
    """Where a series stood in the second third of its time, and where in the last; the first is the warm-up.

    Medians, so that a moment's peak says nothing, and no step of the warm-up reaches the judgement.
    """

    medio: float
    final: float

    @property
    def crecimiento(self) -> float:
        """How much it grew over a third of the time."""
        return self.final - self.medio

    def por_media_hora(self, minutos: float) -> float:
        """The same over half an hour, when all of the time was so many minutes."""
        return self.crecimiento * 3 * MEDIA_HORA_MIN / minutos


def tendencia(valores: Sequence[float]) -> Tendencia:
    """Of values taken at even intervals. Raises ValueError when they are too few."""
    if len(valores) < MINIMO:
        raise ValueError(f"{len(valores)} values are too few to tell growth from noise: at least {MINIMO}")
    tercio = len(valores) // 3
    return Tendencia(statistics.median(valores[-2 * tercio : -tercio]), statistics.median(valores[-tercio:]))


def exceso(valores: Sequence[float], *, tolerancia: float) -> str | None:
    """How a count that must not grow did grow, in words; None when it stayed, give or take the tolerance."""
    vista = tendencia(valores)
    return f"{vista.medio:,.0f} → {vista.final:,.0f}" if vista.crecimiento > tolerancia else None


def exceso_por_media_hora(valores: Sequence[float], *, minutos: float, limite: float) -> str | None:
    """The same for a quantity that may grow by less than the limit in half an hour."""
    por_media_hora = tendencia(valores).por_media_hora(minutos)
    return f"{por_media_hora:+,.1f} in half an hour, the limit is {limite:,.1f}" if por_media_hora > limite else None
