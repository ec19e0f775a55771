"""What the queries need of the outside: the reading side, which changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.suscripciones import (
    Exportacion,
    ListarSagasRecientes,
    ListarSuscripciones,
    PaginaSuscripciones,
    Supresion,
    Suscripcion,
)
from seedwork.aplicacion.identidad import Acceso
from suscripciones.dominio.linea import Paso
from suscripciones.dominio.plan import Plan

Enlace = Callable[[str | None], str | None]
"""``(traceparent) -> address``; None where it is not kept, or where nobody shows traces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SagaReciente:
    """A saga in one line (:class:`suscripciones.aplicacion.resumen.Resumen`), with the step that happened last.

    Attributes:
        cliente_codigo: whose it is; None where nobody knows, its subscription having no row.
    """

    id_suscripcion: str
    cliente_codigo: str | None
    estado: str
    comenzada: datetime
    terminada: datetime | None
    ultimo: Paso


class Lectura(Protocol):
    """Reads what is committed, without a lock. What is out of the reach of who asks is not there."""

    planes: Mapping[str, Plan]
    """The catalogue, by code."""
    enlace_traza: Enlace
    """Where a trace can be looked at."""

    def comando(self, id_comando: str, acceso: Acceso) -> DestinoComando | None:
        """A command's fate; None until it was handled."""
        ...

    def suscripcion(self, id: str, acceso: Acceso) -> Suscripcion | None:
        """One subscription, with its client, plan and invoices."""
        ...

    def suscripciones(self, consulta: ListarSuscripciones, acceso: Acceso) -> PaginaSuscripciones:
        """A page of them, newest first."""
        ...

    def sagas(self, id_suscripcion: str, acceso: Acceso) -> Mapping[str, Sequence[Paso]]:
        """The steps of each of a subscription's sagas, by its id, the latest last: the one that its row names.

        That one has no steps yet where they are still on their way here, from the topic.
        """
        ...

    def sagas_recientes(
        self, consulta: ListarSagasRecientes, acceso: Acceso
    ) -> tuple[Sequence[SagaReciente], str | None]:
        """A page of all sagas, the one that began last first, and the next page's cursor."""
        ...

    def supresion(self, id_comando: str, acceso: Acceso) -> Supresion | None:
        """What became of the command that asked for a client's erasure; None until it was decided."""
        ...

    def exportacion(self, codigo: str, id_comando: str, acceso: Acceso, ahora: datetime) -> Exportacion | None:
        """Who a client is, where that command asked for it and its days are not over; its lists are empty."""
        ...
