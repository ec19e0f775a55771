"""What the application needs of the outside: the reservations, and the stock of quotas."""

from collections.abc import Sequence
from typing import Protocol

from computo.dominio.reserva import Reserva
from saga.pasos import Saga
from seedwork.aplicacion.unidad import UnidadTrabajo


class Reservas(Protocol):
    """This service's part in each saga, locked until the unit of work ends."""

    def de_saga(self, saga: Saga) -> Reserva:
        """The saga's; a new one where nothing of the saga has arrived yet."""
        ...

    def vivas_de(self, id_suscripcion: str) -> Sequence[Reserva]:
        """Those that hold a quota for the subscription."""
        ...


class Existencias(Protocol):
    """The stock of quotas."""

    def tomar(self) -> bool:
        """Take one. False where all that is committed leaves none free."""
        ...

    def devolver(self) -> None:
        """Give one back."""
        ...


class Unidad(UnidadTrabajo):
    """This service's unit of work."""

    reservas: Reservas
    existencias: Existencias
