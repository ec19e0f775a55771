"""The HTTP API: queries, as the BFF hands them on."""

from typing import Any

from flask import Flask, request

from procesamiento.infraestructura.consultas import Consultas
from seedwork.entrada.http import consultante, correlacion, encontrado


def registrar_rutas(app: Flask, consultas: Consultas) -> None:
    """Add this service's routes."""

    @app.get("/procesar/imagenes/<id>")
    def imagen(id: str) -> dict[str, Any]:
        hallada = consultas.imagen(id, consultante=consultante(), correlacion=correlacion())
        return encontrado(hallada, "la imagen")

    @app.get("/procesar/imagenes")
    def imagenes() -> dict[str, Any]:
        pedido = request.args
        return consultas.imagenes(
            pedido.get("modalidad"), pedido.get("patologia"), pedido.get("region"), pedido.get("cursor")
        )

    @app.get("/procesar/comandos/<id_comando>")
    def comando(id_comando: str) -> dict[str, Any]:
        return encontrado(consultas.comando(id_comando), "el comando")
