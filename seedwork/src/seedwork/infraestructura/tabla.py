"""What a repository asks of a table: a port. PostgreSQL is one way to keep rows, memory another."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from seedwork.aplicacion.transaccion import Transaccion

Fila = dict[str, Any]


class ClaveRepetida(Exception):
    """A row's key is taken: another transaction committed it since it was looked for."""


class SinBase(Exception):
    """The database is away, or takes no writes now; no message is to blame."""


class Tabla(Protocol):
    """The rows of one kind, as one transaction sees them."""

    def leer(
        self, columna: str, valores: Collection[str], *, bloquear: bool = True, salvo: tuple[str, str] | None = None
    ) -> list[Fila]:
        """The rows that have one of the values in the column, by their ids' order.

        Args:
            bloquear: whether they stay locked until the transaction ends; whoever else wants them takes turns.
            salvo: a column, and the value in it that keeps a row out; as in SQL, so does a null.
        """
        ...

    def insertar(self, filas: Sequence[Mapping[str, Any]], *, si_faltan: bool = False) -> None:
        """Insert rows that all have the same columns.

        Args:
            si_faltan: whether a row whose key is there already is passed over.

        Raises:
            ClaveRepetida: a key is taken, or an index that holds a value once has it. The transaction is lost.
        """
        ...

    def actualizar(self, filas: Sequence[Mapping[str, Any]]) -> None:
        """Update rows, found by their column ``id``; they all have the same columns.

        Raises:
            ClaveRepetida: an index that holds a value once has it. The transaction is lost.
        """
        ...

    def borrar(self, ids: Collection[str]) -> None:
        """Delete rows, found by their column ``id``; of those that are not there, nothing."""
        ...


class TransaccionConTablas(Transaccion, Protocol):
    """A transaction that keeps rows."""

    @property
    def tablas(self) -> Mapping[str, Tabla]:
        """The service's own tables, by their names."""
        ...
