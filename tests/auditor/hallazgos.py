"""What an auditor finds: broken promises, by kind."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
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


def hallar_una_por(debidos: Collection[str], dichos: Iterable[str], nombre: str) -> Iterator[Hallazgo]:
    """A broken promise for each of ``debidos`` that was not told, or told twice; and for what was told besides."""
    veces = Counter(dichos)
    yield from hallar(Clase.PERDIDO, [id for id in debidos if id not in veces], f"no {nombre}")
    yield from hallar(Clase.OTRO, veces.keys() - set(debidos), f"{nombre} without reason")
    yield from hallar(Clase.DOBLADO, [id for id, n in veces.items() if n > 1], nombre)
