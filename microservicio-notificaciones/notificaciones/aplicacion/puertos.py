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


class Sagas(Protocol):
    """Which sagas are closed here. Both lock the saga, seen before or not, until the unit of work ends."""

    def cerrada(self, id_saga: str) -> bool: ...

    def cerrar(self, id_saga: str) -> None: ...


class Envios(Protocol):
    """The deliveries that are not over. Those that are read stay locked until the unit of work ends."""

    def agregar(self, envio: Envio) -> None: ...

    def obtener(self, id_notificacion: str) -> Envio | None: ...

    def de_saga(self, id_saga: str) -> Sequence[Envio]: ...

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
    sagas: Sagas
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
