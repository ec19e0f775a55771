"""The audit trail's route, the same in every service: its table is, and so is what is asked of it."""

import sqlalchemy as sa

from contratos.consultas.auditoria import auditoria_de
from seedwork.aplicacion.auditoria import listar_auditoria
from seedwork.entrada.consultas import registrar
from seedwork.entrada.http import App
from seedwork.infraestructura.auditoria import AuditoriaSQL


def registrar_auditoria(app: App, contexto: str, motor: sa.Engine) -> None:
    """Add the route of a context's trail, where the contract has one."""
    consulta = auditoria_de(contexto)
    if consulta is not None:
        registrar(app, {consulta: listar_auditoria}, AuditoriaSQL(motor, consulta))
