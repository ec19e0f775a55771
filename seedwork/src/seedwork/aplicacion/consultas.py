"""From a query to what answers it, and whether it tells of having been asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from contratos.base import Mensaje
from contratos.consultas import Consulta, Respuesta
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import Sobre, en_texto
from seedwork.dominio.reglas import es_id

ANONIMO = "anonimo"
"""Who asks, where nobody was authenticated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Solicitante:
    """Who asks, how far that one reaches with this query, and the request's correlation id."""

    acceso: Acceso
    correlacion: str
    entorno: Entorno

    @property
    def id(self) -> str:
        """An id for who asks; :data:`ANONIMO` where nobody was authenticated, or where its own is no id."""
        quien = self.acceso.quien
        return quien.id if quien is not None and es_id(quien.id) else ANONIMO

    def ahora(self) -> str:
        """The instant of the question, as messages tell it."""
        return en_texto(self.entorno.ahora())

    def sobre(self, hecho: Mensaje, *, sujeto: str) -> Sobre:
        """The envelope of what is told of the question: it changes nothing, so it has no cause and no sequence."""
        return Sobre.nuevo(
            hecho,
            fuente=f"/saludtech/{hecho.contexto}",
            sujeto=sujeto,
            correlacion=self.correlacion,
            entorno=self.entorno,
        )


Respondedor = Callable[[Any, Any, Solicitante], Respuesta | None]
"""``(query, reading side, who asks) -> its answer``; None for what is not there, or not that one's to know."""


class Auditor(Protocol):
    """Keeps who asked what."""

    def anotar(self, consulta: Consulta, solicitante: Solicitante, resultado: str, motivo: str | None = None) -> None:
        """Keep it, before the answer is shown; where nobody was asked who they are, there is nothing to keep.

        Args:
            resultado: what comes of it (:mod:`seedwork.aplicacion.auditoria`).
            motivo: why it is refused, where it is.
        """


class SinAuditor:
    """Keeps nothing, where nobody is asked who they are.

    It lets no query of anybody named pass: that would be seen, and kept nowhere.
    """

    def anotar(self, consulta: Consulta, solicitante: Solicitante, resultado: str, motivo: str | None = None) -> None:
        """See the port.

        Raises:
            RuntimeError: somebody is named.
        """
        if solicitante.acceso.quien is not None:
            raise RuntimeError(f"nadie guarda quién pidió {type(consulta).__name__}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Anunciada:
    """Stands in a table of queries for one that publishes a fact of having been asked. In the audit trail all are.

    Attributes:
        responder: what answers it.
        publica: the fact. It is durable before what was found is shown.
    """

    responder: Respondedor
    publica: type[Mensaje]
