"""What an auditor finds: broken promises, by kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Clase(StrEnum):
    """Kinds of broken promises."""

    PERDIDO = "lost"
    DOBLADO = "doubled"
    ATASCADO = "stuck"
    SIN_DEVOLVER = "unrefunded"
    OTRO = "other"


@dataclass(frozen=True)
class Hallazgo:
    """One broken promise, in words."""

    clase: Clase
    que: str

    def __str__(self) -> str:
        return f"{self.clase}: {self.que}"


def hallar(clase: Clase, cuales: Iterable[object], que: str) -> list[Hallazgo]:
    """A broken promise for each of ``cuales``."""
    return [Hallazgo(clase, f"{que}: {cual}") for cual in cuales]
