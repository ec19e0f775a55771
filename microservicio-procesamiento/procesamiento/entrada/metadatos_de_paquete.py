"""What the sender of a package tells of its files: a CSV or a JSON, an entry per file. Faults are told by place and
field, never by what stands there."""

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields
from typing import Any

from anonimizacion.modelo import Formato
from anonimizacion.paquete import ruta
from procesamiento.dominio.metadatos import MetadatosImagen
from seedwork.dominio.reglas import es_fecha, es_id
from seedwork.dominio.textos import PACIENTE, PARRAFO, PUBLICADO

ARCHIVO = "archivo"
"""What an entry names its file by: its path in the package."""
CAMPOS = tuple(campo.name for campo in fields(MetadatosImagen))


class MetadatosNoValidos(Exception):
    """They are not valid, and where: its text is for their sender."""


def _fecha(texto: str) -> str:
    if not es_fecha(texto):
        raise ValueError
    return texto


def _id(texto: str) -> str:
    if not es_id(texto):
        raise ValueError
    return texto


_LECTURAS: Mapping[str, Callable[[str], str]] = {
    "id_imagen": _id,
    "modalidad": PUBLICADO.leer,
    "patologia": PUBLICADO.leer,
    "region_anatomica": PUBLICADO.leer,
    "formato_imagen": lambda texto: Formato(texto).value,
    "fuente_de_datos": PUBLICADO.leer,
    "antecedentes": PARRAFO.leer,
    "id_paciente": PACIENTE.leer,
    "fecha_ingesta": _fecha,
}
"""How each field is taken, as the door takes it; what is none raises ValueError."""


def leer(octetos: bytes, archivos: Collection[str]) -> dict[str, dict[str, str]]:
    """The fields that are told of each file, by its path in the form that paths are compared in.

    Args:
        octetos: UTF-8; JSON where the first that is no blank is ``[`` or ``{``, else CSV with commas, semicolons or
            tabs, as spreadsheets write it.
        archivos: the paths that there are.

    Raises:
        MetadatosNoValidos: they are neither, or say something that can't be.
    """
    try:
        texto = octetos.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MetadatosNoValidos("no están en UTF-8") from None
    entradas = _de_json(texto) if texto.lstrip()[:1] in ("[", "{") else _de_csv(texto)
    dichos: dict[str, dict[str, str]] = {}
    ids: set[str] = set()
    for donde, entrada in entradas:
        archivo = ruta(entrada.pop(ARCHIVO, ""))
        if archivo not in archivos:
            raise MetadatosNoValidos(f"{donde}: {ARCHIVO}: no está en el paquete")
        if archivo in dichos:
            raise MetadatosNoValidos(f"{donde}: {ARCHIVO}: ya se dijo antes")
        leida = dict(_leidos(donde, entrada))
        if (id := leida.get("id_imagen")) is not None:
            if id in ids:
                raise MetadatosNoValidos(f"{donde}: id_imagen: ya se dijo antes")
            if "id_paciente" not in leida:
                # An id is shown whatever becomes of its image: whether it holds the number is to be known before.
                raise MetadatosNoValidos(f"{donde}: id_imagen: falta id_paciente, y sin él no se admite")
            if MetadatosImagen(**{**dict.fromkeys(CAMPOS, ""), **leida}).falta_del_id() is not None:
                raise MetadatosNoValidos(f"{donde}: id_imagen: contiene el número del paciente")
            ids.add(id)
        dichos[archivo] = leida
    return dichos


def _leidos(donde: str, entrada: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for campo, valor in entrada.items():
        # As in a form: what is left empty is not told.
        if valor.strip():
            try:
                yield campo, _LECTURAS[campo](valor)
            except ValueError:
                raise MetadatosNoValidos(f"{donde}: {campo}: no es válido") from None


_SEPARADORES = "\t;,"
_DICHO = re.compile(rf"sep=([{_SEPARADORES}])\r?\n")
"""The line by which a spreadsheet says how it parts cells."""


def _de_csv(texto: str) -> Iterator[tuple[str, dict[str, str]]]:
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
            if columna != ARCHIVO and columna not in CAMPOS:
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


def _de_json(texto: str) -> Iterator[tuple[str, dict[str, str]]]:
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
        if not {*entrada} <= {ARCHIVO, *CAMPOS}:
            raise MetadatosNoValidos(f"{donde}: tiene un campo que no es ninguno")
        for campo, valor in entrada.items():
            if valor is not None and not isinstance(valor, str):
                raise MetadatosNoValidos(f"{donde}: {campo}: ha de ser un texto")
        yield donde, {campo: valor for campo, valor in entrada.items() if valor is not None}


def _sin_repetir(pares: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({clave for clave, _ in pares}) != len(pares):
        raise ValueError
    return dict(pares)
