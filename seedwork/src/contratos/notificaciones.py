"""What the notificaciones context says. Ids and codes only: nothing here names a person or an address."""

from dataclasses import dataclass

from contratos.base import Mensaje, campo, mensaje

SERVICIO_LISTO = "SERVICIO_LISTO"
SUSCRIPCION_ACTIVA = "SUSCRIPCION_ACTIVA"
PLAN_MODIFICADO = "PLAN_MODIFICADO"
PAGO_RECIBIDO = "PAGO_RECIBIDO"
SUSCRIPCION_RECHAZADA = "SUSCRIPCION_RECHAZADA"
SUSCRIPCION_CANCELADA = "SUSCRIPCION_CANCELADA"
CAMBIO_PLAN_RECHAZADO = "CAMBIO_PLAN_RECHAZADO"
TIPOS = frozenset(
    {
        SERVICIO_LISTO,
        SUSCRIPCION_ACTIVA,
        PLAN_MODIFICADO,
        PAGO_RECIBIDO,
        SUSCRIPCION_RECHAZADA,
        SUSCRIPCION_CANCELADA,
        CAMBIO_PLAN_RECHAZADO,
    }
)
"""What a notification may tell, as ``tipo_notificacion`` says; each follows from one fact (contract §2)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HechoNotificacion(Mensaje):
    """What every fact about a Notificacion carries."""

    id_notificacion: str = ""
    id_suscripcion: str = campo(requerido=True)
    id_saga: str = campo(requerido=True)
    cliente_codigo: str = ""
    tipo_notificacion: str = ""
    canal: str = ""


@mensaje("notificaciones", "evento", sujeto="id_notificacion")
class NotificacionCreada(HechoNotificacion):
    """A notification is due."""


@mensaje("notificaciones", "evento", sujeto="id_notificacion")
class NotificacionEnviada(HechoNotificacion):
    """The notification was handed to its channel."""

    intentos: int = 0


@mensaje("notificaciones", "evento", sujeto="id_notificacion")
class ConfirmacionNotificacion(HechoNotificacion):
    """The channel took charge of the notification."""


@mensaje("notificaciones", "evento", sujeto="id_notificacion")
class ErrorProcesamientoNotificacion(HechoNotificacion):
    """The channel refused the notification, after its retries too."""

    intentos: int = 0
    motivo: str = ""
