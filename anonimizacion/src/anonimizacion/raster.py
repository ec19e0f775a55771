"""PNG and JPEG: decoded, and encoded anew from nothing but the pixels.

So texts, Exif, profiles, thumbnails, and whatever stands behind the picture are gone by construction. Nobody knows
where such a picture comes from: text may be burned into any of them.
"""

import io
import logging
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from anonimizacion import quemado
from anonimizacion.dicom.tabla import Accion
from anonimizacion.modelo import ApartarError, Informe, Limpia, Motivo, Octetos, Opciones, Remitente
from anonimizacion.paciente import Paciente
from anonimizacion.rastro import Rastro
from anonimizacion.seudonimos import Seudonimizador
from anonimizacion.vista import en_png

# Pillow's log of what it reads, for whoever looks for a fault in it, quotes all that Exif says.
logging.getLogger("PIL").setLevel(logging.INFO)

MAXIMO_DE_PIXELES = 1 << 27
"""What a head may say before anything is decoded: 134 million, more than cameras and panoramas have."""
_FIRMA_PNG = b"\x89PNG\r\n\x1a\n"
_FIRMA_JPEG = b"\xff\xd8\xff"
_HACEN_LA_IMAGEN = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf"})
"""The chunks that are decoded: Exif too, for it tells which side is up."""
_MOVIMIENTO = frozenset({b"acTL", b"fcTL", b"fdAT"})
_CONOCIDOS = frozenset(
    b"bKGD cHRM cICP dSIG eXIf gAMA hIST iCCP iTXt mDCV oFFs pCAL pHYs sBIT sCAL sPLT sRGB sTER tEXt tIME zTXt".split()
)
"""Chunks that a report may name: others have the name that whoever wrote them gave."""
_CALIDAD = 95


def limpiar_png(
    octetos: Octetos, seudonimos: Seudonimizador, remitente: Remitente, opciones: Opciones, informe: Informe
) -> Limpia:
    """A PNG without anything but its picture: the same pixels, save where text was.

    Args:
        octetos: the file.
        seudonimos: the key.
        remitente: who sent it, and as whose.
        opciones: what was chosen.
        informe: takes down what is done.

    Raises:
        ApartarError: it is not a whole PNG of one frame, or may have text burned in that can't be taken out.
    """
    if bytes(octetos[:8]) != _FIRMA_PNG:
        raise ApartarError(Motivo.NO_ES_DEL_FORMATO)
    return _limpiar(_solo_la_imagen(octetos, informe), "PNG", seudonimos, remitente, opciones, informe)


def limpiar_jpeg(
    octetos: Octetos, seudonimos: Seudonimizador, remitente: Remitente, opciones: Opciones, informe: Informe
) -> Limpia:
    """A JPEG without anything but its picture: close to the same pixels, for it is compressed anew.

    Args:
        octetos: the file.
        seudonimos: the key.
        remitente: who sent it, and as whose.
        opciones: what was chosen.
        informe: takes down what is done.

    Raises:
        ApartarError: it is not a whole JPEG in grey or colours, or may have text burned in that can't be taken out.
    """
    if bytes(octetos[:3]) != _FIRMA_JPEG:
        raise ApartarError(Motivo.NO_ES_DEL_FORMATO)
    return _limpiar(octetos, "JPEG", seudonimos, remitente, opciones, informe)


def _limpiar(
    octetos: Octetos,
    formato: str,
    seudonimos: Seudonimizador,
    remitente: Remitente,
    opciones: Opciones,
    informe: Informe,
) -> Limpia:
    paciente = de_quien(remitente)
    imagen = _decodificada(octetos, formato, informe)
    pixeles = _sin_texto(_LLANA[formato](imagen), opciones, informe)
    hecho = io.BytesIO()
    ajustes = {"quality": _CALIDAD, "subsampling": 0} if formato == "JPEG" else {}
    Image.fromarray(pixeles).save(hecho, formato, **ajustes)
    comprobar(paciente, (memoryview(hecho.getvalue()), memoryview(pixeles.tobytes())))
    return Limpia(
        (hecho.getvalue(),),
        informe,
        seudonimos.paciente(paciente),
        seudonimos.desplazamiento(paciente),
        vista=lambda: en_png(_sin_transparencia(pixeles)),
    )


def de_quien(remitente: Remitente) -> Paciente:
    """Whose a file is that says nothing of it: its sender's word.

    Raises:
        ApartarError: there is none.
    """
    numero = (remitente.id_paciente or "").strip(" \0")
    if not numero:
        raise ApartarError(Motivo.PACIENTE_DESCONOCIDO)
    return Paciente(remitente.emisor, numero)


def comprobar(paciente: Paciente, partes: Iterable[Octetos]) -> None:
    """Look for the patient's number in what was made.

    Raises:
        ApartarError: it stands there.
    """
    rastro = Rastro()
    rastro.anotar("LO", paciente.numero.encode())
    if rastro.en_partes(partes):
        raise ApartarError(Motivo.IDENTIFICADOR_EN_EL_RESULTADO)


def _solo_la_imagen(octetos: Octetos, informe: Informe) -> bytes:
    """A PNG's own chunks, each whole, of one frame, and such that none of its bits is lost in decoding."""
    partes, desde, fin = [_FIRMA_PNG], 8, len(octetos)
    tipo = b""
    while tipo != b"IEND":
        if desde + 12 > fin:
            raise ApartarError(Motivo.TRUNCADO)
        largo, tipo = struct.unpack_from(">I4s", octetos, desde)
        hasta = desde + 12 + largo
        if hasta > fin:
            raise ApartarError(Motivo.TRUNCADO)
        trozo = octetos[desde:hasta]
        if zlib.crc32(trozo[4:-4]) != struct.unpack(">I", trozo[-4:])[0] or (len(partes) == 1) != (tipo == b"IHDR"):
            raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
        if tipo in _MOVIMIENTO:
            raise ApartarError(Motivo.VARIOS_CUADROS)
        if tipo == b"IHDR":
            _comprobar_cabeza(trozo[8:-4])
        if tipo in _HACEN_LA_IMAGEN or tipo == b"IEND":
            partes.append(bytes(trozo))
        elif not tipo[0] & 0x20:
            # Upper case: who doesn't know it can't decode the picture.
            raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
        if tipo[0] & 0x20 and tipo != b"tRNS":
            informe.acciones[f"PNG/{tipo.decode() if tipo in _CONOCIDOS else 'otros'}", Accion.QUITAR] += 1
        desde = hasta
    if desde < fin:
        informe.avisos.add("OCTETOS_TRAS_LA_IMAGEN")
    return b"".join(partes)


def _comprobar_cabeza(cabeza: Octetos) -> None:
    if len(cabeza) != 13:
        raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
    bits, color = cabeza[8:10]
    if bits == 16 and color:
        # The decoder would halve them.
        raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)


def _decodificada(octetos: Octetos, formato: str, informe: Informe) -> Image.Image:
    """The picture, not decoded before its head's numbers are looked at; upright: Exif is applied before it goes."""
    try:
        imagen = Image.open(io.BytesIO(octetos), formats=(formato,))
        if imagen.width * imagen.height > MAXIMO_DE_PIXELES:
            raise ApartarError(Motivo.DEMASIADO_GRANDE)
        for nombre, _ in getattr(imagen, "applist", ()):
            informe.acciones[f"JPEG/{nombre}", Accion.QUITAR] += 1
        imagen.load()
    except Image.DecompressionBombError:
        raise ApartarError(Motivo.DEMASIADO_GRANDE) from None
    except (OSError, SyntaxError, ValueError, IndexError, struct.error):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES) from None
    try:
        return ImageOps.exif_transpose(imagen)
    except MemoryError:
        raise
    except Exception:  # A picture of which one can't tell which side is up is none.
        raise ApartarError(Motivo.ESTRUCTURA_INVALIDA) from None


def _png_llano(imagen: Image.Image) -> NDArray[Any]:
    """Values or colours, with transparency where there is any; under what is wholly transparent there is nothing."""
    if imagen.mode in ("L", "RGB", "I;16"):
        return np.array(imagen)
    if imagen.mode == "1":
        return np.array(imagen.convert("L"))
    if imagen.mode == "P" and "transparency" not in imagen.info:
        return np.array(imagen.convert("RGB"))
    pixeles = np.array(imagen if imagen.mode == "LA" else imagen.convert("RGBA"))
    pixeles[pixeles[..., -1] == 0] = 0
    if (pixeles[..., -1] == 255).all():
        pixeles = pixeles[..., :-1]
    return pixeles.squeeze()


def _jpeg_llano(imagen: Image.Image) -> NDArray[Any]:
    if imagen.mode not in ("L", "RGB"):
        raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
    return np.array(imagen)


_LLANA: dict[str, Callable[[Image.Image], NDArray[Any]]] = {"PNG": _png_llano, "JPEG": _jpeg_llano}


def _sin_texto(pixeles: NDArray[Any], opciones: Opciones, informe: Informe) -> NDArray[Any]:
    """The same with black where text was read."""
    lectura = quemado.Lectura(opciones, informe)
    vistas = _vistas(pixeles)
    if lectura.buscar(vistas):
        lectura.comprobar(vistas)
        for izquierda, arriba, derecha, abajo in lectura.rectangulos:
            zona = pixeles[arriba : abajo + 1, izquierda : derecha + 1]
            zona[:] = 0
            if pixeles.ndim == 3 and pixeles.shape[2] in (2, 4):
                zona[..., -1] = 255
        informe.regiones += lectura.rectangulos
    return pixeles


def _vistas(pixeles: NDArray[Any]) -> list[quemado.Mirada]:
    """How it is looked at; what can be seen through may have a shape of its own."""
    if pixeles.ndim == 2 or pixeles.shape[2] == 3:
        return quemado.vistas(pixeles)
    return [*quemado.vistas(_sin_transparencia(pixeles)), *quemado.vistas(pixeles[..., -1])]


def _sin_transparencia(pixeles: NDArray[Any]) -> NDArray[Any]:
    """The values or colours alone."""
    if pixeles.ndim == 2 or pixeles.shape[2] == 3:
        return pixeles
    return pixeles[..., :-1].squeeze(axis=2) if pixeles.shape[2] == 2 else pixeles[..., :-1]
