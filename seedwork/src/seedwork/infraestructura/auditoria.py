"""The audit trail: rows of who did what, and who saw what. Ids and codes alone (contract §9)."""

from typing import Any

import sqlalchemy as sa

from contratos.base import REGISTRO
from contratos.consultas import Consulta
from seedwork.aplicacion.consultas import Solicitante
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.transaccion import DestinoDeComando
from seedwork.infraestructura import bd

HECHO, RECHAZADO, VISTO, NO_HALLADO = "HECHO", "RECHAZADO", "VISTO", "NO_HALLADO"

_ANOTAR = sa.insert(bd.auditoria)


def de_comando(destino: DestinoDeComando, sobre: Sobre) -> dict[str, Any]:
    """The row of a command that somebody asked for, in the transaction that decides it."""
    tipo = REGISTRO.get(sobre.tipo)
    return {
        "quien": "" if sobre.quien is None else sobre.quien.id,
        "titular": destino.titular,
        "accion": sobre.tipo if tipo is None else tipo.__name__,
        "recurso": sobre.sujeto,
        "resultado": HECHO if destino.rechazo is None else RECHAZADO,
        "motivo": destino.rechazo,
        "correlacion": sobre.correlacion,
    }


class AuditorSQL:
    """Notes what was asked, before it is answered."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def anotar(self, consulta: Consulta, solicitante: Solicitante, *, hallado: bool) -> None:
        """Note a query; nothing where nobody was asked who they are."""
        quien = solicitante.acceso.quien
        if quien is None:
            return
        ids = [str(valor) for nombre, valor in vars(consulta).items() if nombre not in consulta.parametros]
        fila = {
            "quien": quien.id,
            "titular": solicitante.acceso.titular,
            "accion": type(consulta).__name__,
            "recurso": ids[0] if ids else "",
            "resultado": VISTO if hallado else NO_HALLADO,
            "correlacion": solicitante.correlacion,
        }
        with self._motor.begin() as conexion:
            conexion.execute(_ANOTAR, fila)
