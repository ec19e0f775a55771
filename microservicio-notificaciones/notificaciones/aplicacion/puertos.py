"""What the application needs of the outside: the store, the delivery queue, the templates, the channel."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from notificaciones.aplicacion.envio import Correo, Envio, Politica
from notificaciones.dominio.clave import ClaveDeCliente
from notificaciones.dominio.notificacion import Notificacion
from seedwork.aplicacion.unidad import UnidadTrabajo


class Notificaciones(Protocol):
    """The notifications, each folded from its events."""

    def obtener(self, id: str, /) -> Notificacion | None: ...

    def agregar(self, notificacion: Notificacion, /) -> None: ...

    def precargar(self, ids: Collection[str], /) -> None:
        """A hint: these are about to be asked for."""
        ...


class Cierres(Protocol):
    """What is closed here: single sagas, and whole subscriptions with all of theirs.

    Each call locks what it names, seen before or not, until the unit of work ends: a fact and its undo take turns.
    """

    def cerrada(self, id_saga: str, id_suscripcion: str) -> bool:
        """Whether the saga is closed, by itself or with its subscription."""
        ...

    def cerrar_saga(self, id_saga: str) -> None: ...

    def cerrar_suscripcion(self, id_suscripcion: str) -> None: ...


class Claves(Protocol):
    """The clients' keys, one for each subscription, locked until the unit of work ends."""

    def de(self, id_suscripcion: str) -> ClaveDeCliente:
        """A subscription's; a new one where there is none."""
        ...


class Olvidadas(Protocol):
    """The view, as far as it shows whose notifications are."""

    def olvidar(self, id_suscripcion: str) -> None:
        """Show no more whose a subscription's are, those too that this unit of work makes."""
        ...


class EnvioOcupado(Exception):
    """Another transaction is at one of the deliveries just now."""


class Envios(Protocol):
    """The deliveries that are not over. Those that are read stay locked until the unit of work ends."""

    def agregar(self, envio: Envio) -> None:
        """Queue a delivery that is not queued yet, due at once; what is read afterwards shows it."""
        ...

    def precargar(self, ids: Collection[str], /) -> None:
        """Read and lock several at once, for ``obtener`` to hand each out once.

        Raises:
            EnvioOcupado: another transaction holds one of them. To wait for it with some locked already could be a
                deadlock.
        """
        ...

    def obtener(self, id_notificacion: str) -> Envio | None: ...

    def de_suscripcion(self, id_suscripcion: str) -> Sequence[Envio]: ...

    def aplazar(self, id_notificacion: str, hasta: datetime) -> None:
        """Give one that a sender holds back to the queue, due again then."""
        ...

    def marcar_para_anular(self, id_notificacion: str) -> None:
        """A sender holds it right now; unless it succeeds, it ends annulled."""
        ...

    def quitar(self, id_notificacion: str) -> None:
        """It is over; the personal data that it held are gone."""
        ...


class Unidad(UnidadTrabajo):
    """This service's unit of work.

    Attributes:
        asuntos: the subject of each type of notification.
        canal: the name of the channel that notifications leave by.
    """

    notificaciones: Notificaciones
    claves: Claves
    olvidadas: Olvidadas
    cierres: Cierres
    envios: Envios
    asuntos: Mapping[str, str]
    canal: str
    politica: Politica


class ColaEnvios(Protocol):
    """The delivery queue, as its senders share it: what is due, and leases on it, on the database's clock."""

    def tomar(self, cuantos: int, arriendo_s: float, excepto: Collection[str], edad_s: float = 0.0) -> Sequence[Envio]:
        """Lease what is due to this process, the longest due first, or with an age the oldest; durable when this
        returns.

        The attempt is counted before it begins.

        Args:
            cuantos: at most this many.
            arriendo_s: seconds after which others may take it, should this process vanish.
            excepto: what this process has in hand still, whatever became of its lease.
            edad_s: only what was created so many seconds ago, or before; 0 for all.
        """
        ...

    def devolver(self, envios: Collection[Envio]) -> None:
        """End the lease on deliveries that this process will not finish, unless another has taken them since."""
        ...


class CanalRechazo(Exception):
    """The channel will never take this letter, for its mailbox's sake. The text is a code, it quotes nothing."""


class CanalNoDisponible(Exception):
    """The channel did not take the letter this time. The text is a code, it quotes nothing."""


class CanalAveriado(CanalNoDisponible):
    """Likewise, and neither letter nor mailbox is to blame: it is for the operators to mend."""


class Canal(Protocol):
    """How a letter reaches a person."""

    nombre: str

    def enviar(self, correo: Correo) -> None:
        """Hand a letter over; when this returns, the channel has taken charge of it.

        Raises:
            CanalRechazo: it never will.
            CanalNoDisponible: not this time.
            CanalAveriado: not this time, for trouble that may meet others too.
        """
        ...

    def probar(self) -> None:
        """Find out, without a letter, whether the channel would hear one.

        Raises:
            CanalAveriado: it would not.
        """
        ...
