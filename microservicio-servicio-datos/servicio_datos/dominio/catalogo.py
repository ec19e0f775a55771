"""What data services are made of: experts, clouds and data sets."""

from collections.abc import Mapping
from dataclasses import dataclass

from seedwork.dominio.textos import TEXTO, llano
from servicio_datos.dominio.sinonimos import MODALIDADES, REGIONES

MAXIMO_CLAVE = 200
"""Characters of a text's key."""


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
    """What a data service gives access to.

    Attributes:
        modalidad, patologia, region: the keys of the images that it is made of (:func:`clave_de_modalidad`,
            :func:`clave`, :func:`clave_de_region`); None for any.
    """

    codigo: str
    nombre: str
    modalidad: str | None = None
    patologia: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogo:
    """All that can be assigned. A kind of which there is none makes every reservation fail, with that reason."""

    expertos: tuple[Experto, ...]
    nubes: tuple[Nube, ...]
    datasets: tuple[Dataset, ...]


def clave(texto: str) -> str | None:
    """What all spellings of a pathology have in common, whatever case and accents they are written with.

    An event may be older than the 100 characters that an image's texts have now, and a key is an index's entry: what
    is too long for it, or no text at all, is None, and no data set can name it.
    """
    llana = llano(texto)
    return llana if 0 < len(llana) <= MAXIMO_CLAVE and TEXTO.cabe(llana) else None


def clave_de_modalidad(texto: str) -> str | None:
    """Likewise of a modality, by whatever name: ``CT``, ``TAC`` and ``Tomografía`` are one."""
    return _sinonimo(MODALIDADES, texto)


def clave_de_region(texto: str) -> str | None:
    """Likewise of a part of the body: ``CHEST`` and ``Tórax`` are one."""
    return _sinonimo(REGIONES, texto)


def _sinonimo(claves: Mapping[str, str], texto: str) -> str | None:
    propia = clave(" ".join(texto.split()))
    return None if propia is None else claves.get(propia, propia)
