"""What data services are made of: experts, clouds and data sets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Experto:
    """Someone who looks after data services.

    Attributes:
        capacidad: how many at a time.
    """

    codigo: str
    nombres: str
    apellidos: str
    capacidad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Nube:
    """Where a data service runs."""

    codigo: str
    nombre: str
    tipo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What a data service gives access to."""

    codigo: str
    nombre: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogo:
    """All that can be assigned. A kind of which there is none makes every reservation fail, with that reason."""

    expertos: tuple[Experto, ...]
    nubes: tuple[Nube, ...]
    datasets: tuple[Dataset, ...]
