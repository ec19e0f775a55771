"""ObtenerNotificacion: one notification."""

from contratos.consultas.notificaciones import Notificacion, ObtenerNotificacion
from notificaciones.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def obtener_notificacion(
    consulta: ObtenerNotificacion, lectura: Lectura, solicitante: Solicitante
) -> Notificacion | None:
    """The one of that id."""
    return lectura.notificacion(consulta.id_notificacion, solicitante.acceso)
