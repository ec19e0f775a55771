"""ListarEventosNotificacion: the history behind a notification."""

from contratos.consultas.notificaciones import ListarEventosNotificacion, PaginaEventos
from notificaciones.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def listar_eventos_notificacion(
    consulta: ListarEventosNotificacion, lectura: Lectura, solicitante: Solicitante
) -> PaginaEventos | None:
    """All of it; None where there is no such notification."""
    eventos = lectura.eventos(consulta.id_notificacion, solicitante.acceso)
    return PaginaEventos(elementos=list(eventos), siguiente=None) if eventos else None
