"""What the notificaciones context says. Ids and codes only: nothing here names a person or an address."""

from dataclasses import dataclass

from contratos.base import Mensaje, mensaje


@dataclass(frozen=True, kw_only=True, slots=True)
class HechoNotificacion(Mensaje):
    """What every fact about a Notificacion carries."""

    id_notificacion: str = ""
    id_suscripcion: str = ""
    id_saga: str = ""
    cliente_codigo: str = ""
    tipo_notificacion: str = ""
    canal: str = ""


@mensaje("notificaciones", "evento")
class NotificacionCreada(HechoNotificacion):
    """A notification is due."""


@mensaje("notificaciones", "evento")
class NotificacionEnviada(HechoNotificacion):
    """The notification was handed to its channel."""

    intentos: int = 0


@mensaje("notificaciones", "evento")
class ConfirmacionNotificacion(HechoNotificacion):
    """The channel took charge of the notification."""


@mensaje("notificaciones", "evento")
class ErrorProcesamientoNotificacion(HechoNotificacion):
    """The channel refused the notification, after its retries too."""

    intentos: int = 0
    motivo: str = ""
