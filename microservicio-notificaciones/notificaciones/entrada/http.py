"""The HTTP API: queries, as the BFF hands them on."""

from typing import Any

from flask import Flask, request

from notificaciones.infraestructura.consultas import Consultas
from seedwork.entrada.http import encontrado


def registrar_rutas(app: Flask, consultas: Consultas) -> None:
    """Add this service's routes."""

    @app.get("/notificaciones")
    def notificaciones() -> dict[str, Any]:
        pedido = request.args
        return consultas.notificaciones(pedido.get("cliente"), pedido.get("suscripcion"), pedido.get("cursor"))

    @app.get("/notificaciones/<id>")
    def notificacion(id: str) -> dict[str, Any]:
        return encontrado(consultas.notificacion(id), "la notificación")

    @app.get("/notificaciones/<id>/eventos")
    def eventos(id: str) -> dict[str, Any]:
        return encontrado(consultas.eventos(id), "la notificación")
