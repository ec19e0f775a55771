"""What the application needs of the outside: the store, the delivery queue, the templates, the channel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from notificaciones.aplicacion.envio import Carta, Envio, Politica
from notificaciones.dominio.notificacion import Notificacion
from seedwork.aplicacion.unidad import UnidadTrabajo


class Notificaciones(Protocol):
    """The notifications, each folded from its events."""

    def obtener(self, id: str) -> Notificacion | None: ...

    def agregar(self, notificacion: Notificacion) -> None: ...


class Cierres(Protocol):
    """What is closed here: single sagas, and whole subscriptions with all of theirs.

    Each call locks what it names, seen before or not, until the unit of work ends: a fact and its undo take turns.
    """

    def cerrada(self, id_saga: str, id_suscripcion: str) -> bool:
        """Whether the saga is closed, by itself or with its subscription."""
        ...

    def cerrar_saga(self, id_saga: str) -> None: ...

    def cerrar_suscripcion(self, id_suscripcion: str) -> None: ...


class Envios(Protocol):
    """The deliveries that are not over. Those that are read stay locked until the unit of work ends."""

    def agregar(self, envio: Envio) -> None: ...

    def obtener(self, id_notificacion: str) -> Envio | None: ...

    def de_suscripcion(self, id_suscripcion: str) -> Sequence[Envio]: ...

    def aplazar(self, id_notificacion: str, hasta: datetime) -> None:
        """Give it back to the queue, due again then."""
        ...

    def marcar_para_anular(self, id_notificacion: str) -> None:
        """It is being sent right now; unless that succeeds, it ends annulled."""
        ...

    def quitar(self, id_notificacion: str) -> None:
        """It is over; the personal data that it held are gone."""
        ...


class Unidad(UnidadTrabajo, Protocol):
    """This service's unit of work."""

    notificaciones: Notificaciones
    cierres: Cierres
    envios: Envios
    asuntos: Mapping[str, str]
    """The subject of each type of notification."""
    canal: str
    """The name of the channel that notifications leave by."""
    politica: Politica


class CanalRechazo(Exception):
    """The channel will never take this letter. The text is a code, it quotes nothing."""


class CanalNoDisponible(Exception):
    """The channel did not take the letter this time. The text is a code, it quotes nothing."""


class Canal(Protocol):
    """How a letter reaches a person."""

    def enviar(self, carta: Carta) -> None:
        """Hand a letter over; when this returns, the channel has taken charge of it.

        Raises:
            CanalRechazo: it never will.
            CanalNoDisponible: not this time.
        """
        ...
