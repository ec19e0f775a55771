"""The audit trail on PostgreSQL: rows that are added, and shown to operators."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa
import structlog

from contratos import motivos
from contratos.consultas import Consulta
from contratos.consultas.auditoria import ConsultaDeAuditoria, NotaDeAuditoria, PaginaAuditoria
from seedwork.aplicacion.auditoria import Anotacion, LecturaDeAuditoria, de_consulta
from seedwork.aplicacion.consultas import Solicitante
from seedwork.aplicacion.pliegue import Pliegue
from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura import bd
from seedwork.infraestructura.consultas import Lista

log = structlog.get_logger(__name__)

CADA_S = 60.0
"""Seconds in which what a caller asks again is told together."""
COSAS = 60
"""Things that one caller did not find, or was refused, in that time, told one by one."""
MAXIMO = 10_000
"""Different notes that a process remembers in that time; what comes besides is written down one by one."""

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
    """Notes what was asked, before it is answered; what the same caller asks again in the same way, with the same
    result, within :data:`CADA_S`, is counted, and told once that time is over: a row besides the first, whose ``veces``
    is how many more there were. A process that is killed loses that count, and never a first row.

    Of what was not found or was refused, a caller has :data:`COSAS` rows in that time; what comes besides is told
    without what it was about, and counted likewise. Of what was seen there is a row for each thing.

    Args:
        motor: the trail's database.
        cada_s: seconds between two counts.
    """

    def __init__(self, motor: sa.Engine, cada_s: float = CADA_S) -> None:
        self._motor = motor
        self._pliegue = Pliegue(self._decir, cada_s=cada_s, cosas=COSAS, maximo=MAXIMO)

    def anotar(self, consulta: Consulta, solicitante: Solicitante, resultado: str, motivo: str | None = None) -> None:
        """See the port."""
        dichas = map(self._pliegue.reducida, de_consulta(consulta, solicitante, resultado, motivo))
        nuevas = [nota for nota in dichas if not self._pliegue.repetida(nota)]
        if not nuevas:
            return
        anotar(self._motor, *nuevas)
        # Only what is written is counted on: who asks the same at the same time has a row of its own.
        for nota in nuevas:
            self._pliegue.apuntar(replace(nota, veces=0))

    def contar(self) -> None:
        """Write the counts down, now."""
        self._pliegue.contar()

    def _decir(self, notas: Sequence[Anotacion]) -> None:
        repetidas = [nota for nota in notas if nota.veces]
        if not repetidas:
            return
        try:
            anotar(self._motor, *repetidas)
        except sa.exc.SQLAlchemyError as error:
            log.warning("consultas repetidas sin anotar todavía", error=type(error).__name__, cuantas=len(repetidas))
            for nota in repetidas:
                self._pliegue.apuntar(nota)


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
