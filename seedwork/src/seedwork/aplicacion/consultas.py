"""From a query to what answers it, and whether it tells of having been asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contratos.base import Mensaje
from contratos.consultas import Respuesta
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.sobre import Sobre, en_texto

Respondedor = Callable[[Any, Any], Respuesta | None]
"""``(query, reading side) -> its answer``; None for what is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Solicitante:
    """Who asks: an id, and the request's correlation id."""

    id: str
    correlacion: str
    entorno: Entorno

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Auditada:
    """Stands in a table of queries for one that publishes a fact of having been asked.

    Attributes:
        responder: ``(query, reading side, who asks) -> its answer``. No other query learns who asks.
        publica: the fact. It is durable before what was found is shown.
    """

    responder: Callable[[Any, Any, Solicitante], Respuesta | None]
    publica: type[Mensaje]
