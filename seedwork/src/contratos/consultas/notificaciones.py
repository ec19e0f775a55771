"""What the notificaciones context is asked, and what it answers."""

from typing import Any, Literal

from contratos.consultas.base import (
    COMANDO,
    MOTIVO,
    NOTIFICACION,
    PAGINA,
    SUSCRIPCION,
    Consulta,
    Cursor,
    Id,
    Pagina,
    Respuesta,
    campo,
    filtro,
)

EstadoNotificacion = Literal["CREADA", "ENVIADA", "CONFIRMADA", "FALLIDA", "ANULADA"]


class Notificacion(Respuesta):
    """Una notificación a un cliente."""

    id_notificacion: str = campo("Su identificador.", NOTIFICACION)
    estado: EstadoNotificacion = campo("Cómo está.", "CONFIRMADA")
    motivo: str | None = campo(MOTIVO)
    tipo: str = campo("Qué se le cuenta.", "SERVICIO_LISTO")
    canal: str = campo("Por dónde se le cuenta.", "CORREO")
    asunto: str = campo("El asunto de la carta.", "Su servicio de datos está listo")
    id_suscripcion: str = campo("La suscripción de la que trata.", SUSCRIPCION)
    id_saga: str = campo("La saga en la que se le cuenta.", COMANDO)
    cliente_codigo: str = campo("El código del cliente.", "0001")
    creada: str = campo("Cuándo, en UTC (RFC 3339).", "2026-02-01T09:10:01.702Z")
    actualizada: str = campo("Cuándo cambió por última vez, en UTC (RFC 3339).", "2026-02-01T09:10:01.911Z")


class PaginaNotificaciones(Pagina):
    """Una página de notificaciones."""

    elementos: list[Notificacion] = campo("Las de esta página, la más reciente primero.")


class EventoNotificacion(Respuesta):
    """Un hecho de la historia de una notificación."""

    tipo: str = campo("Qué ocurrió.", "NotificacionCreada")
    version: int = campo("El lugar que ocupa en la historia, desde 1.", 1)
    ocurrido: str = campo("Cuándo, en UTC (RFC 3339).", "2026-02-01T09:10:01.702Z")
    datos: dict[str, Any] = campo("Lo que se guardó con él.", {"tipo": "SERVICIO_LISTO", "canal": "CORREO"})


class PaginaEventos(Pagina):
    """La historia completa de una notificación."""

    elementos: list[EventoNotificacion] = campo("Todos, el más antiguo primero.")


class CorreoDeNotificacion(Respuesta):
    """La carta de una notificación, vuelta a componer sin el nombre ni la dirección de la persona."""

    id_notificacion: str = campo("La notificación.", NOTIFICACION)
    asunto: str = campo("El asunto de la carta.", "Su servicio de datos está listo")
    texto: str = campo("Su texto, con un saludo sin nombre.", "Hola:\n\nTodo lo que incluye su plan está reservado.")
    aviso: str = campo(
        "En qué difiere de la que se envió.", "Vuelta a componer sin el nombre ni la dirección de la persona."
    )


class ListarNotificaciones(Consulta, contexto="notificaciones", ruta="/notificaciones", respuesta=PaginaNotificaciones):
    """Notificaciones, por páginas."""

    cliente: Id | None = filtro("El código del cliente.")
    suscripcion: Id | None = filtro("La suscripción de la que tratan.")
    estado: EstadoNotificacion | None = filtro("Cómo están.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerNotificacion(
    Consulta, contexto="notificaciones", ruta="/notificaciones/{id_notificacion}", respuesta=Notificacion
):
    """Una notificación."""

    id_notificacion: Id = campo("La notificación.")


class ListarEventosNotificacion(
    Consulta, contexto="notificaciones", ruta="/notificaciones/{id_notificacion}/eventos", respuesta=PaginaEventos
):
    """Todos los eventos de una notificación."""

    id_notificacion: Id = campo("La notificación.")


class ObtenerCorreoDeNotificacion(
    Consulta, contexto="notificaciones", ruta="/notificaciones/{id_notificacion}/carta", respuesta=CorreoDeNotificacion
):
    """La carta de una notificación, vuelta a componer sin el nombre."""

    id_notificacion: Id = campo("La notificación.")
