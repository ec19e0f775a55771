"""The catalogue's file: experts, clouds and data sets, in TOML."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from servicio_datos.dominio.catalogo import Catalogo, Dataset, Experto, Nube

INCLUIDO = Path(__file__).parent.parent / "catalogo.toml"
Codigo = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
Texto = Annotated[str, Field(min_length=1, max_length=200)]


class _Estricto(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Experto(_Estricto):
    codigo: Codigo
    nombres: Texto
    apellidos: Texto
    capacidad: Annotated[int, Field(ge=0, le=1_000_000)]


class _Nube(_Estricto):
    codigo: Codigo
    nombre: Texto
    tipo: Texto


class _Dataset(_Estricto):
    codigo: Codigo
    nombre: Texto


class _Archivo(_Estricto):
    expertos: list[_Experto] = []
    nubes: list[_Nube] = []
    datasets: list[_Dataset] = []


class CatalogoInvalido(Exception):
    """The catalogue's file can't be read, or breaks a rule; the text names file, entry and rule."""


def leer_catalogo(archivo: Path = INCLUIDO) -> Catalogo:
    """The catalogue that a file holds.

    Raises:
        CatalogoInvalido: there is no such file, it is no catalogue, or two entries of a kind have one code.
    """
    try:
        leido = _Archivo.model_validate(tomllib.loads(archivo.read_text(encoding="utf-8")))
    except OSError as error:
        raise CatalogoInvalido(f"{archivo}: {error.strerror}") from None
    except ValidationError as error:
        faltas = "; ".join(f"{_donde(e['loc'])}: {e['msg']}" for e in error.errors(include_url=False))
        raise CatalogoInvalido(f"{archivo}: {faltas}") from None
    except ValueError as error:
        raise CatalogoInvalido(f"{archivo}: no es TOML en UTF-8: {error}") from None
    _sin_repetir(archivo, "expertos", [e.codigo for e in leido.expertos])
    _sin_repetir(archivo, "nubes", [n.codigo for n in leido.nubes])
    _sin_repetir(archivo, "datasets", [d.codigo for d in leido.datasets])
    return Catalogo(
        expertos=tuple(Experto(**e.model_dump()) for e in leido.expertos),
        nubes=tuple(Nube(**n.model_dump()) for n in leido.nubes),
        datasets=tuple(Dataset(**d.model_dump()) for d in leido.datasets),
    )


def _donde(lugar: tuple[int | str, ...]) -> str:
    """A place as a person counts: ``expertos[3].capacidad`` is the third expert's."""
    return "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in lugar).lstrip(".")


def _sin_repetir(archivo: Path, clase: str, codigos: list[str]) -> None:
    repetidos = sorted(c for c, veces in Counter(codigos).items() if veces > 1)
    if repetidos:
        raise CatalogoInvalido(f"{archivo}: {clase}: código repetido: {', '.join(repetidos)}")
