"""The catalogue's file: experts, clouds and data sets, in TOML."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from seedwork.infraestructura.catalogos import CatalogoInvalido, Codigo, Entrada, leer
from servicio_datos.dominio.catalogo import (
    MAXIMO_CLAVE,
    Catalogo,
    Dataset,
    Experto,
    Nube,
    clave,
    clave_de_modalidad,
    clave_de_region,
)

INCLUIDO = Path(__file__).parent.parent / "catalogo.toml"
Texto = Annotated[str, Field(min_length=1, max_length=200)]


def _por(clave_de: Callable[[str], str | None]) -> AfterValidator:
    def leer(texto: str) -> str:
        hallada = clave_de(texto)
        if hallada is None:
            raise ValueError(f"sin mayúsculas ni tildes debe quedar un texto de 1 a {MAXIMO_CLAVE} caracteres")
        return hallada

    return AfterValidator(leer)


class _Experto(Entrada):
    codigo: Codigo
    nombres: Texto
    apellidos: Texto
    capacidad: Annotated[int, Field(ge=0, le=1_000_000)]


class _Nube(Entrada):
    codigo: Codigo
    nombre: Texto
    tipo: Texto


class _Dataset(Entrada):
    codigo: Codigo
    nombre: Texto
    modalidad: Annotated[str, _por(clave_de_modalidad)] | None = None
    patologia: Annotated[str, _por(clave)] | None = None
    region: Annotated[str, _por(clave_de_region)] | None = None


class _Archivo(Entrada):
    expertos: list[_Experto] = Field(default_factory=list)
    nubes: list[_Nube] = Field(default_factory=list)
    datasets: list[_Dataset] = Field(default_factory=list)


def leer_catalogo(archivo: Path = INCLUIDO) -> Catalogo:
    """The catalogue that a file holds.

    Raises:
        CatalogoInvalido: there is no such file, it is no catalogue, or two entries of a kind have one code.
    """
    leido = leer(archivo, _Archivo)
    _sin_repetir(archivo, "expertos", [e.codigo for e in leido.expertos])
    _sin_repetir(archivo, "nubes", [n.codigo for n in leido.nubes])
    _sin_repetir(archivo, "datasets", [d.codigo for d in leido.datasets])
    return Catalogo(
        expertos=tuple(Experto(**e.model_dump()) for e in leido.expertos),
        nubes=tuple(Nube(**n.model_dump()) for n in leido.nubes),
        datasets=tuple(Dataset(**d.model_dump()) for d in leido.datasets),
    )


def _sin_repetir(archivo: Path, que: str, codigos: list[str]) -> None:
    repetidos = sorted(c for c, veces in Counter(codigos).items() if veces > 1)
    if repetidos:
        raise CatalogoInvalido(f"{archivo}: {que}: código repetido: {', '.join(repetidos)}")
