"""Pixel data: there, whole, and without anything that is no pixel."""

import struct

import numpy as np
from pydicom._uid_dict import UID_dictionary
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from anonimizacion import quemado
from anonimizacion.dicom.elementos import IMAGENES, PIXELES, Conjunto, Elemento, Fragmentos, texto_de
from anonimizacion.dicom.lector import Archivo
from anonimizacion.modelo import ApartarError, Informe, Motivo, Octetos, Opciones

_FILAS, _COLUMNAS, _MUESTRAS, _CUADROS = 0x00280010, 0x00280011, 0x00280002, 0x00280008
_RESERVADOS, _GUARDADOS, _ALTO, _SIGNO, _FOTOMETRIA = 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00280004
_IMAGEN = "Image Storage"
_ESPECTROS = 0x56000020
"""Spectroscopy Data has rows and columns, too, and is no picture."""
_NATIVAS = frozenset({ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian})
_BLOQUE = 1 << 22
"""Values looked at at once."""


def limpiar(archivo: Archivo, opciones: Opciones, informe: Informe) -> bool:
    """Clean the data set's picture in its place; whether burned-in text was looked for and taken out.

    Args:
        archivo: as it was read: this comes before the walk, since what it needs of the file's words goes there.
        opciones: what was chosen.
        informe: takes down what was done.

    Raises:
        ApartarError: there is a picture, and it is not readable, or can't be cleaned for certain.
    """
    datos = archivo.datos
    hay = [tag for tag in IMAGENES if tag in datos]
    clase, modalidad, tipo = (texto_de(datos, t).decode("latin-1") for t in (0x00080016, 0x00080060, 0x00080008))
    # A file that was cut between two elements is one without a picture: an image's class has to have one.
    if not hay and _IMAGEN not in UID_dictionary[clase][0] and (_FILAS not in datos or _ESPECTROS in datos):
        return False
    if len(hay) != 1:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    elemento = datos[hay[0]]
    if isinstance(elemento.valor, Fragmentos) == (archivo.sintaxis in _NATIVAS):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    if isinstance(elemento.valor, Fragmentos):
        # Not built yet: decoding, and the segments inside of frames.
        raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
    _limpiar_nativos(archivo, hay[0], elemento, informe)
    if quemado.puede_haber(modalidad, clase, tipo, de_pantalla=False, bits=16):
        raise ApartarError(Motivo.TEXTO_QUEMADO_POSIBLE)
    return False


def entero(datos: Conjunto, tag: int, orden: str, falta: int | None = None) -> int:
    """An unsigned number of two bytes (US), or one that is written in digits (IS).

    Raises:
        ApartarError: it is none, or it is not there and ``falta`` does not stand for it.
    """
    elemento = datos.get(tag)
    if elemento is None or (falta is not None and not elemento.valor):
        if falta is None:
            raise ApartarError(Motivo.PIXELES_ILEGIBLES)
        return falta
    valor = elemento.valor
    if not isinstance(valor, list | Fragmentos):
        if elemento.vr == "IS" and bytes(valor).strip(b" \0").isdigit():
            return int(bytes(valor).strip(b" \0"))
        if elemento.vr in ("US", "UN") and len(valor) == 2:
            return int(struct.unpack(orden + "H", valor)[0])
    raise ApartarError(Motivo.PIXELES_ILEGIBLES)


def _limpiar_nativos(archivo: Archivo, tag: int, elemento: Elemento, informe: Informe) -> None:
    """Cut what follows the last pixel; clear the bits that are no pixel's, where overlays were once kept."""
    datos, orden, valor = archivo.datos, archivo.codificacion.orden, elemento.octetos
    filas, columnas = entero(datos, _FILAS, orden), entero(datos, _COLUMNAS, orden)
    muestras, reservados = entero(datos, _MUESTRAS, orden), entero(datos, _RESERVADOS, orden)
    cuantos = filas * columnas * muestras * entero(datos, _CUADROS, orden, 1)
    if texto_de(datos, _FOTOMETRIA) == b"YBR_FULL_422":
        cuantos = cuantos * 2 // 3
    octetos = (cuantos * reservados + 7) // 8
    if not octetos or reservados not in (1, 8, 16, 32, 64) or len(valor) < octetos:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    if len(valor) > octetos:
        if bytes(valor[octetos:]).strip(b"\0"):
            informe.avisos.add("OCTETOS_TRAS_LA_IMAGEN")
        valor = valor[:octetos]
    if tag == PIXELES and reservados in (8, 16, 32):
        guardados = entero(datos, _GUARDADOS, orden, reservados)
        alto = entero(datos, _ALTO, orden, guardados - 1)
        if not 0 < guardados <= alto + 1 <= reservados:
            raise ApartarError(Motivo.PIXELES_ILEGIBLES)
        valor = _sin_bits_de_mas(
            valor, f"{orden}u{reservados // 8}", guardados, alto, entero(datos, _SIGNO, orden), informe
        )
    elemento.valor = valor


def _sin_bits_de_mas(valor: Octetos, tipo: str, guardados: int, alto: int, signo: int, informe: Informe) -> Octetos:
    """Pixels whose unused bits are zero, or their sign; the same bytes where they were."""
    pixeles = np.frombuffer(valor, tipo)
    ancho = 8 * pixeles.itemsize
    usados = ((1 << guardados) - 1) << (alto + 1 - guardados)
    if usados == (1 << ancho) - 1:
        return valor
    arriba, abajo = ancho - 1 - alto, alto + 1 - guardados
    limpios = None
    for desde in range(0, len(pixeles), _BLOQUE):
        bloque = pixeles[desde : desde + _BLOQUE]
        if signo:
            con_signo = bloque.view(bloque.dtype.str.replace("u", "i"))
            limpio = (((con_signo << arriba) >> (arriba + abajo)) << abajo).view(bloque.dtype)
        else:
            limpio = bloque & usados
        if not np.array_equal(limpio, bloque):
            if limpios is None:
                limpios = pixeles.copy()
            limpios[desde : desde + _BLOQUE] = limpio
    if limpios is None:
        return valor
    informe.avisos.add("BITS_FUERA_DE_LOS_PIXELES")
    return limpios.tobytes()
