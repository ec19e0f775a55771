"""ListarNotificaciones: notifications by client and subscription."""

from contratos.consultas.notificaciones import ListarNotificaciones, PaginaNotificaciones
from notificaciones.aplicacion.lectura import Lectura


def listar_notificaciones(consulta: ListarNotificaciones, lectura: Lectura) -> PaginaNotificaciones:
    """A page of those that it asks for."""
    return lectura.notificaciones(consulta)
