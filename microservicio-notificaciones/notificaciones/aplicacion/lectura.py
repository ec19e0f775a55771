"""What the queries need of the outside: the reading side, which changes nothing."""

from collections.abc import Sequence
from typing import Protocol

from contratos.consultas.notificaciones import (
    EventoNotificacion,
    ListarNotificaciones,
    Notificacion,
    PaginaNotificaciones,
)
from seedwork.aplicacion.identidad import Acceso


class Lectura(Protocol):
    """Reads what is committed, without a lock. What is out of the reach of who asks is not there."""

    def notificacion(self, id: str, acceso: Acceso) -> Notificacion | None:
        """One notification, as the view has it."""
        ...

    def notificaciones(self, consulta: ListarNotificaciones, acceso: Acceso) -> PaginaNotificaciones:
        """A page of them, newest first."""
        ...

    def correo(self, id_notificacion: str, acceso: Acceso) -> tuple[str, str] | None:
        """The subject and the text of a notification's letter, rendered anew without whom it was to."""
        ...

    def eventos(self, id_notificacion: str, acceso: Acceso) -> Sequence[EventoNotificacion]:
        """The full history of a notification, oldest first."""
        ...
