"""ObtenerNotificacion: one notification."""

from contratos.consultas.notificaciones import Notificacion, ObtenerNotificacion
from notificaciones.aplicacion.lectura import Lectura


def obtener_notificacion(consulta: ObtenerNotificacion, lectura: Lectura) -> Notificacion | None:
    """The one of that id."""
    return lectura.notificacion(consulta.id_notificacion)
