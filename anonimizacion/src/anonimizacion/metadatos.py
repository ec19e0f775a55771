"""What the sender of files tells of them: a CSV or a JSON, an entry per file. Faults are told by place and field, never
by what stands there."""

import csv
import io
import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from anonimizacion.paquete import ruta

ARCHIVO = "archivo"
"""What an entry names its file by: its path in the package."""


class MetadatosNoValidos(Exception):
    """They are not valid, and where: its text is for their sender."""


def entradas(
    octetos: bytes, archivos: Collection[str], campos: Collection[str]
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Where each entry stands, its file's path in the form that paths are compared in, and what it says, as it came.

    Args:
        octetos: UTF-8; JSON where the first that is no blank is ``[`` or ``{``, else CSV with commas, semicolons or
            tabs, as spreadsheets write it.
        archivos: the paths that there are.
        campos: what may be said of a file.

    Raises:
        MetadatosNoValidos: they are neither, or are of a file that is not there, or was told of before.
    """
    try:
        texto = octetos.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MetadatosNoValidos("no están en UTF-8") from None
    leer = _de_json if texto.lstrip()[:1] in ("[", "{") else _de_csv
    vistos: set[str] = set()
    for donde, entrada in leer(texto, campos):
        archivo = ruta(entrada.pop(ARCHIVO, ""))
        if archivo not in archivos:
            raise MetadatosNoValidos(f"{donde}: {ARCHIVO}: no hay ninguno con ese nombre")
        if archivo in vistos:
            raise MetadatosNoValidos(f"{donde}: {ARCHIVO}: ya se dijo antes")
        vistos.add(archivo)
        yield donde, archivo, entrada


_SEPARADORES = "\t;,"
_DICHO = re.compile(rf"sep=([{_SEPARADORES}])\r?\n")
"""The line by which a spreadsheet says how it parts cells."""


def _de_csv(texto: str, campos: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
    dicho = _DICHO.match(texto)
    if dicho is not None:
        texto = texto[dicho.end() :]
    encabezado = texto.split("\n", 1)[0]
    separador = dicho[1] if dicho else next((signo for signo in _SEPARADORES if signo in encabezado), ",")
    filas = csv.reader(io.StringIO(texto, newline=""), delimiter=separador, strict=True)
    antes = 1 if dicho else 0
    try:
        columnas = _sin_cola([columna.strip().casefold() for columna in next(filas, [])])
        for lugar, columna in enumerate(columnas, 1):
            if columna != ARCHIVO and columna not in campos:
                raise MetadatosNoValidos(f"línea {antes + 1}, columna {lugar}: no es ningún campo")
        if ARCHIVO not in columnas or len({*columnas}) != len(columnas):
            raise MetadatosNoValidos(f"línea {antes + 1}: falta la columna {ARCHIVO}, o hay una dos veces")
        for fila in filas:
            if not any(celda.strip() for celda in fila):
                # What a spreadsheet once held below.
                continue
            donde = f"línea {antes + filas.line_num}"
            if len(fila) < len(columnas) or any(celda.strip() for celda in fila[len(columnas) :]):
                raise MetadatosNoValidos(f"{donde}: no tiene tantos campos como columnas hay")
            yield donde, dict(zip(columnas, fila, strict=False))
    except csv.Error:
        raise MetadatosNoValidos(f"línea {antes + filas.line_num}: no es CSV") from None


def _sin_cola(columnas: list[str]) -> list[str]:
    """Without the empty ones at the end, which are nobody's."""
    while columnas and not columnas[-1]:
        columnas.pop()
    return columnas


def _de_json(texto: str, campos: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        entradas = json.loads(texto, object_pairs_hook=_sin_repetir)
    except (ValueError, RecursionError):
        raise MetadatosNoValidos("no son JSON, o repiten una clave") from None
    if not isinstance(entradas, list):
        raise MetadatosNoValidos("han de ser una lista, con un objeto por archivo")
    for lugar, entrada in enumerate(entradas, 1):
        donde = f"elemento {lugar}"
        if not isinstance(entrada, dict):
            raise MetadatosNoValidos(f"{donde}: no es un objeto")
        if not {*entrada} <= {ARCHIVO, *campos}:
            raise MetadatosNoValidos(f"{donde}: tiene un campo que no es ninguno")
        for campo, valor in entrada.items():
            if valor is not None and not isinstance(valor, str):
                raise MetadatosNoValidos(f"{donde}: {campo}: ha de ser un texto")
        yield donde, {campo: valor for campo, valor in entrada.items() if valor is not None}


def _sin_repetir(pares: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({clave for clave, _ in pares}) != len(pares):
        raise ValueError
    return dict(pares)
