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
_ESQUEMAS = frozenset(_CONCEPTOS) | frozenset(
    "DCM SCT SRT SNM3 UCUM FMA LN RADLEX NCIt MDC ICDO3 I10 I9C UMLS ACR BARI PUBCHEM_CID".split()  # noqa: SIM905
)
"""The public coding schemes (PS3.16 section 8)."""
_FORMA = re.compile(r"[A-Za-z0-9{}\[\]%/.*^_'\-]{1,16}")
_FORMA_DE_VERSION = re.compile(rb"[0-9]{4}(?:[0-9]{4})?|[0-9]{1,2}(?:\.[0-9]{1,2})?")


def es_codigo(conjunto: Conjunto) -> bool:
    """Whether an item is a code."""
    return not CODIGOS.isdisjoint(conjunto)


def limpiar(conjunto: Conjunto) -> None:
    """Leave of an item's code what its scheme says."""
    valor, esquema = texto_de(conjunto, _VALOR).decode("latin-1"), texto_de(conjunto, _ESQUEMA).decode("latin-1")
    version = texto_de(conjunto, _VERSION)
    es_esquema = CODIGOS & conjunto.keys() <= {_ESQUEMA, _VERSION}
    for tag in CODIGOS:
        conjunto.pop(tag, None)
    if es_esquema and esquema in _ESQUEMAS:
        # An item that tells of a scheme, not of a code (0008,0110).
        conjunto[_ESQUEMA] = Elemento("SH", esquema.encode())
        return
    if esquema not in _ESQUEMAS or not _FORMA.fullmatch(valor):
        conjunto.update(codigo_de_relleno())
        return
    conjunto[_VALOR] = Elemento("SH", valor.encode())
    conjunto[_ESQUEMA] = Elemento("SH", esquema.encode())
    if _FORMA_DE_VERSION.fullmatch(version):
        conjunto[_VERSION] = Elemento("SH", version)
    conjunto[_SIGNIFICADO] = Elemento("LO", (_significados().get((esquema, valor)) or valor).encode())


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
