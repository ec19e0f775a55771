"""Plans: what a client may subscribe to."""

from dataclasses import dataclass
from datetime import timedelta

from seedwork.dominio.dinero import Dinero


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A catalogue entry.

    Attributes:
        codigo: the plan's identity.
        nombre: as people read it.
        recursos: what it requires of the providers, by the resource's name.
        precio: per period.
        periodo_dias: days between two invoices; 0 for none.
        politicas: what else the plan grants or limits, as texts.
    """

    codigo: str
    nombre: str
    recursos: tuple[str, ...]
    precio: Dinero
    periodo_dias: int
    politicas: tuple[str, ...] = ()

    @property
    def de_pago(self) -> bool:
        """Whether an invoice is due on activation."""
        return self.precio.monto > 0

    @property
    def periodo(self) -> timedelta | None:
        """From one invoice to the next; None where no other follows."""
        return timedelta(days=self.periodo_dias) if self.de_pago and self.periodo_dias else None
