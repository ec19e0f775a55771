"""What one local transaction keeps of a service's messages: a port. SQL is one way to do it, memory another."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from contratos.base import Mensaje
from seedwork.aplicacion.auditoria import Anotacion
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.espera import Aplazado, EnEspera
from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.agregado import Agregado, EventoDominio


@dataclass(frozen=True, slots=True)
class Saliente:
    """A message that is to be sent."""

    sobre: Sobre
    mensaje: Mensaje


@dataclass(frozen=True, slots=True)
class DestinoDeComando:
    """A command's fate: applied, or refused with a reason's code.

    Attributes:
        rechazo: the reason's code; None where it was applied.
        titular: whose it is to ask for it; empty for anybody's.
    """

    id_comando: str
    tipo: str
    rechazo: str | None
    titular: str = ""


class Inscripcion:
    """Whatever holds changes until the transaction ends: a repository, a counter. It enrols when it is made.

    This one has nothing to load, note or write; others derive. Who changes something notes in ``_regresos`` how to undo
    it.

    Attributes:
        nombre_sujeto: the name of the id that its aggregates are found by, as messages declare it; empty for none.
    """

    nombre_sujeto: str = ""

    def __init__(self, transaccion: "Transaccion") -> None:
        self._prestados = transaccion.cambios.prestados
        self._regresos = transaccion.cambios.regresos
        transaccion.cambios.inscritos.append(self)

    def precargar(self, ids: Collection[str], /) -> object:
        """A hint: these are about to be asked for. No handler depends on it."""

    def anotar(self, agregado: Agregado, evento: EventoDominio, causa: Sobre) -> None:
        """An event was told, or kept: its aggregate's ``secuencia`` stands."""

    def volcar(self) -> None:
        """Write what is new or changed, all at once."""


@dataclass(slots=True)
class Cambios:
    """What a transaction's repositories hold and have done; whoever changes something notes it here.

    Attributes:
        inscritos: whatever enrolled, in the order in which it is flushed.
        prestados: the aggregates that the present message was lent, by their identity as objects: they may have
            recorded something, which their repository is told then.
        regresos: how each thing that the present message did is undone; the last one first.
    """

    inscritos: list[Inscripcion] = field(default_factory=list)
    prestados: dict[int, tuple[Agregado, Inscripcion]] = field(default_factory=dict)
    regresos: list[Callable[[], object]] = field(default_factory=list)


class Transaccion(Protocol):
    """One open transaction of a service's own database."""

    @property
    def entorno(self) -> Entorno:
        """Where time, ids and chance come from."""
        ...

    @property
    def cambios(self) -> Cambios:
        """What its repositories hold and have done."""
        ...

    def reloj(self) -> datetime:
        """The database's clock, the one that deadlines go by; asked once."""
        ...

    def marcar(self, *, deshacible: bool = True) -> None:
        """A message begins; where it is not to be undone alone, the mark costs nothing."""
        ...

    def deshacer(self) -> None:
        """Undo what was written straight to the database since the mark."""
        ...

    def recibir(self, consumidor: str, ids: Collection[str], *, lote: str | None) -> set[str]:
        """Write the ids into the inbox, end the batch, and forget the attempts of those that do not wait; answer the
        ids that were new."""
        ...

    def devolver(self, consumidor: str, ids: Collection[str]) -> None:
        """Take the ids out of the inbox again: they were left unhandled."""
        ...

    def retirar(self, consumidor: str, ce_id: str) -> bool:
        """Take a message that was parked, or never handled, as done with, and forget its attempts and its wait; False
        where it was handled."""
        ...

    def reclamar_claves(self, claves: Mapping[str, str]) -> Mapping[str, str]:
        """Keep the first ``id_comando`` of each idempotency key; answer whose each key is."""
        ...

    def en_espera(
        self, consumidor: str, asuntos: Collection[tuple[str, str, str]], ids: Collection[str]
    ) -> Sequence[EnEspera]:
        """Of the commands that wait with these types and subjects, in their turns: those with these ids; of the others,
        the first of each type, subject and whose they are; and, of each type and subject, the first of one of those
        whose there are."""
        ...

    def aplazar(self, consumidor: str, aplazados: Sequence[Aplazado]) -> None:
        """Let them wait: each is sent to the service's waiting topic, from which it comes again after its pause. Their
        attempts are forgotten."""
        ...

    def no_esperar(self, consumidor: str, ce_id: str) -> None:
        """The command waits no more; it is done with, and its attempts are forgotten."""
        ...

    def guardar(
        self,
        salientes: Sequence[Saliente],
        destinos: Sequence[DestinoDeComando],
        anotaciones: Sequence[Anotacion] = (),
    ) -> None:
        """Write what is to be sent, in order, the fates of commands, and what the audit trail is to tell."""
        ...
