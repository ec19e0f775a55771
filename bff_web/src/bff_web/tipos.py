"""What the contract takes for an id, a text, a number, an address and a date (contract §2, "What is valid")."""

import re
from datetime import datetime
from typing import Annotated, Any

import email_validator
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

# Whether an address's domain is one that mail can be sent to is for the channel to find out.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

MAXIMO_ID = 128
MAXIMO_TEXTO = 4000

ERROR_PROPIO = "propio"
"""The type of errors whose text is made here, in Spanish."""

PATRON_ID = r"^(\.{0,2}[A-Za-z0-9_:-]|\.{3})[A-Za-z0-9._:-]*$"
PATRON_TEXTO = r"^[^\x00-\x1f\x7f-\x9f]*$"
PATRON_DIGITOS = r"^[0-9]{1,20}$"

_FECHA = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{8}|\d{4}-?W\d\d-?\d)"
    r"([T ]\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?",
    re.ASCII,
)


_ID = re.compile(PATRON_ID)


def es_id(texto: str) -> bool:
    """Whether the text can be an id at all."""
    return len(texto) <= MAXIMO_ID and _ID.fullmatch(texto) is not None


def _numero(valor: Any) -> Any:
    return str(valor) if type(valor) is int else valor


def _correo(texto: str) -> str:
    try:
        email_validator.validate_email(texto, check_deliverability=False)
    except email_validator.EmailNotValidError:
        raise PydanticCustomError(ERROR_PROPIO, "debe ser una dirección de correo") from None
    return texto


def _fecha(texto: str) -> str:
    try:
        if _FECHA.fullmatch(texto):
            datetime.fromisoformat(texto)
            return texto
    except ValueError:
        pass
    raise PydanticCustomError(ERROR_PROPIO, "debe ser una fecha AAAA-MM-DD HH:MM:SS o ISO 8601")


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

Cursor = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=1024)]
"""Where a page of a list begins; only its owner reads it."""
