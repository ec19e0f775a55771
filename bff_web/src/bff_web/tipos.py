"""The shared rules of :mod:`seedwork.dominio.reglas` and ``textos`` as types of what clients send.

What each of them makes of a value is what messages bear.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from seedwork.dominio import textos
from seedwork.dominio.correo import MAXIMO_CORREO, DireccionInvalida, correo_tomado
from seedwork.dominio.reglas import (
    FECHA_MINIMA,
    MAXIMO_FECHA,
    MAXIMO_ID,
    MAXIMO_NUMERO,
    MINIMO_NUMERO,
    PATRON_FECHA,
    PATRON_ID,
    PATRON_MONEDA,
    PATRON_MONTO,
    PATRON_NUMERO,
    leer_fecha,
    leer_numero,
)
from seedwork.dominio.textos import TipoTexto

ERROR_PROPIO = "propio"
"""The type of errors whose text is made here, in Spanish."""

_MOTIVO_NUMERO = (
    f"debe ser un número entero de {MAXIMO_NUMERO} cifras como máximo, o un texto de {MINIMO_NUMERO} a {MAXIMO_NUMERO} "
    "letras sin acento, cifras, puntos, guiones y espacios"
)


class Objeto(BaseModel):
    """What a client sends, or an object within it: no other fields, and no type taken for another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _numero(valor: Any) -> str:
    # A bool is an int to Python, and none to JSON.
    if type(valor) in (str, int, Decimal):
        try:
            return leer_numero(valor)
        except ValueError:
            pass
    raise PydanticCustomError(ERROR_PROPIO, _MOTIVO_NUMERO)


def _de_texto(tipo: TipoTexto) -> Callable[[str], str]:
    def leer(texto: str) -> str:
        try:
            return tipo.leer(texto)
        except ValueError as error:
            raise PydanticCustomError(ERROR_PROPIO, str(error)) from None

    return leer


def _esquema(tipo: TipoTexto) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": tipo.maximo, "pattern": tipo.patron})


def _correo(texto: str) -> str:
    try:
        return correo_tomado(texto)
    except DireccionInvalida:
        raise PydanticCustomError(
            ERROR_PROPIO, "debe ser una dirección de correo, con solo ASCII antes de la @"
        ) from None


def _fecha(texto: str) -> str:
    try:
        leer_fecha(texto)
    except ValueError:
        raise PydanticCustomError(
            ERROR_PROPIO,
            f"debe ser una fecha AAAA-MM-DD HH:MM:SS o de RFC 3339, del año {FECHA_MINIMA.year} o posterior",
        ) from None
    return texto


Id = Annotated[str, StringConstraints(pattern=PATRON_ID, max_length=MAXIMO_ID)]
"""An id or code that a client makes."""

Texto = Annotated[str, AfterValidator(_de_texto(textos.TEXTO)), _esquema(textos.TEXTO)]

Parrafo = Annotated[str, AfterValidator(_de_texto(textos.PARRAFO)), _esquema(textos.PARRAFO)]
"""What may have several lines."""

Publicado = Annotated[str, AfterValidator(_de_texto(textos.PUBLICADO)), _esquema(textos.PUBLICADO)]
"""What describes an image, or is looked for among such."""

Paciente = Annotated[str, AfterValidator(_de_texto(textos.PACIENTE)), _esquema(textos.PACIENTE)]

Numero = Annotated[
    str,
    BeforeValidator(_numero),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 10**MAXIMO_NUMERO - 1},
                {
                    "type": "string",
                    "minLength": MINIMO_NUMERO,
                    "maxLength": MAXIMO_NUMERO,
                    "pattern": PATRON_NUMERO,
                },
            ]
        }
    ),
]
"""An identity document's number: the one place where a number and a text are the same."""

Correo = Annotated[
    str,
    StringConstraints(max_length=MAXIMO_CORREO),
    AfterValidator(_correo),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": MAXIMO_CORREO}),
]

Fecha = Annotated[
    str,
    AfterValidator(_fecha),
    WithJsonSchema({"type": "string", "maxLength": MAXIMO_FECHA, "pattern": PATRON_FECHA}),
]

Monto = Annotated[
    str, StringConstraints(pattern=PATRON_MONTO), Field(description="Dinero exacto: un texto con dos decimales.")
]

Moneda = Annotated[str, StringConstraints(pattern=PATRON_MONEDA), Field(description="Código ISO 4217.")]

Medio = Annotated[
    str,
    AfterValidator(_de_texto(textos.MEDIO)),
    _esquema(textos.MEDIO),
    Field(description="Con qué se pagó."),
]

Cursor = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=1024)]
"""Where a page of a list begins; only its owner reads it."""
