"""Dummies: values that fit their representation and say nothing (PS3.15 E.1, action D)."""

from anonimizacion.dicom.elementos import Elemento

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


def relleno(vr: str) -> Elemento:
    """A dummy of one value, one item, of a representation."""
    if vr == "SQ":
        return Elemento(vr, [codigo_de_relleno()])
    texto = _TEXTOS.get(vr)
    return Elemento(vr, texto if texto is not None else bytes(_BINARIOS.get(vr, 2)))


def codigo_de_relleno() -> dict[int, Elemento]:
    """A code that means nothing."""
    return {
        0x00080100: Elemento("SH", PALABRA),
        0x00080102: Elemento("SH", b"99SALUDTECH"),
        0x00080104: Elemento("LO", PALABRA),
    }
