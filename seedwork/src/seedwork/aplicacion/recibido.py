"""A message on its way in: as it travelled, and as it was decoded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from contratos.base import Mensaje
from seedwork.aplicacion.sobre import Sobre


class Original(Protocol):
    """A message as it travelled, whatever brought it: what is needed to send or to park it again, as it was."""

    @property
    def topico(self) -> str:
        """The topic that it was published on, without the number of a partition."""
        ...

    @property
    def clave(self) -> str:
        """Its partition key."""
        ...

    @property
    def carga(self) -> bytes:
        """Its payload."""
        ...

    @property
    def propiedades(self) -> Mapping[str, str]:
        """Its properties; none where they can't be read."""
        ...

    @property
    def esquema(self) -> int:
        """The version that its topic's registry gave the schema that it was written with; -1 where it is not known."""
        ...

    @property
    def lugar(self) -> str:
        """Where it lies: no other message of the same broker's has the same. Empty where it lies nowhere."""
        ...

    @property
    def publicado(self) -> float:
        """When it was published, by its sender's clock, in seconds since 1970; 0 where nobody knows."""
        ...


@dataclass(frozen=True, slots=True)
class Recibido:
    """A message that arrived, decoded.

    Attributes:
        original: as it travelled first; what waited came back by another way.
        vuelta: how often it was made to wait before this; 0 for what comes from its own topic.
    """

    sobre: Sobre
    mensaje: Mensaje
    original: Original = field(repr=False, compare=False)
    vuelta: int = 0
