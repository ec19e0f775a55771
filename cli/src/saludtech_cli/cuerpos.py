"""Bodies of commands: from a file or standard input, from options, or from both."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import json_estricto
from saludtech_cli.fallos import Codigo, Fallo, del_sistema
from saludtech_cli.puerta import Objeto

ENTRADA = "-"
"""The file's name that means standard input."""


def leer(archivo: str, octetos: int = -1) -> bytes:
    """What a file holds, or standard input, as it is.

    Args:
        archivo: its name.
        octetos: how many at most; all without it.

    Raises:
        Fallo: there is none.
    """
    try:
        if archivo == ENTRADA:
            # There is none where whoever started the process closed it.
            return sys.stdin.buffer.read(octetos) if sys.stdin else b""
        with Path(archivo).open("rb") as abierto:
            return abierto.read(octetos)
    except OSError as error:
        raise Fallo(Codigo.USO, f"No se puede leer {archivo}: {del_sistema(error)}.") from None


def objeto(octetos: bytes, donde: str) -> Objeto:
    """The JSON object that a body is, read as strictly as the door reads it.

    Raises:
        Fallo: it is none; the error names where it was.
    """
    try:
        return json_estricto.leer(octetos)
    except json_estricto.NoEsObjeto as error:
        raise Fallo(Codigo.USO, f"{donde} {error}.") from None


def armar(archivo: str | None, opciones: Mapping[str, Any]) -> Objeto:
    """A body: what the file says, and over it the options that were given.

    Args:
        archivo: its name; None for none.
        opciones: by the field's path, with dots, its value; None for an option that was not given.
    """
    # One byte more than it may have is enough to refuse it.
    cuerpo = objeto(leer(archivo, json_estricto.MAXIMO_BYTES + 1), archivo) if archivo is not None else {}
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
