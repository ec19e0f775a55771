"""A figure: what was measured, beside the floors that the same run measured."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Piso:
    """A floor, and the share of it that the platform reaches.

    Attributes:
        valor: in the figure's unit.
        razon: the platform's value over the floor's, the median of the rounds.
        meta: the least share that the project wants.
    """

    nombre: str
    valor: float
    razon: float
    meta: float

    def __str__(self) -> str:
        signo = "ok" if self.razon >= self.meta else "BELOW"
        return f"{self.razon:.2f} of {self.nombre} ({self.valor:,.0f}; aim ≥ {self.meta:g}: {signo})"


@dataclass(frozen=True, kw_only=True)
class Cifra:
    """One line of the report.

    Attributes:
        valor: the figure itself.
        detalle: what else belongs to it, by name.
    """

    nombre: str
    valor: float
    unidad: str
    pisos: Sequence[Piso] = ()
    detalle: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        partes = [f"{self.valor:,.1f} {self.unidad}", *map(str, self.pisos)]
        partes += [f"{nombre} {valor:,.1f}" for nombre, valor in self.detalle.items()]
        return f"{self.nombre:<34} " + " · ".join(partes)


def mediana(valores: Sequence[float]) -> float:
    """Of the rounds: the machine's other work disturbs a mean."""
    return statistics.median(valores)


def razones(medidos: Sequence[float], pisos: Sequence[float]) -> float:
    """The median of each round's own ratio: both of its measurements saw the same machine."""
    return mediana([p / s for p, s in zip(medidos, pisos, strict=True)])
