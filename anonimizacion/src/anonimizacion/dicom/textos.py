"""Texts of a data set in its character sets (PS3.3 C.12.1.1.2), and whether a value fits its representation."""

import re
import unicodedata
from functools import lru_cache

from pydicom.charset import decode_bytes, python_encoding

from anonimizacion.dicom.fechas import edad_conservable

_TAMANOS = {"AT": 4, "FD": 8, "FL": 4, "SL": 4, "SS": 2, "SV": 8, "UL": 4, "US": 2, "UV": 8}
_NUMERO = re.compile(rb" *[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? *")
_FORMAS = {
    "CS": re.compile(rb"[A-Z0-9_ ]{0,16}(?:\\[A-Z0-9_ ]{0,16})*"),
    "IS": re.compile(rb"(?: *[+-]?[0-9]{1,11} *)?(?:\\(?: *[+-]?[0-9]{1,11} *)?)*"),
}
COMPROBADAS = frozenset({*_TAMANOS, *_FORMAS, "AS", "DS"})
"""The representations that :func:`que_cabe` knows."""
_MAXIMOS = {"LO": 64, "SH": 16}
_LARGO_DE_DECIMAL = 16
"""Characters."""
_UN_SOLO_JUEGO = 1
_ENTERO_MAXIMO = (1 << 31) - 1


@lru_cache(maxsize=64)
def juegos(declarado: bytes) -> tuple[str, ...] | None:
    """Python's names of what SpecificCharacterSet (0008,0005) declares; None where that is no character set."""
    terminos = [termino.strip(b" \0").decode("ascii", "replace") for termino in declarado.split(b"\\")]
    if any(termino not in python_encoding for termino in terminos):
        return None
    return tuple(python_encoding[termino] for termino in terminos)


def de_ascii(valor: bytes) -> bool:
    """Whether it is the same text in every character set: escapes of seven bits (ISO 2022) lead elsewhere."""
    return valor.isascii() and b"\x1b" not in valor


def texto(valor: bytes, declarados: tuple[str, ...] | None) -> str | None:
    """A value's text; None where its bytes are none in the declared character sets."""
    if de_ascii(valor):
        return valor.decode("ascii")
    if declarados is None:
        return None
    try:
        if len(declarados) == _UN_SOLO_JUEGO and b"\x1b" not in valor:
            return valor.decode(declarados[0])
        return decode_bytes(valor, list(declarados), set(b"\n\r\f\\^="))
    except (UnicodeError, LookupError):
        return None


def leido(valor: bytes, declarados: tuple[str, ...] | None) -> str:
    """A value's text, come what may: what is none in its character sets is one in Latin-1."""
    suyo = texto(valor, declarados)
    return valor.decode("latin-1") if suyo is None else suyo


def llanos(valor: bytes, declarados: tuple[str, ...] | None) -> tuple[bytes, bytes]:
    """A text without accents, in which one word is the same in any case, character set and company of escapes.

    In UTF-8; and what of it is ASCII, since some letters are no others with an accent (Ł) and are written as such.
    """
    partido = unicodedata.normalize("NFKD", leido(valor, declarados))
    sin_tildes = "".join(signo for signo in partido if not unicodedata.combining(signo))
    # Together again: a syllable of Hangul is one sign, as long as one of another script.
    return unicodedata.normalize("NFC", sin_tildes.casefold()).encode(), partido.encode("ascii", "ignore")


def que_cabe(vr: str, valor: bytes) -> bytes | None:
    """A number, code or age as it may stay; None where it is none of its representation.

    A decimal string of more than 16 characters, which many devices write, is written shorter.
    """
    tamano = _TAMANOS.get(vr)
    if tamano is not None:
        return None if len(valor) % tamano else valor
    if vr == "AS":
        return edad_conservable(valor) if valor.strip(b" \0") else b""
    valor = valor.rstrip(b" \0")
    if vr == "DS":
        return _decimales(valor)
    if not _FORMAS[vr].fullmatch(valor):
        return None
    return None if vr == "IS" and any(abs(int(n)) > _ENTERO_MAXIMO for n in valor.split(b"\\") if n.strip()) else valor


def _decimales(valor: bytes) -> bytes | None:
    partes = valor.split(b"\\")
    if not all(not parte.strip() or _NUMERO.fullmatch(parte) for parte in partes):
        return None
    if max(map(len, partes)) <= _LARGO_DE_DECIMAL:
        return valor
    cortas = [parte if len(parte) <= _LARGO_DE_DECIMAL else b"%.9g" % float(parte) for parte in partes]
    return None if b"inf" in cortas or b"-inf" in cortas else b"\\".join(cortas)


def palabra(valor: bytes, vr: str, declarados: tuple[str, ...] | None) -> bytes | None:
    """A short text that may stay in the file: it fits its representation, and its character set; else None."""
    valor = valor.strip(b" \0")
    suyo = texto(valor, declarados)
    if suyo is None or any(len(parte) > _MAXIMOS[vr] or not parte.isprintable() for parte in suyo.split("\\")):
        return None
    return valor
