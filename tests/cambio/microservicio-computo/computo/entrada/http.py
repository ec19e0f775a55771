"""The HTTP API: queries."""

from typing import Any

from flask import Flask, request

from computo.infraestructura.consultas import Consultas


def registrar_rutas(app: Flask, consultas: Consultas) -> None:
    """Add this service's routes."""

    @app.get("/computo")
    def reservas() -> dict[str, Any]:
        return consultas.reservas(request.args.get("suscripcion"), request.args.get("cursor"))

    @app.get("/computo/existencias")
    def existencias() -> dict[str, int]:
        return consultas.existencias()
