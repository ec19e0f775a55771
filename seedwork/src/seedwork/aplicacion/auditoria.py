"""The audit trail: who did, saw, released, replayed or was refused what (contract §9). Ids and codes alone,
and of a dead letter an operator's words.

What a command did is noted in the transaction that decides it; what a query saw, before it is shown. Where nobody is
asked who they are, there is nothing to note.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contratos.base import REGISTRO
from contratos.consultas import Consulta, Id, Respuesta
from contratos.consultas.auditoria import ConsultaDeAuditoria, PaginaAuditoria
from contratos.consultas.base import opcional
from seedwork.aplicacion.consultas import Solicitante
from seedwork.aplicacion.sobre import Sobre

HECHO, RECHAZADO, VISTO, NO_HALLADO, NEGADO = "HECHO", "RECHAZADO", "VISTO", "NO_HALLADO", "NEGADO"
LINEA_DE_COMANDOS = "linea-de-comandos"
"""As what somebody acts who works on a machine of the platform's: who it is was said, and not proved (ADR 52)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anotacion:
    """A row of the trail.

    Attributes:
        ocurrido: when.
        quien: the caller's id, as its token tells; of who works by the command line, the name that was given.
        titular: as what it asked: a role, and the code or id in that role.
        accion: the command's or the query's name.
        recurso: the id that it was about; empty for a whole list.
        resultado: what came of it.
        motivo: a refusal's reason, one of :mod:`contratos.motivos`; of a dead letter, why, in an operator's own words.
        correlacion: its correlation id.
        veces: how often, where the same was told once for several.
    """

    ocurrido: datetime
    quien: str
    titular: str
    accion: str
    recurso: str
    resultado: str
    motivo: str | None = None
    correlacion: str
    veces: int = 1


def de_comando(sobre: Sobre, recurso: str, rechazo: str | None, ahora: datetime) -> Anotacion | None:
    """What is noted of a command that is decided now; None where nobody is named in it.

    Args:
        recurso: what it was about.
        rechazo: the reason's code; None where it was applied.
    """
    if sobre.quien is None:
        return None
    return Anotacion(
        ocurrido=ahora,
        quien=sobre.quien.id,
        titular=sobre.acceso.titular,
        accion=REGISTRO[sobre.tipo].__name__,
        recurso=recurso,
        resultado=HECHO if rechazo is None else RECHAZADO,
        motivo=rechazo,
        correlacion=sobre.correlacion,
    )


def resultado_de(respuesta: Respuesta | None) -> str:
    """What came of a query: VISTO only where its answer shows something, which an empty page does not."""
    return VISTO if respuesta is not None and any(vars(respuesta).values()) else NO_HALLADO


def de_consulta(
    consulta: Consulta, solicitante: Solicitante, resultado: str, motivo: str | None = None
) -> Sequence[Anotacion]:
    """What is noted of a query: a row for each id in its address, or by which its list was filtered, so that any of
    them finds it.

    It is empty where nobody was asked who they are, and where a part of the platform asks for itself: what it learns it
    shows to nobody, or to whose it is."""
    quien = solicitante.acceso.quien
    if quien is None or quien.tipo == "system":
        return ()
    dichos = vars(consulta)
    nombres = _de_que_trata(type(consulta))  # type: ignore[arg-type] # a class has a hash, whatever its instances have
    ids = [str(dichos[nombre]) for nombre in nombres if dichos[nombre]]
    ahora = solicitante.entorno.ahora()
    return [
        Anotacion(
            ocurrido=ahora,
            quien=quien.id,
            titular=solicitante.acceso.titular,
            accion=type(consulta).__name__,
            recurso=id,
            resultado=resultado,
            motivo=motivo,
            correlacion=solicitante.correlacion,
        )
        for id in ids or [""]
    ]


@functools.cache
def _de_que_trata(tipo: type[Consulta]) -> Sequence[str]:
    """The fields that say what a query is about: ids in its address, and those by which its list can be filtered."""
    return [c.nombre for c in tipo.campos() if c.nombre not in tipo.parametros or opcional(c.tipo) is Id]


class LecturaDeAuditoria(Protocol):
    """The trail's reading side."""

    def anotaciones(self, consulta: ConsultaDeAuditoria) -> PaginaAuditoria:
        """A page of it, newest first."""
        ...


def listar_auditoria(
    consulta: ConsultaDeAuditoria, lectura: LecturaDeAuditoria, solicitante: Solicitante
) -> PaginaAuditoria:
    """A page of the trail: the same respondedor in every service. Who may ask, the rule says: operators alone."""
    return lectura.anotaciones(consulta)
