"""What the contract takes for an id, a text, a number, an address, a date and money (contract §2, "What is valid").

The door refuses with these rules what clients send, and each owner what anybody published straight to its topic.
"""

import re
from datetime import date, datetime

MAXIMO_ID = 128
MAXIMO_TEXTO = 4000
MAXIMO_CORREO = 254
"""Characters of an address (RFC 5321 §4.5.3.1.3, less the brackets)."""

PATRON_ID = r"^(\.{0,2}[A-Za-z0-9_:-]|\.{3})[A-Za-z0-9._:-]*$"
"""Without look-ahead, so that a JSON schema may hold it; the length is beside it."""
PATRON_TEXTO = r"^[^\x00-\x1f\x7f-\x9f]*$"
PATRON_DIGITOS = r"^[0-9]{1,20}$"
PATRON_MONTO = r"^[0-9]{1,12}\.[0-9]{2}$"
PATRON_MONEDA = r"^[A-Z]{3}$"
PATRON_MEDIO = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
MAXIMO_MEDIO = 40

FECHA_MINIMA = date(3, 1, 1)
"""An image's date is moved back by up to two years, and has to stay a date."""

_ID = re.compile(PATRON_ID)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DIGITOS = re.compile(PATRON_DIGITOS)
_MONTO = re.compile(PATRON_MONTO)
_MONEDA = re.compile(PATRON_MONEDA)
_MEDIO = re.compile(PATRON_MEDIO)
_ATOMO = r"[^\s\x00-\x20\x7f-\x9f()<>\[\]:;@\\,.\"]+"
_CORREO = re.compile(rf"{_ATOMO}(\.{_ATOMO})*@{_ATOMO}(\.{_ATOMO})*")
_DIA = r"\d{4}-\d\d-\d\d|\d{8}|\d{4}-?W\d\d-?\d"
_SOLO_DIA = re.compile(_DIA, re.ASCII)
_FECHA = re.compile(rf"({_DIA})([T ]\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?", re.ASCII)


def es_id(texto: str) -> bool:
    """Whether it can be an id or code: 1 to 128 of ``[A-Za-z0-9._:-]``, neither ``.`` nor ``..``."""
    return len(texto) <= MAXIMO_ID and _ID.fullmatch(texto) is not None


def es_texto(texto: str) -> bool:
    """Whether it has at most 4,000 characters, none of them a control character."""
    return len(texto) <= MAXIMO_TEXTO and _CONTROL.search(texto) is None


def es_numero(texto: str) -> bool:
    """Whether it is the number of an identity document: 1 to 20 digits."""
    return _DIGITOS.fullmatch(texto) is not None


def es_monto(texto: str) -> bool:
    """Whether it is an amount as messages tell it: up to 12 digits, and two decimal places."""
    return _MONTO.fullmatch(texto) is not None


def es_moneda(texto: str) -> bool:
    """Whether it has the form of an ISO 4217 code."""
    return _MONEDA.fullmatch(texto) is not None


def es_medio(texto: str) -> bool:
    """Whether it can tell how somebody paid: a text of 1 to 40 characters, not white space alone."""
    return len(texto) <= MAXIMO_MEDIO and _MEDIO.fullmatch(texto) is not None


def es_correo(texto: str) -> bool:
    """Whether it is one e-mail address that any mail server takes: only its domain may go beyond ASCII."""
    usuario, _, _ = texto.partition("@")
    return len(texto) <= MAXIMO_CORREO and usuario.isascii() and _CORREO.fullmatch(texto) is not None


def leer_fecha(texto: str) -> date | datetime:
    """The date, or the instant, of a text such as ``2024-02-01 09:10:00`` or ISO 8601.

    Raises:
        ValueError: it is none, or is before :data:`FECHA_MINIMA`. The error does not quote it.
    """
    try:
        leida = date.fromisoformat(texto) if _SOLO_DIA.fullmatch(texto) else _leer_instante(texto)
    except ValueError:
        raise ValueError("no es una fecha") from None
    if leida.year < FECHA_MINIMA.year:
        raise ValueError("es anterior a la primera que se admite")
    return leida


def _leer_instante(texto: str) -> datetime:
    if not _FECHA.fullmatch(texto):
        raise ValueError
    return datetime.fromisoformat(texto)
