"""Coded concepts: what a code means is said by its scheme, never by the file.

CodeMeaning (0008,0104) is in no table, and is a free text. A code of a public scheme that is known here gets the
meaning that the standard gives it; of one that is not known the value stands for its meaning; a code of somebody's own
scheme may be anything, and becomes a code that means nothing.
"""

import re
from functools import lru_cache

from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping as _SNOMED

from anonimizacion.dicom.elementos import Conjunto, Elemento, texto_de
from anonimizacion.dicom.relleno import codigo_de_relleno
from anonimizacion.dicom.tabla import CODIGOS

_CONCEPTOS: dict[str, dict[str, dict[str, tuple[str, list[int]]]]] = concepts  # type: ignore[assignment]
_VALOR, _ESQUEMA, _VERSION, _SIGNIFICADO, _LARGO, _URN = sorted(CODIGOS)
_UNIDAD = r"(?:10\*-?[0-9]{1,2}|\[[A-Za-z_']{1,8}\]|\{[A-Za-z_ ]{1,12}\}|[A-Za-z%]{1,5})(?:-?[0-9])?"
_FORMAS = {
    esquema: re.compile(forma)
    for esquema, forma in {
        "DCM": r"[0-9]{5,6}",
        "FMA": r"[0-9]{3,6}",
        "I10": r"[A-Z][0-9]{2}(?:\.[0-9]{1,4})?",
        "I9C": r"[0-9]{3}(?:\.[0-9]{1,2})?",
        "LN": r"[0-9]{1,5}-[0-9]",
        "MDC": r"[0-9]{1,6}|[0-9]{1,3}:[0-9]{1,5}",
        "NCIt": r"C[0-9]{3,6}",
        "RADLEX": r"RID[0-9]{1,5}",
        "RFC3066": r"[a-z]{2,3}(?:-[A-Z]{2})?",
        "RFC5646": r"[a-z]{2,3}(?:-[A-Z]{2})?",
        "SCPECG": r"5\.6\.3-9-[0-9]{1,3}",
        "SCT": r"[0-9]{6,16}",
        "SNM3": r"[A-Z]-[0-9A-F]{4,5}",
        "SRT": r"[A-Z][0-9]?-[0-9A-F]{4,5}",
        "UCUM": rf"1|/?{_UNIDAD}(?:[./]{_UNIDAD})*",
        "UMLS": r"C[0-9]{7}",
    }.items()
}
"""How the codes of public schemes look (PS3.16 section 8); of other public schemes only known codes are taken."""
_FORMA_DE_VERSION = re.compile(rb"[0-9]{4}(?:[0-9]{4})?|[0-9]{1,2}(?:\.[0-9]{1,2})?")


def es_codigo(conjunto: Conjunto) -> bool:
    """Whether an item is a code."""
    return not CODIGOS.isdisjoint(conjunto)


def limpiar(conjunto: Conjunto) -> bool:
    """Leave of an item's code what its scheme says; whether all of that is the standard's own words."""
    valor, esquema = texto_de(conjunto, _VALOR).decode("latin-1"), texto_de(conjunto, _ESQUEMA).decode("latin-1")
    version = texto_de(conjunto, _VERSION)
    es_esquema = CODIGOS & conjunto.keys() <= {_ESQUEMA, _VERSION}
    for tag in CODIGOS:
        conjunto.pop(tag, None)
    if es_esquema and (esquema in _FORMAS or esquema in _CONCEPTOS):
        # An item that tells of a scheme, not of a code (0008,0110).
        conjunto[_ESQUEMA] = Elemento("SH", esquema.encode())
        return True
    significado = _significados().get((esquema, valor))
    if significado is None and not (esquema in _FORMAS and len(valor) <= 16 and _FORMAS[esquema].fullmatch(valor)):
        conjunto.update(codigo_de_relleno())
        return True
    conjunto[_VALOR] = Elemento("SH", valor.encode())
    conjunto[_ESQUEMA] = Elemento("SH", esquema.encode())
    if _FORMA_DE_VERSION.fullmatch(version):
        conjunto[_VERSION] = Elemento("SH", version)
    conjunto[_SIGNIFICADO] = Elemento("LO", (significado or valor).encode())
    return significado is not None


@lru_cache(maxsize=1)
def _significados() -> dict[tuple[str, str], str]:
    """By scheme and code; ASCII, and no longer than LO takes."""
    hallados = {
        (esquema, codigo): significado
        for esquema, por_nombre in _CONCEPTOS.items()
        for codigos in por_nombre.values()
        for codigo, (significado, *_) in codigos.items()
        if significado.isascii() and len(significado) <= 64
    }
    for codigo, en_sct in _SNOMED["SRT"].items():
        if ("SCT", en_sct) in hallados:
            hallados["SRT", codigo] = hallados["SCT", en_sct]
    return hallados
