"""Catalogues: data that operators edit, in TOML, checked against a model when a service starts."""

import tomllib
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seedwork.dominio.reglas import MAXIMO_ID, PATRON_ID

Codigo = Annotated[str, Field(pattern=PATRON_ID, max_length=MAXIMO_ID)]
"""A code that clients and messages name an entry by."""


class CatalogoInvalido(Exception):
    """A catalogue's file can't be read, or breaks a rule; the text names file, entry and rule."""


class Entrada(BaseModel):
    """Base of a catalogue's entries: nothing is coerced, and nothing unknown passes."""

    model_config = ConfigDict(extra="forbid", strict=True)


E = TypeVar("E", bound=Entrada)


def leer(archivo: Path, modelo: type[E]) -> E:
    """What a file holds.

    Raises:
        CatalogoInvalido: there is no such file, it is no TOML, or it does not fit the model.
    """
    try:
        return modelo.model_validate(tomllib.loads(archivo.read_text(encoding="utf-8")))
    except OSError as error:
        raise CatalogoInvalido(f"{archivo}: {error.strerror}") from None
    except ValidationError as error:
        faltas = "; ".join(f"{_donde(e['loc'])}: {e['msg']}" for e in error.errors(include_url=False))
        raise CatalogoInvalido(f"{archivo}: {faltas}") from None
    except ValueError as error:
        raise CatalogoInvalido(f"{archivo}: no es TOML en UTF-8: {error}") from None


def _donde(lugar: tuple[int | str, ...]) -> str:
    """A place as a person counts: ``expertos[3].capacidad`` is the third expert's."""
    return "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in lugar).lstrip(".")
