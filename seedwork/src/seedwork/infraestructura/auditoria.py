"""The audit trail on PostgreSQL: rows that are added, and shown to operators."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from contratos.consultas import Consulta
from contratos.consultas.auditoria import ConsultaDeAuditoria, NotaDeAuditoria, PaginaAuditoria
from seedwork.aplicacion.auditoria import Anotacion, LecturaDeAuditoria, de_consulta
from seedwork.aplicacion.consultas import Solicitante
from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura import bd
from seedwork.infraestructura.consultas import Lista

_A = bd.auditoria.c
_ANOTAR = sa.insert(bd.auditoria)


def a_fila(anotacion: Anotacion) -> dict[str, Any]:
    """Its row."""
    return asdict(anotacion)


def anotar(motor: sa.Engine, *anotaciones: Anotacion) -> None:
    """Add rows, in a transaction of their own."""
    with motor.begin() as conexion:
        conexion.execute(_ANOTAR, [a_fila(anotacion) for anotacion in anotaciones])


class AuditorSQL:
    """Notes what was asked, before it is answered."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def anotar(self, consulta: Consulta, solicitante: Solicitante, resultado: str, motivo: str | None = None) -> None:
        """See the port."""
        if anotaciones := de_consulta(consulta, solicitante, resultado, motivo):
            anotar(self._motor, *anotaciones)


class AuditoriaSQL(LecturaDeAuditoria):
    """A service's trail, as its own query asks for it."""

    def __init__(self, motor: sa.Engine, consulta: type[ConsultaDeAuditoria]) -> None:
        self._motor = motor
        todas = sa.select(bd.auditoria, _A.id.label("orden"))
        self._lista = Lista(consulta, todas, _A.id, {"quien": _A.quien, "recurso": _A.recurso})

    def anotaciones(self, consulta: ConsultaDeAuditoria) -> PaginaAuditoria:
        """A page of it, newest first."""
        with self._motor.connect() as conexion:
            filas, siguiente = self._lista.pagina(conexion, consulta)
        return PaginaAuditoria(elementos=[_mostrar(fila) for fila in filas], siguiente=siguiente)


def _mostrar(fila: sa.RowMapping) -> NotaDeAuditoria:
    return NotaDeAuditoria(
        ocurrido=en_texto(fila["ocurrido"]),
        quien=fila["quien"],
        titular=fila["titular"],
        accion=fila["accion"],
        recurso=fila["recurso"] or None,
        resultado=fila["resultado"],
        motivo=motivos.texto(fila["motivo"]),
        correlacion=fila["correlacion"],
        veces=fila["veces"],
    )
