"""Bodies of commands: from a file or standard input, from options, or from both."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.puerta import Objeto

ENTRADA = "-"
"""The file's name that means standard input."""


def leer(archivo: str) -> str:
    """A file's text, or standard input's.

    Raises:
        Fallo: there is none.
    """
    try:
        datos = sys.stdin.buffer.read() if archivo == ENTRADA else Path(archivo).read_bytes()
        return datos.decode("utf-8-sig")
    except OSError as error:
        raise Fallo(Codigo.USO, f"No se puede leer {archivo}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Fallo(Codigo.USO, f"{archivo} no es texto UTF-8.") from None


def objeto(texto: str, donde: str) -> Objeto:
    """The JSON object of a text.

    Raises:
        Fallo: it is none; the error names where it was.
    """
    try:
        leido = json.loads(texto)
    except ValueError as error:
        detalle = f" (línea {error.lineno}, columna {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Fallo(Codigo.USO, f"{donde} no es JSON{detalle}.") from None
    if not isinstance(leido, dict):
        raise Fallo(Codigo.USO, f"{donde} no es un objeto JSON.")
    return leido


def armar(archivo: str | None, opciones: Mapping[str, Any]) -> Objeto:
    """A body: what the file says, and over it the options that were given.

    Args:
        archivo: its name; None for none.
        opciones: by the field's path, with dots, its value; None for an option that was not given.
    """
    cuerpo = objeto(leer(archivo), archivo) if archivo else {}
    for camino, valor in opciones.items():
        if valor is not None:
            _poner(cuerpo, camino.split("."), valor)
    return cuerpo


def _poner(cuerpo: Objeto, camino: list[str], valor: Any) -> None:
    *previas, ultima = camino
    for parte in previas:
        interior = cuerpo.setdefault(parte, {})
        if not isinstance(interior, dict):
            interior = cuerpo[parte] = {}
        cuerpo = interior
    cuerpo[ultima] = valor
