"""What the queries need of the outside: the reading side, which changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.suscripciones import (
    Exportacion,
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

    def supresion(self, id_comando: str, acceso: Acceso) -> Supresion | None:
        """What became of the command that asked for a client's erasure; None until it was decided."""
        ...

    def exportacion(self, codigo: str, id_comando: str, acceso: Acceso, ahora: datetime) -> Exportacion | None:
        """Who a client is, where that command asked for it and its days are not over; its lists are empty."""
        ...
