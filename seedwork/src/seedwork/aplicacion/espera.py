"""A command for what is not known yet: it waits before it is refused (contract §3)."""

from dataclasses import dataclass

from contratos import Mensaje


@dataclass(frozen=True, slots=True)
class Creacion:
    """A message that would make it known, and the consumer that has to handle it first."""

    mensaje: type[Mensaje]
    consumidor: str


Etapas = tuple[tuple[Creacion, ...], ...]


class PorConocer(Exception):
    """What a command names is not known here, or not yet what the command needs.

    A handler raises it before it has changed or published anything. The bus then leaves the message unhandled, and the
    consumer brings it again; when nothing can be on its way any more, the command is refused with ``codigo``.

    Args:
        codigo: the reason to refuse it with, one of :mod:`contratos.motivos`.
        etapas: the creations that may still be on their way, in the order in which one follows from the other.
    """

    def __init__(self, codigo: str, *etapas: tuple[Creacion, ...]) -> None:
        super().__init__(codigo)
        self.codigo = codigo
        self.etapas: Etapas = etapas


@dataclass(frozen=True, slots=True)
class Aplazado:
    """A command that was left unhandled.

    Attributes:
        etapas: the creations that it waits for.
        segundos: since it was first delivered, on the database's clock.
    """

    etapas: Etapas
    segundos: float
