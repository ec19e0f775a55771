"""Reads a request's body: JSON, one object, of one model; everything else is refused with its reason in Spanish."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, TypeVar

import flask
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bff_web.tipos import ERROR_PROPIO, PATRON_SHA256, PATRON_URI
from json_estricto import MAXIMO_BYTES, DemasiadoGrande, NoEsObjeto
from json_estricto import leer as leer_json
from seedwork.dominio.reglas import (
    MAXIMO_ID,
    PATRON_ID,
    PATRON_MONEDA,
    PATRON_MONTO,
    PATRON_SUJETO,
    REGLA_ID,
    REGLA_SUJETO,
)
from seedwork.entrada.problemas import ErrorHttp

TIPO_JSON = "application/json"
TIPOS_ADMITIDOS = (TIPO_JSON, "json/application", "aplication/json", "application/*+json")
"""JSON's own media types, and the two that today's clients send instead."""

_MAXIMO_ERRORES = 50

_TIPO = re.compile(r"application/json|json/application|aplication/json|application/[^/]+\+json")

M = TypeVar("M", bound=BaseModel)


def leer(modelo: type[M], **contexto: str) -> M:
    """The request's body; none at all is an empty object, for a model that requires no field.

    Args:
        contexto: what the model's rules need to know besides.

    Raises:
        ErrorHttp: 415 for another media type or a coding, 400 for what is not JSON or not an object, 422 for an object
            that breaks the model's rules, 413 for more than :data:`MAXIMO_BYTES`.
    """
    pedido = flask.request
    # Also where there is no body: a browser sends one of these types for another site's page only if we allow it to.
    if not _TIPO.fullmatch(pedido.mimetype):
        raise ErrorHttp(
            415,
            f"El cuerpo debe venir con Content-Type {', '.join(TIPOS_ADMITIDOS)}.",
            cabeceras={"Accept-Post": "application/json"},
        )
    if pedido.headers.get("Content-Encoding"):
        raise ErrorHttp(415, "El cuerpo debe venir sin Content-Encoding.", cabeceras={"Accept-Encoding": "identity"})
    carga = pedido.get_data(cache=False)
    if not carga and puede_faltar(modelo):
        return validar(modelo, {}, **contexto)
    try:
        datos = leer_json(carga)
    except DemasiadoGrande:
        raise ErrorHttp(413) from None
    except NoEsObjeto as error:
        raise ErrorHttp(400, f"El cuerpo {error}.") from None
    return validar(modelo, datos, **contexto)


def puede_faltar(modelo: type[BaseModel]) -> bool:
    """Whether a request may come without a body."""
    return not any(campo.is_required() for campo in modelo.model_fields.values())


def limitar(app: flask.Flask) -> None:
    """Let no request's body be larger than :data:`MAXIMO_BYTES`; the server refuses one that is announced as such."""
    app.config["MAX_CONTENT_LENGTH"] = MAXIMO_BYTES


def validar(modelo: type[M], datos: dict[str, Any], **contexto: str) -> M:
    """The model's instance; the context is as for :func:`leer`.

    Raises:
        ErrorHttp: 422, naming each field that breaks a rule.
    """
    try:
        return modelo.model_validate(datos, context=contexto)
    except ValidationError as error:
        raise no_valido(map(_explicar, error.errors(include_input=False, include_url=False))) from None


def no_valido(errores: Iterable[tuple[str, str]]) -> ErrorHttp:
    """422, with the first of the fields that are not valid, and why."""
    primeros = islice(errores, _MAXIMO_ERRORES)
    return ErrorHttp(422, errores=[{"campo": campo[:MAXIMO_ID], "motivo": motivo} for campo, motivo in primeros])


_POR_PATRON = {
    PATRON_ID: REGLA_ID,
    PATRON_SUJETO: REGLA_SUJETO,
    PATRON_MONTO: "debe ser un texto con un decimal de dos cifras, como 49.90, y 12 enteras como máximo",
    PATRON_MONEDA: "debe ser un código de tres letras mayúsculas, como USD",
    PATRON_SHA256: "debe tener 64 cifras hexadecimales, en minúsculas",
    PATRON_URI: "debe empezar por gs://, s3:// o file://, en minúsculas, y no tener espacios ni letras fuera de ASCII",
}

_MOTIVOS = {
    "missing": "es obligatorio",
    "extra_forbidden": "no es un campo conocido",
    "string_type": "debe ser un texto",
    "string_unicode": "contiene caracteres que no son Unicode válido",
    "string_too_short": "no puede estar vacío",
    "string_too_long": "debe tener como máximo {max_length} caracteres",
    "model_type": "debe ser un objeto",
    "list_type": "debe ser una lista",
    "too_long": "debe tener como máximo {max_length} elementos",
}


def _explicar(error: ErrorDetails) -> tuple[str, str]:
    contexto = error.get("ctx", {})
    if error["type"] == ERROR_PROPIO:
        motivo = error["msg"]
    elif error["type"] == "string_pattern_mismatch":
        motivo = _POR_PATRON.get(contexto["pattern"], "tiene caracteres que no se admiten")
    elif error["type"] == "literal_error":
        # The one list that pydantic spells out, in its own language.
        motivo = "debe ser " + contexto["expected"].replace(" or ", " o ")
    else:
        motivo = _MOTIVOS.get(error["type"], "no es válido").format(**contexto)
    return ".".join(str(parte) for parte in error["loc"]), motivo
