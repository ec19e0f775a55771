"""The HTTP API: queries, as the BFF hands them on."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from seedwork.entrada.http import encontrado
from suscripciones.dominio.plan import Plan
from suscripciones.infraestructura.consultas import Consultas


def registrar_rutas(app: Flask, consultas: Consultas, planes: Mapping[str, Plan]) -> None:
    """Add this service's routes."""

    @app.get("/suscripciones/<id>")
    def suscripcion(id: str) -> dict[str, Any]:
        return encontrado(consultas.suscripcion(id), "la suscripción")

    @app.get("/suscripciones")
    def suscripciones() -> dict[str, Any]:
        pedido = request.args
        return consultas.suscripciones(
            pedido.get("cliente"), pedido.get("estado"), pedido.get("plan"), pedido.get("cursor")
        )

    @app.get("/suscripciones/<id>/saga")
    def saga(id: str) -> dict[str, Any]:
        sagas = consultas.sagas(id)
        return encontrado(sagas[-1] if sagas else None, "la saga")

    @app.get("/suscripciones/<id>/sagas")
    def sagas(id: str) -> dict[str, Any]:
        return {"elementos": encontrado(consultas.sagas(id) or None, "la saga"), "siguiente": None}

    @app.get("/suscripciones/comandos/<id_comando>")
    def comando(id_comando: str) -> dict[str, Any]:
        return encontrado(consultas.comando(id_comando), "el comando")

    @app.get("/planes")
    def catalogo() -> dict[str, Any]:
        return {"elementos": [_plan(p) for p in planes.values()], "siguiente": None}


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "codigo": plan.codigo,
        "nombre": plan.nombre,
        "recursos": list(plan.recursos),
        "precio": str(plan.precio),
        "moneda": plan.precio.moneda,
        "periodo_dias": plan.periodo_dias,
        "politicas": list(plan.politicas),
    }
