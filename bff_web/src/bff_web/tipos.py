"""The shared rules of :mod:`seedwork.dominio.reglas` and ``textos`` as types of what clients send.

What each of them makes of a value is what messages bear.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from anonimizacion.modelo import Formato
from seedwork.dominio import textos
from seedwork.dominio.correo import MAXIMO_CORREO, PATRON_CORREO, REGLA_CORREO, DireccionInvalida, correo_tomado
from seedwork.dominio.reglas import (
    MAXIMO_FECHA,
    MAXIMO_ID,
    MAXIMO_NUMERO,
    MINIMO_NUMERO,
    PATRON_FECHA,
    PATRON_ID,
    PATRON_MONEDA,
    PATRON_MONTO,
    PATRON_NUMERO,
    PATRON_SUJETO,
    REGLA_FECHA,
    leer_fecha,
    leer_numero,
)
from seedwork.dominio.textos import MARCAS_SEGUIDAS, TipoTexto

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


def cuenta(tipo: TipoTexto) -> str:
    """What of a text counts, for readers of the document: a schema counts what is sent, and the door what is kept."""
    saltos = " ni saltos de línea" if "\n" in tipo.extremos else ""
    corridas = "" if tipo.corridas else ", con uno solo donde haya varios seguidos"
    return (
        f"Cuenta lo que se guarda, hasta {tipo.maximo} caracteres: el texto en Unicode NFC, sin espacios{saltos} "
        f"en los extremos{corridas}. Se rechaza con más de {MARCAS_SEGUIDAS} marcas (acentos) seguidas."
    )


_DE_UN_CORREO = (
    "Una dirección sola, sin nombre. Antes de la @, de 1 a 64 caracteres de A-Z a-z 0-9 . + - _ ' & = ~, sin guion al "
    "comienzo. Detrás, un dominio con punto (ni una máquina sola, ni una dirección IP), que también puede llevar "
    "letras de fuera de ASCII (IDNA 2008), aunque `format: email` no las admita."
)


def _esquema(tipo: TipoTexto) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": tipo.maximo,
            "pattern": tipo.patron,
            "description": cuenta(tipo),
        }
    )


def _correo(texto: str) -> str:
    try:
        return correo_tomado(texto)
    except DireccionInvalida:
        raise PydanticCustomError(ERROR_PROPIO, REGLA_CORREO) from None


def _fecha(texto: str) -> str:
    try:
        leer_fecha(texto)
    except ValueError:
        raise PydanticCustomError(ERROR_PROPIO, REGLA_FECHA) from None
    return texto


Id = Annotated[str, StringConstraints(pattern=PATRON_ID, max_length=MAXIMO_ID)]
"""An id or code that a client makes."""

Sujeto = Annotated[str, StringConstraints(pattern=PATRON_SUJETO)]
"""A caller, as the ``sub`` of their token names them."""

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
    WithJsonSchema(
        {
            "type": "string",
            "format": "email",
            "pattern": PATRON_CORREO,
            "maxLength": MAXIMO_CORREO,
            "description": _DE_UN_CORREO,
        }
    ),
]
"""``format: email`` is RFC 5321's: it has quoted names and addresses of hosts, and no domain beyond ASCII."""

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
    Field(description=f"Con qué se pagó. {cuenta(textos.MEDIO)}"),
]


ALMACEN = "almacen"
"""The name, in a validation's context, of what the addresses in the platform's own store begin with."""


def _ajena(uri: str, dicho: ValidationInfo) -> str:
    if dicho.context is not None and uri.startswith(dicho.context[ALMACEN]):
        raise PydanticCustomError(ERROR_PROPIO, "no puede llevar al almacén de la plataforma: envíe el archivo")
    return uri


PATRON_URI = r"^(?:gs|s3|file)://[\x21-\x7e]+$"

UriDeArchivo = Annotated[str, StringConstraints(pattern=PATRON_URI, max_length=1024), AfterValidator(_ajena)]
"""Where a file lies, that is not in the platform's own store: what is there came from somebody else, or would have come
with the request. Whether it may be fetched from there is its fetcher's to say."""


def _formato(texto: str) -> str:
    if texto not in _FORMATOS:
        raise PydanticCustomError(ERROR_PROPIO, f"debe ser {', '.join(_FORMATOS[:-1])} o {_FORMATOS[-1]}")
    return texto


_FORMATOS = [formato.value for formato in Formato]

FormatoDeArchivo = Annotated[str, AfterValidator(_formato), WithJsonSchema({"type": "string", "enum": _FORMATOS})]
"""What the file of an image is."""

PATRON_SHA256 = r"^[0-9a-f]{64}$"

Sha256 = Annotated[str, StringConstraints(pattern=PATRON_SHA256)]

Cursor = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=1024)]
"""Where a page of a list begins; only its owner reads it."""
