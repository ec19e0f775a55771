"""What the queries need of the outside: the reading side, which changes nothing."""

from collections.abc import Sequence
from typing import Protocol

from contratos.consultas.notificaciones import (
    EventoNotificacion,
    ListarNotificaciones,
    Notificacion,
    PaginaNotificaciones,
)


class Lectura(Protocol):
    """Reads what is committed, without a lock."""

    def notificacion(self, id: str) -> Notificacion | None:
        """One notification, as the view has it."""
        ...

    def notificaciones(self, consulta: ListarNotificaciones) -> PaginaNotificaciones:
        """A page of them, newest first."""
        ...

    def eventos(self, id_notificacion: str) -> Sequence[EventoNotificacion]:
        """The full history of a notification, oldest first."""
        ...
