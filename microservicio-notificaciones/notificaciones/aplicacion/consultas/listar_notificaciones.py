"""ListarNotificaciones: notifications by client and subscription."""

from contratos.consultas.notificaciones import ListarNotificaciones, PaginaNotificaciones
from notificaciones.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def listar_notificaciones(
    consulta: ListarNotificaciones, lectura: Lectura, solicitante: Solicitante
) -> PaginaNotificaciones:
    """A page of those that it asks for."""
    return lectura.notificaciones(consulta, solicitante.acceso)
