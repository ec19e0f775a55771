"""The shared rules of :mod:`seedwork.dominio.reglas` as types of what clients send."""

from typing import Annotated, Any

import email_validator
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from seedwork.dominio.reglas import (
    FECHA_MINIMA,
    MAXIMO_ID,
    MAXIMO_MEDIO,
    MAXIMO_TEXTO,
    PATRON_DIGITOS,
    PATRON_ID,
    PATRON_MEDIO,
    PATRON_MONEDA,
    PATRON_MONTO,
    PATRON_TEXTO,
    es_correo,
    leer_fecha,
)

# Whether an address's domain is one that mail can be sent to is for the channel to find out.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

ERROR_PROPIO = "propio"
"""The type of errors whose text is made here, in Spanish."""

MOTIVO_NUMERO = "debe ser un número entero no negativo o sus dígitos, 20 como máximo"


class Objeto(BaseModel):
    """What a client sends, or an object within it: no other fields, and no type taken for another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _numero(valor: Any) -> Any:
    if type(valor) is int:
        return str(valor)
    if not isinstance(valor, str):
        raise PydanticCustomError(ERROR_PROPIO, MOTIVO_NUMERO)
    return valor


def _correo(texto: str) -> str:
    try:
        email_validator.validate_email(texto, check_deliverability=False)
    except email_validator.EmailNotValidError:
        raise PydanticCustomError(ERROR_PROPIO, "debe ser una dirección de correo") from None
    if not es_correo(texto):
        # The one difference between the two: letters beyond ASCII that not every mail server takes (RFC 6531).
        raise PydanticCustomError(ERROR_PROPIO, "antes de la @ solo admite caracteres ASCII, 254 caracteres en total")
    return texto


def _fecha(texto: str) -> str:
    try:
        leer_fecha(texto)
    except ValueError:
        raise PydanticCustomError(
            ERROR_PROPIO,
            f"debe ser una fecha AAAA-MM-DD HH:MM:SS o ISO 8601, del año {FECHA_MINIMA.year} o posterior",
        ) from None
    return texto


Id = Annotated[str, StringConstraints(pattern=PATRON_ID, max_length=MAXIMO_ID)]
"""An id or code that a client makes."""

Texto = Annotated[str, StringConstraints(pattern=PATRON_TEXTO, max_length=MAXIMO_TEXTO)]

Numero = Annotated[
    str,
    BeforeValidator(_numero),
    StringConstraints(pattern=PATRON_DIGITOS),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": PATRON_DIGITOS}]}),
]
"""An identity document's number: the one place where a number and its digits are the same."""

Correo = Annotated[Texto, AfterValidator(_correo), Field(json_schema_extra={"format": "email"})]

Fecha = Annotated[Texto, AfterValidator(_fecha)]

Monto = Annotated[
    str, StringConstraints(pattern=PATRON_MONTO), Field(description="Dinero exacto: un texto con dos decimales.")
]

Moneda = Annotated[str, StringConstraints(pattern=PATRON_MONEDA), Field(description="Código ISO 4217.")]

Medio = Annotated[
    str,
    StringConstraints(pattern=PATRON_MEDIO, min_length=1, max_length=MAXIMO_MEDIO),
    Field(description="Con qué se pagó."),
]

Cursor = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=1024)]
"""Where a page of a list begins; only its owner reads it."""
