"""JSON as the public door reads it (contract §2), for the door and for whoever writes to it: the standard library only.

It reads one object, of RFC 8259, in UTF-8, of which no two readers can think differently (I-JSON, RFC 7493): no key
twice, no NaN, no deeper than anybody needs. Whatever the bytes are, it ends with the object or with one of its errors,
in time and memory that grow with their number alone.
"""

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

MAXIMO_BYTES = 1024 * 1024
"""Of a body."""
MAXIMO_HONDURA = 32
"""Objects and lists within each other; the body is the first of them."""

MAXIMO_NOMBRES = 10_000
"""Of a body, in all; a text that is full of quotation marks and colons counts, too."""
MAXIMO_CAMPOS = 1_000
"""Names of one object."""
_MAXIMO_OBJETOS = 10_000
_MAXIMO_COMAS = 50_000
"""Of a body: more than the longest texts that anybody takes may have. What is beyond would keep its reader busy for a
hundred times as long as its sender."""
_NOMBRE = re.compile(rb'"\s*:')

_CIFRAS = 40
"""An integer with more is no ``int``, which takes its time over many digits, and from 4,300 on refuses them."""


class NoEsObjeto(ValueError):
    """The bytes are no JSON object. Its text says why in Spanish, after what it is about: «… repite una clave»."""


class DemasiadoGrande(NoEsObjeto):
    """There are more bytes than a body may have."""


def leer(datos: bytes, *, maximo: int | None = MAXIMO_BYTES) -> dict[str, Any]:
    """The object that the bytes are; a byte order mark before it is passed over.

    Args:
        datos: UTF-8.
        maximo: bytes that there may be; None for any number.

    Returns:
        Strings, lists and so on, as ``json`` has them. A number that is written with a fraction or an exponent, or with
        more digits than any field takes, is a ``Decimal``: exactly what was written, at no cost.

    Raises:
        DemasiadoGrande: there are more bytes than that.
        NoEsObjeto: they are no UTF-8, no JSON, or no object, repeat a key, go deeper than :data:`MAXIMO_HONDURA`, or
            have more parts than any body needs.
    """
    if maximo is not None:
        if len(datos) > maximo:
            raise DemasiadoGrande(f"tiene más de {maximo} bytes")
        _exigir_pocas_partes(datos)
    try:
        leido = _DECODIFICADOR.decode(datos.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NoEsObjeto("no es texto UTF-8") from None
    except json.JSONDecodeError as error:
        raise NoEsObjeto(f"no es JSON (línea {error.lineno}, columna {error.colno})") from None
    except RecursionError:
        raise _hondo() from None
    if not isinstance(leido, dict):
        raise NoEsObjeto("no es un objeto JSON")
    _exigir_hondura(leido)
    return leido


def escribir(valor: Any, *, ascii: bool = True, sangria: int | None = None) -> str:
    """The JSON of what was read. A number is the one that was read, digit by digit: another reader must not find a
    whole number where this one found a fraction.

    Args:
        ascii: whether all that is beyond ASCII is escaped.
        sangria: blanks by which each level is set in, on lines of its own; None for everything on one.

    Raises:
        OverflowError: it holds a number whose exponent is too large for a reader to tell it from another.
    """
    return _escribir(valor, json.JSONEncoder(ensure_ascii=ascii, allow_nan=False).encode, sangria, "\n")


def _escribir(valor: Any, hoja: Callable[[Any], str], sangria: int | None, salto: str) -> str:
    if isinstance(valor, Decimal):
        if not valor.is_finite():
            raise OverflowError
        return str(valor)
    dentro = salto + " " * (sangria or 0)
    if isinstance(valor, dict):
        dos_puntos = ":" if sangria is None else ": "
        partes = [f"{hoja(c)}{dos_puntos}{_escribir(v, hoja, sangria, dentro)}" for c, v in valor.items()]
        abre, cierra = "{}"
    elif isinstance(valor, list | tuple):
        partes = [_escribir(v, hoja, sangria, dentro) for v in valor]
        abre, cierra = "[]"
    else:
        return hoja(valor)
    if sangria is None or not partes:
        return f"{abre}{','.join(partes)}{cierra}"
    return f"{abre}{dentro}{f',{dentro}'.join(partes)}{salto}{cierra}"


def _decimal(texto: str) -> Decimal:
    try:
        return Decimal(texto)
    except InvalidOperation:
        # An exponent of 19 digits.
        return Decimal("Infinity")


def _entero(texto: str) -> int | Decimal:
    return int(texto) if len(texto) <= _CIFRAS else _decimal(texto)


def _exigir_pocas_partes(datos: bytes) -> None:
    """Before it is read: it may be one small part a million times."""
    nombres = next(islice(_NOMBRE.finditer(datos), MAXIMO_NOMBRES, None), None)
    if nombres or datos.count(b"{") > _MAXIMO_OBJETOS or datos.count(b",") > _MAXIMO_COMAS:
        raise NoEsObjeto("tiene demasiadas partes")


def _objeto(pares: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pares) > MAXIMO_CAMPOS:
        raise NoEsObjeto(f"tiene más de {MAXIMO_CAMPOS} campos en un objeto")
    resultado = dict(pares)
    if len(resultado) != len(pares):
        # Readers differ on which one counts (RFC 8259 §4): what was checked might not be what is acted on.
        raise NoEsObjeto("repite una clave")
    return resultado


def _constante(nombre: str) -> Any:
    raise NoEsObjeto(f"no es JSON: {nombre} no es un número")


def _exigir_hondura(objeto: dict[str, Any]) -> None:
    nivel: list[Any] = [objeto]
    for _ in range(MAXIMO_HONDURA):
        nivel = [hijo for valor in nivel for hijo in _hijos(valor)]
        if not nivel:
            return
    if any(isinstance(valor, dict | list) for valor in nivel):
        raise _hondo()


def _hijos(valor: Any) -> Iterable[Any]:
    if isinstance(valor, dict):
        return valor.values()
    return valor if isinstance(valor, list) else ()


def _hondo() -> NoEsObjeto:
    return NoEsObjeto(f"está anidado en más de {MAXIMO_HONDURA} niveles")


_DECODIFICADOR = json.JSONDecoder(
    object_pairs_hook=_objeto, parse_int=_entero, parse_float=_decimal, parse_constant=_constante
)
