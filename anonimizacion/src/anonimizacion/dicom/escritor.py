"""A data set as bytes: written anew from its elements, so that nothing comes along that is none."""

import struct

from anonimizacion.dicom.elementos import (
    FIN_DE_SECUENCIA,
    INDEFINIDO,
    ITEM,
    LARGAS,
    Codificacion,
    Conjunto,
    Elemento,
    Fragmentos,
)
from anonimizacion.modelo import Octetos

_BLANCO = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT"})
_APARTE = 1 << 16
"""From so many bytes on a value is a piece of its own, not copied into one with its neighbours."""


def escribir(conjunto: Conjunto, codificacion: Codificacion) -> list[Octetos]:
    """The elements in the order of their tags, in pieces; sequences and items with their lengths.

    Pieces that are ``bytes`` hold elements; a ``memoryview`` is a long value, or an encapsulated fragment, by itself.

    Raises:
        struct.error: a value is too long for its representation.
    """
    escritor = _Escritor(codificacion)
    escritor.conjunto(conjunto)
    return escritor.acabar()


_EMPAQUETADORES = {
    orden: tuple(struct.Struct(orden + forma).pack for forma in ("HH2sH", "HH2sHI", "HHI")) for orden in "<>"
}
"""By byte order: the heads of an element of short and of long length, and of an implicit one, or an item."""


class _Escritor:
    def __init__(self, codificacion: Codificacion) -> None:
        self._explicita = codificacion.explicita
        self._corta, self._larga, self._implicita = _EMPAQUETADORES[codificacion.orden]
        self._codificacion = codificacion
        self._partes: list[Octetos] = []
        self._junto = bytearray()

    def acabar(self) -> list[Octetos]:
        self._cortar()
        return self._partes

    def _cortar(self) -> None:
        if self._junto:
            self._partes.append(bytes(self._junto))
            self._junto = bytearray()

    def _valor(self, valor: Octetos) -> None:
        self._pieza(memoryview(valor) if len(valor) >= _APARTE else bytes(valor))

    def _pieza(self, parte: Octetos) -> None:
        """Some more bytes: views stay by themselves, the rest is joined."""
        if isinstance(parte, memoryview):
            self._cortar()
            self._partes.append(parte)
        else:
            self._junto += parte

    def conjunto(self, conjunto: Conjunto) -> None:
        for tag in sorted(conjunto):
            self._elemento(tag, conjunto[tag])

    def _elemento(self, tag: int, elemento: Elemento) -> None:
        valor, vr = elemento.valor, elemento.vr
        if isinstance(valor, Fragmentos):
            self._cabecera(tag, vr, INDEFINIDO)
            for fragmento in valor.partes:
                self._junto += self._implicita(ITEM >> 16, ITEM & 0xFFFF, len(fragmento) + len(fragmento) % 2)
                self._pieza(memoryview(fragmento))
                if len(fragmento) % 2:
                    self._junto += b"\0"
            self._junto += self._implicita(FIN_DE_SECUENCIA >> 16, FIN_DE_SECUENCIA & 0xFFFF, 0)
        elif isinstance(valor, list):
            self._secuencia(tag, vr, valor)
        else:
            impar = len(valor) % 2
            self._cabecera(tag, vr, len(valor) + impar)
            self._valor(valor)
            if impar:
                self._junto += b" " if vr in _BLANCO else b"\0"

    def _secuencia(self, tag: int, vr: str, items: list[Conjunto]) -> None:
        escritos = [escribir(item, self._codificacion) for item in items]
        largos = [sum(map(len, partes)) for partes in escritos]
        self._cabecera(tag, vr, sum(largos) + 8 * len(largos))
        for partes, largo in zip(escritos, largos, strict=True):
            self._junto += self._implicita(ITEM >> 16, ITEM & 0xFFFF, largo)
            for parte in partes:
                self._pieza(parte)

    def _cabecera(self, tag: int, vr: str, largo: int) -> None:
        grupo, numero = tag >> 16, tag & 0xFFFF
        if not self._explicita:
            self._junto += self._implicita(grupo, numero, largo)
        elif vr in LARGAS:
            self._junto += self._larga(grupo, numero, vr.encode(), 0, largo)
        else:
            self._junto += self._corta(grupo, numero, vr.encode(), largo)
