"""Dummies: values that fit their representation and say nothing (PS3.15 E.1, action D)."""

from collections.abc import Callable

from anonimizacion.dicom.elementos import Conjunto, Elemento

PALABRA = b"ANONIMIZADO"
_TEXTOS = {
    "AE": PALABRA,
    "AS": b"000Y",
    "CS": PALABRA,
    "DA": b"19000101",
    "DS": b"0",
    "DT": b"19000101000000",
    "IS": b"0",
    "LO": PALABRA,
    "LT": PALABRA,
    "PN": PALABRA,
    "SH": PALABRA,
    "ST": PALABRA,
    "TM": b"000000",
    "UC": PALABRA,
    "UR": b"urn:anonimizado",
    "UT": PALABRA,
}
_BINARIOS = {
    "AT": 4,
    "FD": 8,
    "FL": 4,
    "OB": 2,
    "OD": 8,
    "OF": 4,
    "OL": 4,
    "OV": 8,
    "OW": 2,
    "SL": 4,
    "SS": 2,
    "SV": 8,
    "UL": 4,
    "US": 2,
    "UV": 8,
}
"""Bytes of one value."""


def relleno(tag: int, vr: str) -> Elemento:
    """A dummy of one value, or of one item, for an element."""
    if vr == "SQ":
        return Elemento(vr, [_ITEMS.get(tag, codigo_de_relleno)()])
    texto = _TEXTOS.get(vr)
    return Elemento(vr, texto if texto is not None else bytes(_BINARIOS.get(vr, 2)))


def todos() -> Conjunto:
    """Each item there is of them, in one data set: what the engine itself may write."""
    return {tag: Elemento("SQ", [item()]) for tag, item in (*_ITEMS.items(), (0x00080110, codigo_de_relleno))}


def codigo_de_relleno() -> Conjunto:
    """A code that means nothing."""
    return codigo(PALABRA, b"99SALUDTECH", PALABRA)


def codigo(valor: bytes, esquema: bytes, significado: bytes) -> Conjunto:
    """A code of a public scheme."""
    return {
        0x00080100: Elemento("SH", valor),
        0x00080102: Elemento("SH", esquema),
        0x00080104: Elemento("LO", significado),
    }


def _contenido_de_relleno() -> Conjunto:
    """A structured report's only sentence."""
    return {
        0x0040A010: Elemento("CS", b"CONTAINS"),
        0x0040A040: Elemento("CS", b"TEXT"),
        0x0040A043: Elemento("SQ", [codigo(b"121106", b"DCM", b"Comment")]),
        0x0040A160: Elemento("UT", PALABRA),
    }


def _observador_de_relleno() -> Conjunto:
    """Who vouched for a report."""
    return {
        0x0040A027: Elemento("LO", PALABRA),
        0x0040A030: Elemento("DT", _TEXTOS["DT"]),
        0x0040A075: Elemento("PN", PALABRA),
        0x0040A088: Elemento("SQ", []),
    }


def _persona_de_relleno() -> Conjunto:
    """Who operated a device."""
    return {0x00080080: Elemento("LO", PALABRA), 0x00401101: Elemento("SQ", [codigo_de_relleno()])}


def _anotacion_de_relleno() -> Conjunto:
    """A presentation state's only text, which is not shown."""
    texto = {
        0x00700004: Elemento("CS", b"PIXEL"),
        0x00700006: Elemento("ST", PALABRA),
        0x00700014: Elemento("FL", bytes(8)),
        0x00700015: Elemento("CS", b"N"),
    }
    return {0x00700002: Elemento("CS", PALABRA), 0x00700008: Elemento("SQ", [texto])}


_ITEMS: dict[int, Callable[[], Conjunto]] = {
    0x00081072: _persona_de_relleno,
    0x00700001: _anotacion_de_relleno,
    0x0040A073: _observador_de_relleno,
    0x0040A730: _contenido_de_relleno,
}
