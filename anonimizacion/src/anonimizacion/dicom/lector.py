"""DICOM as bytes, read strictly: every byte belongs to an element, or the file is none.

A reader's "no error" proves nothing: the common ones take a truncated file for a short one, and what they leave out, a
writer leaves out too. So the structure is read here, and any doubt ends it. Values are not understood here.
"""

import struct
import zlib
from dataclasses import dataclass

from pydicom._dicom_dict import DicomDictionary
from pydicom._uid_dict import UID_dictionary
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from anonimizacion.dicom.elementos import (
    CORTAS,
    FIN_DE_ITEM,
    FIN_DE_SECUENCIA,
    INDEFINIDO,
    ITEM,
    LARGAS,
    PIXELES,
    RELLENO_FINAL,
    Codificacion,
    Conjunto,
    Elemento,
    Fragmentos,
    texto_de,
)
from anonimizacion.modelo import ApartarError, Motivo, Octetos

HONDURA = 32
"""How deep sequences may stand in one another."""
ELEMENTOS = 2_000_000
"""How many elements and items a file may have: each takes some hundred bytes of memory, and as few as 8 of the file."""
_VRS = {vr.encode(): vr for vr in CORTAS | LARGAS}
_GRANDE = 1 << 14
"""From so many bytes on a value is a view on the file, not a copy."""
_EXPLICITA, _IMPLICITA = Codificacion(True), Codificacion(False)
_CODIFICACIONES: dict[str, Codificacion] = {
    ImplicitVRLittleEndian: _IMPLICITA,
    ExplicitVRBigEndian: Codificacion(True, pequeno=False),
}


@dataclass(frozen=True)
class Archivo:
    """A file as it was read.

    Attributes:
        sintaxis: its transfer syntax.
        codificacion: how its elements lie in bytes.
        meta: the file meta information, group 0002.
        datos: the data set.
    """

    sintaxis: str
    codificacion: Codificacion
    meta: Conjunto
    datos: Conjunto


def leer(octetos: Octetos, maximo_inflado: int) -> Archivo:
    """Read a whole file.

    Args:
        octetos: the file.
        maximo_inflado: bytes that a deflated data set may become.

    Raises:
        ApartarError: it is no DICOM file (PS3.10), or not whole, or ambiguous.
    """
    vista = memoryview(octetos)
    if bytes(vista[128:132]) != b"DICM":
        raise ApartarError(Motivo.NO_ES_DEL_FORMATO)
    meta, inicio = _Lector(vista, _EXPLICITA).meta(132)
    sintaxis = texto_de(meta, 0x00020010).decode("ascii", "replace")
    if UID_dictionary.get(sintaxis, ("", ""))[1] != "Transfer Syntax":
        raise ApartarError(Motivo.SINTAXIS_NO_ADMITIDA)
    if sintaxis == DeflatedExplicitVRLittleEndian:
        vista, inicio, sintaxis = _inflar(vista[inicio:], maximo_inflado), 0, str(ExplicitVRLittleEndian)
    codificacion = _CODIFICACIONES.get(sintaxis, _EXPLICITA)
    return Archivo(sintaxis, codificacion, meta, _Lector(vista, codificacion).todo(inicio))


def _inflar(vista: memoryview, maximo: int) -> memoryview:
    inflador = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflado = inflador.decompress(vista, maximo)
    except zlib.error:
        raise ApartarError(Motivo.ESTRUCTURA_INVALIDA) from None
    if not inflador.eof:
        raise ApartarError(Motivo.DEMASIADO_GRANDE if inflador.unconsumed_tail else Motivo.TRUNCADO)
    # One byte of padding is the standard's own (PS3.5 A.5).
    if inflador.unused_data.strip(b"\0"):
        raise ApartarError(Motivo.OCTETOS_SOBRANTES)
    return memoryview(inflado)


class _Lector:
    """Reads elements of one encoding out of a buffer."""

    def __init__(self, vista: memoryview, codificacion: Codificacion) -> None:
        self._vista = vista
        self._fin = len(vista)
        self._codificacion = codificacion
        self._quedan = ELEMENTOS
        self._etiqueta = struct.Struct(codificacion.orden + "HH").unpack_from
        self._largo = struct.Struct(codificacion.orden + "I").unpack_from
        self._explicita = struct.Struct(codificacion.orden + "HH2sH").unpack_from
        self._implicita = struct.Struct(codificacion.orden + "HHI").unpack_from

    def meta(self, desde: int) -> tuple[Conjunto, int]:
        """Group 0002, whether or not it says how long it is, and where it ends."""
        hallados: Conjunto = {}
        while desde + 8 <= self._fin and self._etiqueta(self._vista, desde)[0] == 2:
            tag, elemento, desde = self._elemento(desde, self._fin, 0)
            if tag in hallados:
                raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
            hallados[tag] = elemento
        return hallados, desde

    def todo(self, desde: int) -> Conjunto:
        """The data set from here to the buffer's last byte."""
        datos, desde = self._conjunto(desde, self._fin, 0)
        datos.pop(RELLENO_FINAL, None)
        # Zeros after the last element say nothing, and blocks of a tape or a disk end in them.
        if bytes(self._vista[desde:]).strip(b"\0"):
            raise ApartarError(Motivo.OCTETOS_SOBRANTES)
        return datos

    def _conjunto(self, desde: int, fin: int, hondura: int, *, delimitado: bool = False) -> tuple[Conjunto, int]:
        """Elements up to ``fin``, or to the item's delimiter; at the top to the zeros behind the last one too."""
        if hondura > HONDURA:
            raise ApartarError(Motivo.DEMASIADO_HONDO)
        hallados: Conjunto = {}
        anterior = -1
        while desde < fin and not (hondura == 0 and fin - desde < 8):
            tag, elemento, siguiente = self._elemento(desde, fin, hondura)
            if tag == 0 and hondura == 0:
                return hallados, desde
            if tag == FIN_DE_ITEM:
                if not delimitado:
                    raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
                return hallados, siguiente
            # In order and once: what stands behind the pixels is the picture's own bytes, taken for elements.
            if tag <= anterior:
                raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
            hallados[tag] = elemento
            anterior, desde = tag, siguiente
        if delimitado:
            raise ApartarError(Motivo.TRUNCADO)
        return hallados, desde

    def _elemento(self, desde: int, fin: int, hondura: int) -> tuple[int, Elemento, int]:
        """An element: its tag, itself, and where the next one begins."""
        self._contar()
        if desde + 8 > fin:
            raise ApartarError(Motivo.TRUNCADO)
        if self._codificacion.explicita:
            grupo, numero, letras, largo = self._explicita(self._vista, desde)
            tag = grupo << 16 | numero
            if tag == 0 and letras == b"\0\0" and not largo:
                return 0, Elemento("UN", b""), desde + 8
            desde += 8
            vr = _VRS.get(letras)
            if vr is None:
                if tag != FIN_DE_ITEM or letras != b"\0\0" or largo:
                    raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
                return tag, Elemento("UN", b""), desde
            if vr in LARGAS:
                if desde + 4 > fin:
                    raise ApartarError(Motivo.TRUNCADO)
                (largo,) = self._largo(self._vista, desde)
                desde += 4
        else:
            grupo, numero, largo = self._implicita(self._vista, desde)
            tag = grupo << 16 | numero
            desde += 8
            vr = vr_de_diccionario(tag)
            if tag == FIN_DE_ITEM and largo:
                raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
        if largo == INDEFINIDO:
            return tag, *self._indefinido(tag, vr, desde, fin, hondura)
        hasta = desde + largo
        if hasta > fin:
            raise ApartarError(Motivo.TRUNCADO)
        if vr == "SQ":
            return tag, Elemento(vr, self._items(desde, hasta, hondura)[0]), hasta
        valor = self._vista[desde:hasta]
        return tag, Elemento(vr, valor if largo >= _GRANDE else bytes(valor)), hasta

    def _indefinido(self, tag: int, vr: str, desde: int, fin: int, hondura: int) -> tuple[Elemento, int]:
        """A value that ends where a delimiter says so: a sequence, or encapsulated pixel data."""
        if tag == PIXELES and vr in ("OB", "OW", "UN") and self._codificacion.explicita:
            fragmentos, desde = self._fragmentos(desde, fin)
            return Elemento("OB", fragmentos), desde
        if vr == "SQ":
            items, desde = self._items(desde, fin, hondura, delimitada=True)
            return Elemento("SQ", items), desde
        if vr == "UN" and (self._codificacion.pequeno or tag >> 16 & 1):
            # A sequence that somebody on the way did not know (PS3.5 6.2.2): always implicit, little endian.
            items, desde = _Lector(self._vista, _IMPLICITA)._items(desde, fin, hondura, delimitada=True)
            return Elemento("SQ", items), desde
        raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)

    def _items(self, desde: int, fin: int, hondura: int, *, delimitada: bool = False) -> tuple[list[Conjunto], int]:
        items: list[Conjunto] = []
        while delimitada or desde < fin:
            tag, largo, desde = self._item(desde, fin)
            if tag == FIN_DE_SECUENCIA and delimitada:
                return items, desde
            if tag != ITEM:
                raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
            self._contar()
            delimitado = largo == INDEFINIDO
            hasta = fin if delimitado else desde + largo
            if hasta > fin:
                raise ApartarError(Motivo.TRUNCADO)
            item, desde = self._conjunto(desde, hasta, hondura + 1, delimitado=delimitado)
            items.append(item)
        return items, desde

    def _fragmentos(self, desde: int, fin: int) -> tuple[Fragmentos, int]:
        fragmentos = Fragmentos([])
        while True:
            tag, largo, desde = self._item(desde, fin)
            if tag == FIN_DE_SECUENCIA:
                return fragmentos, desde
            if tag != ITEM:
                raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
            if desde + largo > fin:
                raise ApartarError(Motivo.TRUNCADO)
            fragmentos.partes.append(self._vista[desde : desde + largo])
            desde += largo

    def _contar(self) -> None:
        self._quedan -= 1
        if self._quedan < 0:
            raise ApartarError(Motivo.DEMASIADO_GRANDE)

    def _item(self, desde: int, fin: int) -> tuple[int, int, int]:
        """An item's tag and length, and where its content begins."""
        if desde + 8 > fin:
            raise ApartarError(Motivo.TRUNCADO)
        grupo, numero, largo = self._implicita(self._vista, desde)
        return grupo << 16 | numero, largo, desde + 8


def vr_de_diccionario(tag: int) -> str:
    """What the standard's dictionary says of a tag, the first where there are several; UN for what it does not know."""
    entrada = DicomDictionary.get(tag)
    return entrada[0][:2] if entrada is not None and entrada[0] != "NONE" else "UN"


def leer_secuencia_implicita(octetos: Octetos) -> list[Conjunto]:
    """The items of a sequence that came as UN (PS3.5 6.2.2).

    Raises:
        ApartarError: they are none.
    """
    vista = memoryview(octetos)
    return _Lector(vista, _IMPLICITA)._items(0, len(vista), 0)[0]
