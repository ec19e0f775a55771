"""Exact money."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Dinero:
    """An amount with two places in one currency.

    Attributes:
        monto: a decimal, never a float.
        moneda: an ISO 4217 code.
    """

    monto: Decimal
    moneda: str

    def __post_init__(self) -> None:
        if self.monto < 0 or self.monto != self.monto.quantize(Decimal("0.01")):
            raise ValueError(f"el monto {self.monto} no es un decimal positivo de dos cifras")

    def __str__(self) -> str:
        return f"{self.monto:.2f}"
