"""What a compressed frame is made of: only what decodes stays, and the head's numbers are read before anything does.

JPEG (ISO 10918-1), JPEG-LS (14495-1) and JPEG 2000 (15444-1) carry comments, Exif, profiles, thumbnails, and whatever
stands behind their end. Segments that are not known to make the picture go, or the frame is refused; nothing is
compressed anew, so that every pixel stays what it was.
"""

import re
import struct
from dataclasses import dataclass

from anonimizacion.modelo import ApartarError, Motivo, Octetos

_TRAS_EL_BARRIDO = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_TRAS_EL_BARRIDO_LS = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
"""A marker that ends a scan: within one stand stuffed bytes, and restarts."""
_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _COM, _APP0, _ADOBE, _LSE = (
    0xD8,
    0xD9,
    0xDA,
    0xDB,
    0xC4,
    0xDD,
    0xFE,
    0xE0,
    0xEE,
    0xF8,
)
_APPS = frozenset(range(0xE0, 0xF0))
_COMPONENTES_DE_COLOR = 3

_SOC, _SIZ, _SOT, _SOD, _EOC, _COM_2000 = 0xFF4F, 0xFF51, 0xFF90, 0xFF93, 0xFFD9, 0xFF64
_DE_LA_IMAGEN_2000 = frozenset(
    0xFF00 | marca
    for marca in (0x50, 0x51, 0x52, 0x53, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61, 0x63)
)
"""CAP, SIZ, COD, COC, TLM, PRF, PLM, PLT, CPF, QCD, QCC, RGN, POC, PPM, PPT, CRG."""


@dataclass(frozen=True)
class Cabeza:
    """What a frame's head says of it: rows, columns, samples per pixel, and bits of each."""

    filas: int
    columnas: int
    muestras: int
    bits: int


def jpeg(cuadro: bytes, marcos: frozenset[int]) -> tuple[bytes, Cabeza]:
    """A JPEG or JPEG-LS frame without comments, application data, and what stands behind its end; and its head.

    Of application data the two kinds that decide on colours stay, made anew: that it is JFIF, and Adobe's transform.

    Args:
        cuadro: the frame.
        marcos: the markers that may begin its picture (SOF), which tell how it is compressed.

    Raises:
        ApartarError: it is not whole, or holds what is not known.
    """
    if cuadro[:2] != b"\xff\xd8":
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    partes: list[bytes] = [cuadro[:2]]
    cabeza: Cabeza | None = None
    colores: list[bytes] = []
    desde = 2
    while True:
        marca, desde = _marca(cuadro, desde)
        if marca == _EOI:
            break
        segmento, hasta = _segmento(cuadro, desde)
        if marca in marcos and cabeza is None:
            cabeza = _cabeza(segmento)
            if cabeza.muestras == _COMPONENTES_DE_COLOR:
                partes += colores
            partes.append(_escrito(marca, segmento))
        elif marca == _SOS and cabeza is not None:
            hallado = (_TRAS_EL_BARRIDO_LS if marcos == {0xF7} else _TRAS_EL_BARRIDO).search(cuadro, hasta)
            if hallado is None or len(segmento) < 6 or len(segmento) != 4 + 2 * segmento[0]:
                raise ApartarError(Motivo.PIXELES_ILEGIBLES)
            partes += (_escrito(marca, segmento), cuadro[hasta : hallado.start()])
            hasta = hallado.start()
        elif marca in (_DQT, _DHT) or (marca == _DRI and len(segmento) == 2) or (marca == _LSE and len(segmento) == 11):
            partes.append(_escrito(marca, segmento))
        elif marca == _APP0 and segmento[:5] == b"JFIF\0" and cabeza is None and not colores:
            colores.append(_escrito(marca, b"JFIF\0\1\1\0\0\1\0\1\0\0"))
        elif marca == _ADOBE and segmento[:5] == b"Adobe" and len(segmento) == 12 and cabeza is None:
            colores.append(_escrito(marca, b"Adobe\0\x64\0\0\0\0" + segmento[11:]))
        elif marca not in _APPS and marca != _COM:
            raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
        elif segmento[:4] == b"mrfx":
            # Colours that a maker of JPEG-LS transformed: without its mark they would be others.
            raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
        desde = hasta
    if cabeza is None:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return b"".join((*partes, b"\xff\xd9")), cabeza


def _marca(cuadro: bytes, desde: int) -> tuple[int, int]:
    """The marker here, and where what follows begins; it may be filled up with ones."""
    fin = desde
    while fin < len(cuadro) and cuadro[fin] == 0xFF:
        fin += 1
    if fin == desde or fin == len(cuadro):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return cuadro[fin], fin + 1


def _segmento(cuadro: bytes, desde: int) -> tuple[bytes, int]:
    """What follows a marker, without its length, and where it ends."""
    if desde + 2 > len(cuadro):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    (largo,) = struct.unpack_from(">H", cuadro, desde)
    hasta = desde + largo
    if largo < 2 or hasta > len(cuadro):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return cuadro[desde + 2 : hasta], hasta


def _escrito(marca: int, segmento: bytes) -> bytes:
    return bytes((0xFF, marca)) + struct.pack(">H", len(segmento) + 2) + segmento


def _cabeza(segmento: bytes) -> Cabeza:
    if len(segmento) < 6 or len(segmento) != 6 + 3 * segmento[5]:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    bits, filas, columnas, muestras = struct.unpack_from(">BHHB", segmento)
    return Cabeza(filas, columnas, muestras, bits)


def jpeg2000(cuadro: bytes) -> tuple[bytes, Cabeza]:
    """A JPEG 2000 code stream without comments and what stands behind its end; and its head.

    In the parts of tiles, whose lengths stand in several places, a comment's text gives way to zeros.

    Args:
        cuadro: the frame; one in a file format (JP2), with boxes around it, is refused.

    Raises:
        ApartarError: it is not whole, or holds what is not known.
    """
    if cuadro[:4] != b"\xff\x4f\xff\x51":
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    partes: list[Octetos] = [cuadro[:2]]
    cabeza = _cabeza_2000(cuadro)
    desde = 2
    while (marca := _marca_2000(cuadro, desde)) != _SOT:
        segmento, hasta = _segmento(cuadro, desde + 2)
        if marca in _DE_LA_IMAGEN_2000:
            partes.append(cuadro[desde:hasta])
        elif marca != _COM_2000:
            raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
        desde = hasta
    while (marca := _marca_2000(cuadro, desde)) == _SOT:
        segmento, _ = _segmento(cuadro, desde + 2)
        if len(segmento) != 8:
            raise ApartarError(Motivo.PIXELES_ILEGIBLES)
        (largo,) = struct.unpack_from(">I", segmento, 2)
        # The last part may say nothing of its length: it goes to the end, which can't stand within it.
        hasta = desde + largo if largo else cuadro.find(b"\xff\xd9", desde)
        if hasta > len(cuadro) or hasta < desde + 14:
            raise ApartarError(Motivo.PIXELES_ILEGIBLES)
        partes.append(_sin_comentarios(cuadro[desde:hasta]))
        desde = hasta
    if marca != _EOC:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return b"".join((*partes, b"\xff\xd9")), cabeza


def _marca_2000(cuadro: bytes, desde: int) -> int:
    if desde + 2 > len(cuadro):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return int(struct.unpack_from(">H", cuadro, desde)[0])


def _sin_comentarios(parte: bytes) -> bytes:
    """A tile's part whose comments are zeros."""
    limpia = bytearray(parte)
    desde = 12
    while (marca := _marca_2000(parte, desde)) != _SOD:
        segmento, hasta = _segmento(parte, desde + 2)
        if marca == _COM_2000:
            # What precedes the text says which alphabet it is in.
            limpia[desde + 6 : hasta] = bytes(max(0, len(segmento) - 2))
        elif marca not in _DE_LA_IMAGEN_2000:
            raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
        desde = hasta
    return bytes(limpia)


def _cabeza_2000(cuadro: bytes) -> Cabeza:
    segmento, _ = _segmento(cuadro, 4)
    if len(segmento) < 39:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    _, ancho, alto, x, y, *_, muestras = struct.unpack_from(">H8IH", segmento)
    if len(segmento) != 36 + 3 * muestras:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    precisiones = {segmento[i] for i in range(36, len(segmento), 3)}
    if len(precisiones) != 1 or any(segmento[i] != 1 for i in range(37, len(segmento)) if (i - 36) % 3):
        # Samples of several kinds, or fewer of one than of another.
        raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
    return Cabeza(alto - y, ancho - x, muestras, (precisiones.pop() & 0x7F) + 1)
