"""What the contract takes for an id, a number, a date and money (contract §2, "What is valid"); an address stands in
:mod:`seedwork.dominio.correo`.

The door refuses with these rules, and with those of :mod:`seedwork.dominio.textos`, what clients send; each owner what
anybody published straight to its topic. Where what is kept differs from how it may be written, ``leer_…`` makes the one
of the other, and messages bear the one alone, which ``es_…`` knows.
"""

import re
from datetime import date, datetime
from decimal import Decimal

MAXIMO_ID = 128

PATRON_ID = r"^(\.{0,2}[A-Za-z0-9_:-]|\.{3})[A-Za-z0-9._:-]*$"
"""Without look-ahead, so that a JSON schema may hold it; the length is beside it."""
REGLA_ID = f"debe tener de 1 a {MAXIMO_ID} caracteres de A-Z a-z 0-9 . _ : - y no ser . ni .."
PATRON_NUMERO = r"^[.\- ]*[0-9A-Za-z][0-9A-Za-z.\- ]*$"
"""Of a document's number as it may be written; its length is beside it."""
MINIMO_NUMERO = 3
MAXIMO_NUMERO = 20
PATRON_MONTO = r"^[0-9]{1,12}\.[0-9]{2}$"
PATRON_MONEDA = r"^[A-Z]{3}$"

MAXIMO_SUJETO = 255
PATRON_SUJETO = rf"^[ -~]{{1,{MAXIMO_SUJETO}}}$"
REGLA_SUJETO = f"debe tener de 1 a {MAXIMO_SUJETO} caracteres imprimibles de ASCII"

FECHA_MINIMA = date(3, 1, 1)
"""An image's date is moved back by up to two years, and has to stay a date."""
MAXIMO_FECHA = 64
_ANO = r"(000[3-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_BISIESTO = r"([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_MES_Y_DIA = r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_HORA = r"([01][0-9]|2[0-3]):[0-5][0-9]"
PATRON_FECHA = (
    rf"^({_ANO}-{_MES_Y_DIA}|{_BISIESTO}-02-29)"
    rf"( {_HORA}:[0-5][0-9]|T{_HORA}:[0-5][0-9](\.[0-9]+)?(Z|[+-]{_HORA}))$"
)
"""Of the dates that there are, from :data:`FECHA_MINIMA` on; the length is beside it."""
REGLA_FECHA = f"debe ser una fecha AAAA-MM-DD HH:MM:SS o de RFC 3339, del año {FECHA_MINIMA.year} o posterior"

_ID = re.compile(PATRON_ID)
_SUJETO = re.compile(PATRON_SUJETO)
_NUMERO_ESCRITO = re.compile(PATRON_NUMERO)
_NUMERO = re.compile(rf"[0-9A-Z]{{1,{MAXIMO_NUMERO}}}")
_SEPARADORES = str.maketrans("", "", ".- ")
_MONTO = re.compile(PATRON_MONTO)
_MONEDA = re.compile(PATRON_MONEDA)
_FECHA = re.compile(PATRON_FECHA)


def es_id(texto: str) -> bool:
    """Whether it can be an id or code: 1 to 128 of ``[A-Za-z0-9._:-]``, neither ``.`` nor ``..``."""
    return len(texto) <= MAXIMO_ID and _ID.fullmatch(texto) is not None


def es_sujeto(texto: str) -> bool:
    """Whether it can be a caller's id, as a token's ``sub`` tells it: 1 to 255 printable characters of ASCII."""
    return _SUJETO.fullmatch(texto) is not None


def leer_numero(escrito: str | int | Decimal) -> str:
    """What is kept of the number of an identity document: without dots, hyphens and blanks, in upper case.

    Args:
        escrito: an integer, whatever it is written with; or a text, 3 to 20 letters, digits, dots, hyphens and blanks.

    Raises:
        ValueError: it is neither. The error does not quote it.
    """
    if isinstance(escrito, str):
        if MINIMO_NUMERO <= len(escrito) <= MAXIMO_NUMERO and _NUMERO_ESCRITO.fullmatch(escrito):
            return escrito.translate(_SEPARADORES).upper()
    elif 0 <= escrito < 10**MAXIMO_NUMERO and escrito == int(escrito):
        return str(int(escrito))
    raise ValueError("no es el número de un documento")


def es_numero(texto: str) -> bool:
    """Whether it is the number of an identity document as it is kept."""
    return _NUMERO.fullmatch(texto) is not None


def es_monto(texto: str) -> bool:
    """Whether it is an amount as messages tell it: up to 12 digits, and two decimal places."""
    return _MONTO.fullmatch(texto) is not None


def es_moneda(texto: str) -> bool:
    """Whether it has the form of an ISO 4217 code."""
    return _MONEDA.fullmatch(texto) is not None


def leer_fecha(texto: str) -> datetime:
    """The instant of a text such as ``2024-02-01 09:10:00``, or of RFC 3339 (its ``T`` and ``Z`` in upper case).

    Raises:
        ValueError: it is none, or is before :data:`FECHA_MINIMA`. The error does not quote it.
    """
    if len(texto) > MAXIMO_FECHA or not _FECHA.fullmatch(texto):
        raise ValueError("no es una fecha")
    return datetime.fromisoformat(texto)


def es_fecha(texto: str) -> bool:
    """Whether it is an instant that :func:`leer_fecha` reads."""
    try:
        leer_fecha(texto)
    except ValueError:
        return False
    return True
