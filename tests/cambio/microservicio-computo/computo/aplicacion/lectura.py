"""What the queries need of the outside: the reading side, which changes nothing."""

from typing import Protocol

from consultas_computo import ExistenciasComputo, ListarReservas, PaginaReservas


class Lectura(Protocol):
    """Reads what is committed, without a lock."""

    def reservas(self, consulta: ListarReservas) -> PaginaReservas:
        """A page of reservations, newest first."""
        ...

    def existencias(self) -> ExistenciasComputo:
        """The stock."""
        ...
