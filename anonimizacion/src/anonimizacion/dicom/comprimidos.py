"""Encapsulated pictures, a frame at a time: which fragments it is, what of it stays, what it decodes to."""

import struct
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import decode as decodificar_jpeg2000
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import RLELossless
from rle.utils import decode_pixel_data, encode_pixel_data

from anonimizacion.dicom import flujos
from anonimizacion.dicom.elementos import Fragmentos
from anonimizacion.modelo import ApartarError, Motivo, Octetos

RLE = str(RLELossless)
"""Lossless, and its frames are written here: what is changed is written in it."""
_JPEG = "1.2.840.10008.1.2.4."
_MARCOS: dict[str, frozenset[int]] = {
    _JPEG + "50": frozenset({0xC0}),
    _JPEG + "51": frozenset({0xC0, 0xC1}),
    _JPEG + "57": frozenset({0xC3}),
    _JPEG + "70": frozenset({0xC3}),
    _JPEG + "80": frozenset({0xF7}),
    _JPEG + "81": frozenset({0xF7}),
}
"""How the frames of a transfer syntax may begin: baseline, extended, lossless, JPEG-LS."""
DE_ENTEROS = (8, 16, 32)
"""Bits Allocated of the whole numbers that are looked at."""
_DECODIFICADORES = {"50": "pillow", "51": "pillow", "57": "gdcm", "70": "gdcm", "80": "pyjpegls", "81": "pyjpegls"}
_JPEG2000 = frozenset(_JPEG + fin for fin in ("90", "91", "201", "202", "203"))


@dataclass(frozen=True)
class Imagen:
    """What a data set says of its picture, by the names of PS3.3 C.7.6.3.

    Attributes:
        filas: Rows; columnas: Columns; muestras: Samples per Pixel; cuadros: Number of Frames.
        reservados: Bits Allocated; guardados: Bits Stored; alto: High Bit; con_signo: Pixel Representation.
        fotometria: Photometric Interpretation.
        por_planos: Planar Configuration 1.
        reales: its values are floating-point numbers (PS3.3 C.7.6.24, C.7.6.25).
    """

    filas: int
    columnas: int
    muestras: int
    cuadros: int
    reservados: int
    guardados: int
    alto: int
    con_signo: bool
    fotometria: str
    por_planos: bool
    reales: bool = False

    @property
    def se_ve(self) -> bool:
        """Whether it can be looked at: values of these sizes alone are taken for shades."""
        return self.reservados in ((32, 64) if self.reales else DE_ENTEROS)

    @property
    def octetos_por_cuadro(self) -> int:
        """What a frame has when it is not compressed."""
        return self.filas * self.columnas * self.muestras * self.reservados // 8

    def tipo(self, orden: str = "=") -> np.dtype[Any]:
        """A value's type, in a byte order, as ``struct`` writes it."""
        letra = "f" if self.reales else "i" if self.con_signo else "u"
        return np.dtype(f"{orden}{letra}{self.reservados // 8}")


def se_conoce(sintaxis: str) -> bool:
    """Whether there is a decoder for a transfer syntax."""
    return sintaxis == RLE or sintaxis in _MARCOS or sintaxis in _JPEG2000


def cuadros(fragmentos: Fragmentos, cuantos: int, donde: Octetos | None) -> Iterator[Octetos]:
    """The frames, each in one (PS3.5 A.4); one of a single fragment where it lies.

    Args:
        fragmentos: as they stand in the file, the offset table before them.
        cuantos: Number of Frames.
        donde: Extended Offset Table (7FE0,0001), where there is one.

    Raises:
        ApartarError: nobody says which fragment is of which frame.
    """
    if not fragmentos.partes or len(fragmentos.partes) <= cuantos:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    tabla, *partes = fragmentos.partes
    if len(partes) == cuantos:
        yield from partes
        return
    if cuantos == 1:
        yield b"".join(partes)
        return
    comienzos = _numeros(donde, "Q") if donde else _numeros(tabla, "I")
    lugar, donde_empieza = 0, {}
    for i, parte in enumerate(partes):
        donde_empieza[lugar] = i
        lugar += 8 + len(parte)
    indices = [donde_empieza.get(comienzo, -1) for comienzo in comienzos]
    if len(indices) != cuantos or indices[0] != 0 or any(a >= b for a, b in pairwise(indices)):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    for a, b in zip(indices, [*indices[1:], len(partes)], strict=True):
        yield b"".join(partes[a:b])


def _numeros(octetos: Octetos, tipo: str) -> Sequence[int]:
    cuantos, resto = divmod(len(octetos), struct.calcsize("<" + tipo))
    if resto:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return struct.unpack(f"<{cuantos}{tipo}", octetos)


def encapsulados(limpios: Sequence[Octetos]) -> Fragmentos:
    """Frames as they are written: one fragment each, and where each begins."""
    lugar, comienzos = 0, []
    for limpio in limpios:
        comienzos.append(lugar)
        lugar += 8 + len(limpio) + len(limpio) % 2
    cabe = len(limpios) > 1 and lugar < 1 << 32
    return Fragmentos([struct.pack(f"<{len(comienzos)}I", *comienzos) if cabe else b"", *limpios])


def limpio(cuadro: bytes, sintaxis: str, imagen: Imagen) -> tuple[bytes, int]:
    """A frame with nothing but what decodes, not decoded yet; and the bits of its values.

    Raises:
        ApartarError: it is not whole, or its head says something else than the data set.
    """
    if sintaxis == RLE:
        # Its segments are what they decode to, and it is written anew.
        if cuadro[:4] != struct.pack("<I", imagen.muestras * imagen.reservados // 8):
            raise ApartarError(Motivo.PIXELES_ILEGIBLES)
        return cuadro, imagen.reservados
    if sintaxis in _JPEG2000:
        hecho, cabeza = flujos.jpeg2000(cuadro)
    else:
        hecho, cabeza = flujos.jpeg(cuadro, _MARCOS[sintaxis])
    if (cabeza.filas, cabeza.columnas, cabeza.muestras) != (imagen.filas, imagen.columnas, imagen.muestras):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    if not 0 < cabeza.bits <= imagen.reservados:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return hecho, cabeza.bits


def decodificado(cuadro: bytes, bits: int, sintaxis: str, imagen: Imagen) -> tuple[NDArray[Any], str]:
    """A clean frame's values, rows by columns (by three), and what they mean now (Photometric Interpretation).

    Raises:
        ApartarError: it can't be decoded; the decoder's own words are dropped.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            matriz, fotometria = _decodificar(cuadro, sintaxis, imagen)
    except MemoryError:
        raise
    except Exception:  # Whatever a decoder raises says that this is no picture.
        raise ApartarError(Motivo.PIXELES_ILEGIBLES) from None
    if matriz.shape != (imagen.filas, imagen.columnas, *([imagen.muestras] if imagen.muestras > 1 else [])):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return _con_su_signo(matriz, bits, imagen), fotometria


def _decodificar(cuadro: bytes, sintaxis: str, imagen: Imagen) -> tuple[NDArray[Any], str]:
    if sintaxis == RLE:
        planos = decode_pixel_data(
            cuadro,
            version=2,
            rows=imagen.filas,
            columns=imagen.columnas,
            bits_allocated=imagen.reservados,
        )
        matriz = np.frombuffer(planos, imagen.tipo("<")).reshape(-1, imagen.filas, imagen.columnas)
        return (matriz[0] if len(matriz) == 1 else np.moveaxis(matriz, 0, -1)), imagen.fotometria
    if sintaxis in _JPEG2000:
        fotometria = "RGB" if imagen.fotometria in ("YBR_ICT", "YBR_RCT") else imagen.fotometria
        return np.asarray(decodificar_jpeg2000(cuadro)), fotometria
    de_la_imagen: dict[str, Any] = {
        "rows": imagen.filas,
        "columns": imagen.columnas,
        "samples_per_pixel": imagen.muestras,
        "number_of_frames": 1,
        "bits_allocated": imagen.reservados,
        "bits_stored": imagen.guardados,
        "pixel_representation": int(imagen.con_signo),
        "photometric_interpretation": imagen.fotometria,
        "planar_configuration": int(imagen.por_planos),
        "pixel_keyword": "PixelData",
    }
    matriz, dicho = get_decoder(sintaxis).as_array(
        encapsulate([cuadro]),
        index=0,
        raw=True,
        decoding_plugin=_DECODIFICADORES[sintaxis.rpartition(".")[2]],
        **de_la_imagen,
    )
    fotometria = str(dicho["photometric_interpretation"])
    # The decoder has doubled the colours.
    return matriz, "YBR_FULL" if fotometria == "YBR_FULL_422" else fotometria


def _con_su_signo(matriz: NDArray[Any], bits: int, imagen: Imagen) -> NDArray[Any]:
    """Values as the data set represents them, whatever the stream said of their sign."""
    sobran = imagen.reservados - bits
    con_signo: NDArray[Any] = matriz.astype(f"i{imagen.reservados // 8}")
    if imagen.con_signo:
        return np.asarray(con_signo << sobran >> sobran)
    return np.asarray(con_signo.view(imagen.tipo()) & imagen.tipo().type((1 << bits) - 1))


def en_rle(matriz: NDArray[Any], imagen: Imagen) -> bytes:
    """A frame's values in RLE."""
    hecho: bytes = encode_pixel_data(
        np.ascontiguousarray(matriz, imagen.tipo("<")).tobytes(),
        rows=imagen.filas,
        columns=imagen.columnas,
        samples_per_pixel=imagen.muestras,
        bits_allocated=imagen.reservados,
        byteorder="<",
    )
    return hecho
