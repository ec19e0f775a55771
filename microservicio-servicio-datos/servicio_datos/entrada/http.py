"""The HTTP API: queries, as the BFF hands them on."""

from typing import Any

from flask import Flask, request

from seedwork.entrada.http import encontrado
from servicio_datos.infraestructura.consultas import Consultas


def registrar_rutas(app: Flask, consultas: Consultas) -> None:
    """Add this service's routes."""

    @app.get("/servicios-datos/<id>")
    def servicio(id: str) -> dict[str, Any]:
        return encontrado(consultas.servicio(id), "el servicio de datos")

    @app.get("/servicios-datos")
    def servicios() -> dict[str, Any]:
        pedido = request.args
        return consultas.servicios(pedido.get("suscripcion"), pedido.get("estado"), pedido.get("cursor"))

    @app.get("/servicios-datos/comandos/<id_comando>")
    def comando(id_comando: str) -> dict[str, Any]:
        return encontrado(consultas.comando(id_comando), "el comando")
