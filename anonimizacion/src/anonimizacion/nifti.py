"""NIfTI-1 and -2, one file, plain or in gzip: the numbers that place the voxels, the voxels, and nothing else.

The head is made anew from its numbers, so that texts, fields that nobody uses any more, and extensions (which carry
whole DICOM heads) are gone by construction; what stands behind the voxels goes too.
"""

import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from math import prod

import numpy as np

from anonimizacion import quemado
from anonimizacion.dicom.tabla import Accion
from anonimizacion.formatos import GZIP
from anonimizacion.modelo import ApartarError, Informe, Limpia, Motivo, Octetos, Opciones, Remitente
from anonimizacion.raster import comprobar, de_quien
from anonimizacion.seudonimos import Seudonimizador
from anonimizacion.vista import en_png

CARA = "CARA_RECONOCIBLE"
"""The notice of a volume from whose surface a face can be made."""
_BITS = {2: 8, 4: 16, 8: 32, 16: 32, 32: 64, 64: 64, 256: 8, 512: 16, 768: 32, 1024: 64, 1280: 64, 1536: 128, 1792: 128}
"""Bits of a voxel, by the code of its type: whole and real numbers, and complex ones."""
_COLORES = {128: 24, 2304: 32}
"""Likewise, of voxels that are colours: pictures of screens, as is one slice of eight bits."""
_REALES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4"}
"""The types of voxels that can be shown as shades, as numpy names them."""
_MAXIMO_DE_CORTES = 64
"""Slices of eight bits that are read, each in some tenths of a second. Volumes of more are masks, not screens."""
_MAXIMO_REAL, _MINIMO_REAL = 1e15, 1e-30
"""How large a number of a head may be, and how small before it is nothing: letters make others."""
_LETRAS = re.compile(rb"[0-9A-Za-z ^.,/-]{8}|(?:[0-9A-Za-z ^]\0){4}|(?:\0[0-9A-Za-z ^]){4}")
"""Eight characters in a row, or four in UTF-16: of a matrix's numbers hardly two are letters in all their bytes."""
_BLOQUE = 1 << 20
_SIN_CARA = frozenset(
    "abdomen abdominal torax toracico pecho pulmon pulmones mama mamas corazon cardiaco higado rinon rinones pelvis "  # noqa: SIM905
    "pelvico prostata utero rodilla tobillo pie pies mano manos muneca codo hombro cadera femur tibia pierna brazo "
    "lumbar dorsal sacro extremidad extremidades chest thorax breast heart liver kidney prostate knee ankle foot hand "
    "wrist elbow shoulder hip leg arm extremity".split()
)
"""Words of regions without a face. What is not named here may have one, also where nobody says which region it is."""


@dataclass(frozen=True)
class _Forma:
    """Where a version of the format has what.

    Attributes:
        largo: the head's bytes; what follows are four that say whether there are extensions.
        firma: what the head has at ``donde_firma``.
        dim: where the dimensions are, and of what type; ``pixdim`` likewise, their sizes.
        tipo: where the voxels' type and bits are.
        comienzo: where the first voxel's place is said, and of what type.
        numeros: what is kept, from where to where.
        reales: which of it are real numbers, from where to where; each as long as ``real`` says.
        real: their type.
        intencion: where the code is that says what the first three real numbers are for, and of what type.
        textos: what may hold words, by name: from where to where.
    """

    largo: int
    firma: bytes
    donde_firma: int
    dim: tuple[int, str]
    pixdim: tuple[int, str]
    tipo: int
    comienzo: tuple[int, str]
    numeros: tuple[tuple[int, int], ...]
    reales: tuple[tuple[int, int], ...]
    real: str
    intencion: tuple[int, str]
    textos: dict[str, tuple[int, int]]


_UNO = _Forma(
    largo=348,
    firma=b"n+1\0",
    donde_firma=344,
    dim=(40, "8h"),
    pixdim=(76, "8f"),
    tipo=70,
    comienzo=(108, "f"),
    # sizeof_hdr; dim_info to toffset, without what lies between; qform_code to srow_z; magic.
    numeros=((0, 4), (39, 140), (252, 328), (344, 348)),
    # intent_p1 to 3; pixdim; scl_slope and inter; cal_max to toffset; quatern_b to srow_z.
    reales=((56, 68), (76, 108), (112, 120), (124, 140), (256, 328)),
    real="f",
    intencion=(68, "h"),
    textos={
        "data_type": (4, 14),
        "db_name": (14, 32),
        "extents": (32, 39),
        "glmax": (140, 148),
        "descrip": (148, 228),
        "aux_file": (228, 252),
        "intent_name": (328, 344),
    },
)
_DOS = _Forma(
    largo=540,
    firma=b"n+2\0\r\n\x1a\n",
    donde_firma=4,
    dim=(16, "8q"),
    pixdim=(104, "8d"),
    tipo=12,
    comienzo=(168, "q"),
    numeros=((0, 240), (344, 508), (524, 525)),
    reales=((80, 104), (104, 168), (176, 224), (352, 496)),
    real="d",
    intencion=(504, "i"),
    textos={"descrip": (240, 320), "aux_file": (320, 344), "intent_name": (508, 524), "unused_str": (525, 540)},
)


def limpiar(
    octetos: Octetos, seudonimos: Seudonimizador, remitente: Remitente, opciones: Opciones, informe: Informe
) -> Limpia:
    """A NIfTI file without texts and extensions, its voxels as they were; in gzip where it was.

    Args:
        octetos: the file.
        seudonimos: the key.
        remitente: who sent it, as whose, and of what region: where that may have a face, the report says so.
        opciones: what was chosen.
        informe: takes down what is done.

    Raises:
        ApartarError: it is no such file, not whole, or a picture of a screen.
    """
    paciente = de_quien(remitente)
    comprimido = bytes(octetos[:2]) == GZIP
    if comprimido:
        octetos = _inflado(octetos, opciones.maximo_inflado)
    forma, orden = _forma(octetos)
    if _es_de_pantalla(octetos, forma, orden):
        informe.dudar(Motivo.TEXTO_QUEMADO_POSIBLE, opciones)
    desde, hasta = _voxeles(octetos, forma, orden)
    if hasta > len(octetos):
        raise ApartarError(Motivo.TRUNCADO)
    _leer_cortes(octetos[desde:hasta], octetos, forma, orden, opciones, informe)
    if bytes(octetos[hasta:]).strip(b"\0"):
        informe.avisos.add("OCTETOS_TRAS_LA_IMAGEN")
    if puede_tener_cara(remitente.region_anatomica):
        informe.avisos.add(CARA)
    cabeza = _cabeza(octetos, forma, orden, desde, informe)
    partes: tuple[Octetos, ...] = (cabeza, octetos[desde:hasta])
    comprobar(paciente, (memoryview(cabeza), memoryview(octetos)[desde:hasta]))
    return Limpia(
        _comprimidas(partes) if comprimido else partes,
        informe,
        seudonimos.paciente(paciente),
        seudonimos.desplazamiento(paciente),
        vista=lambda: _vista(octetos[desde:hasta], octetos, forma, orden),
    )


def puede_tener_cara(region: str | None) -> bool:
    """Whether a volume of a region may show a face: it may, unless all that is said is known not to.

    Args:
        region: as it was sent; None where it was not.
    """
    llana = "".join(c for c in unicodedata.normalize("NFKD", region or "") if not unicodedata.combining(c)).casefold()
    palabras = "".join(c if c.isalpha() else " " for c in llana).split()
    return not palabras or not _SIN_CARA.issuperset(palabras)


def _forma(octetos: Octetos) -> tuple[_Forma, str]:
    """Which version it is, and in which byte order."""
    for forma in (_UNO, _DOS):
        for orden in "<>":
            if bytes(octetos[:4]) == struct.pack(orden + "i", forma.largo):
                if len(octetos) < forma.largo + 4:
                    raise ApartarError(Motivo.TRUNCADO)
                if bytes(octetos[forma.donde_firma : forma.donde_firma + len(forma.firma)]) == forma.firma:
                    return forma, orden
    raise ApartarError(Motivo.NO_ES_DEL_FORMATO)


def _medidas(octetos: Octetos, forma: _Forma, orden: str) -> tuple[int, list[int], int, int]:
    """What a head says of its voxels: how many dimensions, their lengths, and of a voxel its type and its bits."""
    cuantas, *lados = struct.unpack_from(orden + forma.dim[1], octetos, forma.dim[0])
    tipo, bits = struct.unpack_from(orden + "hh", octetos, forma.tipo)
    return cuantas, lados, tipo, bits


def _es_de_pantalla(octetos: Octetos, forma: _Forma, orden: str) -> bool:
    """Whether it is no volume but a picture, which may have text in it."""
    cuantas, lados, tipo, bits = _medidas(octetos, forma, orden)
    return tipo in _COLORES or (bits == 8 and prod(_de_verdad(lados, cuantas)[2:]) == 1)


def _de_verdad(lados: list[int], cuantas: int) -> list[int]:
    """The lengths that are any: a slice may lie along whichever axes."""
    return [lado for lado in lados[:cuantas] if lado > 1]


def _leer_cortes(
    voxeles: Octetos, octetos: Octetos, forma: _Forma, orden: str, opciones: Opciones, informe: Informe
) -> None:
    """Look for text in what may be pictures of a screen: a few slices of eight bits, or single ones.

    Raises:
        ApartarError: there is any, or nothing to read it with, and nobody has looked.
    """
    cuantas, lados, tipo, bits = _medidas(octetos, forma, orden)
    ancho, alto, *demas = *_de_verdad(lados, cuantas), 1, 1
    cortes = prod(demas)
    sospechosa = (bits == 8 or cuantas < 3 or 1 in lados[:3]) and cortes <= _MAXIMO_DE_CORTES
    if tipo in _COLORES:
        return
    if not sospechosa or tipo not in _REALES:
        informe.avisos.add(quemado.SIN_MIRAR)
        return
    planos = np.frombuffer(voxeles, orden + _REALES[tipo]).reshape(cortes, alto, ancho)
    if not quemado.se_puede(opciones) or any(quemado.dice_algo(np.nan_to_num(plano)) for plano in planos):
        informe.dudar(Motivo.TEXTO_QUEMADO_POSIBLE, opciones)


def _vista(voxeles: Octetos, octetos: Octetos, forma: _Forma, orden: str) -> bytes | None:
    """A small picture of a volume's middle slice, of the first of several; its second axis goes up, as it is shown."""
    cuantas, lados, tipo, _ = _medidas(octetos, forma, orden)
    ancho, alto, cortes = (*_de_verdad(lados, cuantas), 1, 1, 1)[:3]
    if tipo not in _REALES:
        return None
    medio = np.frombuffer(voxeles, orden + _REALES[tipo], alto * ancho, cortes // 2 * alto * ancho * _BITS[tipo] // 8)
    return en_png(medio.reshape(alto, ancho)[::-1])


def _voxeles(octetos: Octetos, forma: _Forma, orden: str) -> tuple[int, int]:
    """Where the voxels begin and end, by the head's numbers alone."""
    cuantas, lados, tipo, bits = _medidas(octetos, forma, orden)
    (desde,) = struct.unpack_from(orden + forma.comienzo[1], octetos, forma.comienzo[0])
    previstos = _BITS.get(tipo, _COLORES.get(tipo))
    if not 1 <= cuantas <= 7 or min(lados[:cuantas]) < 1 or previstos != bits or desde != desde // 1:
        raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
    if desde < forma.largo + 4:
        raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
    return int(desde), int(desde) + prod(lados[:cuantas]) * bits // 8


def _cabeza(octetos: Octetos, forma: _Forma, orden: str, desde: int, informe: Informe) -> bytes:
    """The head anew, and that there are no extensions."""
    cabeza = bytearray(forma.largo + 4)
    for inicio, fin in forma.numeros:
        cabeza[inicio:fin] = octetos[inicio:fin]
    for nombre, (inicio, fin) in forma.textos.items():
        if bytes(octetos[inicio:fin]).strip(b"\0"):
            informe.acciones[f"NIFTI/{nombre}", Accion.QUITAR] += 1
    if desde > forma.largo + 4:
        informe.acciones["NIFTI/extensiones", Accion.QUITAR] += 1
    struct.pack_into(orden + forma.comienzo[1], cabeza, forma.comienzo[0], forma.largo + 4)
    # What lies beyond the last dimension says nothing.
    cuantas = struct.unpack_from(orden + forma.dim[1], octetos, forma.dim[0])[0]
    for (donde, tipo), primera in ((forma.dim, cuantas + 1), (forma.pixdim, max(cuantas, 3) + 1)):
        uno = struct.pack(orden + tipo[1], 1)
        for i in range(primera, 8):
            cabeza[donde + i * len(uno) : donde + (i + 1) * len(uno)] = uno
    _rehacer_reales(cabeza, forma, orden)
    return bytes(cabeza)


def _rehacer_reales(cabeza: bytearray, forma: _Forma, orden: str) -> None:
    """Each real number anew: what is none is the one NaN, next to nothing is nothing, and what nobody uses is zero.

    Raises:
        ApartarError: there are letters and digits where numbers have to be, or larger ones than anything measured.
    """
    (intencion,) = struct.unpack_from(orden + forma.intencion[1], cabeza, forma.intencion[0])
    for i, (inicio, fin) in enumerate(forma.reales):
        numeros = np.frombuffer(cabeza[inicio:fin], orden + forma.real).copy()
        if i == 0 and intencion == 0:
            numeros[:] = 0
        elif _LETRAS.search(cabeza, inicio, fin):
            raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
        numeros[np.isnan(numeros)] = np.nan
        if (np.abs(numeros[np.isfinite(numeros)]) > _MAXIMO_REAL).any():
            raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
        numeros[np.abs(numeros) < _MINIMO_REAL] = 0
        cabeza[inicio:fin] = numeros.tobytes()


def _inflado(octetos: Octetos, maximo: int) -> memoryview:
    """What is in the gzip file, one member or several; the head is looked at before the rest is inflated.

    A piece of the file at a time: the decompressor copies what it leaves over.
    """
    hecho, inflador = bytearray(), None
    for i in range(0, len(octetos), _BLOQUE):
        resto: Octetos = octetos[i : i + _BLOQUE]
        while len(resto):
            if inflador is None:
                # Zeros after the last member are a tape's.
                if not bytes(resto).strip(b"\0"):
                    break
                inflador = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            try:
                nuevo = inflador.decompress(resto, _BLOQUE)
            except zlib.error:
                raise ApartarError(Motivo.ESTRUCTURA_INVALIDA) from None
            primero = not hecho and len(nuevo) >= _DOS.largo + 4
            hecho += nuevo
            if len(hecho) > maximo or (primero and _voxeles(nuevo, *_forma(nuevo))[1] > maximo):
                raise ApartarError(Motivo.DEMASIADO_GRANDE)
            resto = inflador.unused_data if inflador.eof else inflador.unconsumed_tail
            if inflador.eof:
                inflador = None
    if inflador is not None:
        # All is read: what is left in the decompressor is less than a block.
        hecho += inflador.flush()
        if not inflador.eof:
            raise ApartarError(Motivo.TRUNCADO)
    return memoryview(hecho)


def _comprimidas(partes: tuple[Octetos, ...]) -> tuple[Octetos, ...]:
    """The same in gzip, whose own head has no name, comment or time."""
    compresor = zlib.compressobj(6, wbits=16 + zlib.MAX_WBITS)
    hechas = [compresor.compress(p[i : i + _BLOQUE]) for p in partes for i in range(0, len(p), _BLOQUE)]
    return (*(parte for parte in hechas if parte), compresor.flush())
