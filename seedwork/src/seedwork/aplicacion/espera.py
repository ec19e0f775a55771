"""A command for what is not known yet: it waits before it is refused (contract §3)."""

from dataclasses import dataclass
from typing import Protocol

from contratos.base import Mensaje
from seedwork.aplicacion.recibido import Recibido


@dataclass(frozen=True, slots=True)
class Creacion:
    """A message that would make it known, and the consumer that has to handle it first."""

    mensaje: type[Mensaje]
    consumidor: str


Etapas = tuple[tuple[Creacion, ...], ...]


class PorConocer(Exception):
    """What a command names is not known here, or not yet what the command needs.

    What its handler did until then is undone, and the command waits; when nothing can be on its way any more, it is
    refused with ``codigo``.

    Args:
        codigo: the reason to refuse it with, one of :mod:`contratos.motivos`.
        etapas: the creations that may still be on their way, in the order in which one follows from the other.
    """

    def __init__(self, codigo: str, *etapas: tuple[Creacion, ...]) -> None:
        super().__init__(codigo)
        self.codigo = codigo
        self.etapas: Etapas = etapas


@dataclass(frozen=True, slots=True)
class EnEspera:
    """A command that waits, as its row tells.

    Attributes:
        titular: whose it is (``Acceso.titular``): who waits for what is another's stands before nobody but itself.
        turno: its place among those that wait with its type and subject, and are the same one's.
        segundos: since it was first delivered, on the database's clock.
        vuelta: how often it was made to wait; an older copy of it counts for nothing.
    """

    id: str
    tipo: str
    sujeto: str
    titular: str
    turno: int
    segundos: float
    vuelta: int


@dataclass(frozen=True, slots=True)
class Aplazado:
    """A command that is to wait, once more.

    Attributes:
        pausa_s: seconds until it comes again.
    """

    recibido: Recibido
    vuelta: int
    pausa_s: float


class Paciencia(Protocol):
    """How long commands wait. It answers by what it knows, in a transaction too; :meth:`vuelta` alone asks anybody."""

    def agotada(self, etapas: Etapas, segundos: float) -> bool:
        """Whether nothing that it waits for is on its way any more; never where that is not known.

        Args:
            etapas: the creations that may be on their way.
            segundos: since the command was first delivered.
        """
        ...

    def pausa(self, vuelta: int, segundos: float, *, en_cola: bool) -> float:
        """Seconds until it is to come again.

        Args:
            vuelta: how often it was made to wait, this time included.
            segundos: since the command was first delivered.
            en_cola: whether it waits for nothing but its turn. Those of one round come again together then, in the
                order in which they were made to wait: where each came at an instant of its own, hardly one of them
                would find the one before it gone, and it would wait anew.
        """
        ...

    def vuelta(self) -> None:
        """Find out more; between two rounds of the consumer of waiting commands. It raises nothing of the broker's."""
        ...
