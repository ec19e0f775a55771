"""Pixel data: there, whole, without anything that is no pixel, and without what is written in it.

What is not compressed is changed where it lies; frames that are compressed are decoded one at a time, which proves that
they can be, and stay as they were, without what stands beside the picture. Where a pixel has to change, all are written
anew in RLE, which loses nothing.
"""

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom._uid_dict import UID_dictionary
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from anonimizacion import quemado
from anonimizacion.deposito import Deposito
from anonimizacion.dicom import comprimidos
from anonimizacion.dicom.comprimidos import DE_ENTEROS, RLE, Imagen
from anonimizacion.dicom.elementos import IMAGENES, PIXELES, Conjunto, Elemento, Fragmentos, texto_de
from anonimizacion.dicom.lector import Archivo
from anonimizacion.dicom.tabla import Accion
from anonimizacion.modelo import ApartarError, Informe, Motivo, Octetos, Opciones, Rectangulo
from anonimizacion.quemado import Mirada
from anonimizacion.vista import en_png, muestra_de

_FILAS, _COLUMNAS, _MUESTRAS, _CUADROS, _PLANOS = 0x00280010, 0x00280011, 0x00280002, 0x00280008, 0x00280006
_RESERVADOS, _GUARDADOS, _ALTO, _SIGNO, _FOTOMETRIA = 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00280004
_CLASE, _MODALIDAD, _TIPO, _CONVERSION, _QUEMADO = 0x00080016, 0x00080060, 0x00080008, 0x00080064, 0x00280301
_REGIONES, _ESQUINAS = 0x00186011, (0x00186018, 0x0018601A, 0x0018601C, 0x0018601E)
_CENTRO, _ANCHO, _BASE, _ESCALA = 0x00281050, 0x00281051, 0x00281052, 0x00281053
_VENTANAS = 2
"""Of the windows that a file names, how many are looked through."""
_EXTENDIDA, _LARGOS, _TOTAL = 0x7FE00001, 0x7FE00002, 0x7FE00003
_PALETAS = ((0x00281101, 0x00281201), (0x00281102, 0x00281202), (0x00281103, 0x00281203))
_LO_QUE_ES = (
    *(_FILAS, _COLUMNAS, _MUESTRAS, _CUADROS, _PLANOS, _RESERVADOS, _GUARDADOS, _ALTO, _SIGNO, _FOTOMETRIA),
    *(tag for paleta in _PALETAS for tag in paleta),
)
_IMAGEN = "Image Storage"
_ESPECTROS = 0x56000020
"""Spectroscopy Data has rows and columns, too, and is no picture."""
_NATIVAS = frozenset({ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian})
_A_PARES = "YBR_FULL_422"
"""Two pixels share their colours."""
_BITS = "BITS_FUERA_DE_LOS_PIXELES"
_SIN_LEER = Opciones(leer_texto=False)
_BLOQUE = 1 << 22
"""Values looked at at once."""
_MAXIMO_EN_TOTAL = 1 << 35
"""Bytes that all of a compressed picture's frames may decode to: some minutes."""


@dataclass(frozen=True)
class Limpieza:
    """What was done to a picture.

    Attributes:
        sintaxis: the transfer syntax that it has now.
        tapada: whether any of it was blacked out, for text that was found or may have been there.
        hace_falta: the attributes without which it is none, or another one.
        muestra: of one that is compressed, what a small picture needs of its middle frame, as that was written: it is
            decoded once.
        fotometria: what the values of that mean.
    """

    sintaxis: str
    tapada: bool = False
    hace_falta: frozenset[int] = frozenset()
    muestra: NDArray[Any] | None = None
    fotometria: str = ""

    def sigue_entera(self, datos: Conjunto) -> bool:
        """Whether the walk left what the picture is: what stood there in a representation that is not its own goes,
        and an image without its pixels, or with fewer frames than they have, would pass for a clean one."""
        return all(tag in datos and bool(datos[tag].valor) for tag in self.hace_falta)


def limpiar(archivo: Archivo, opciones: Opciones, informe: Informe) -> Limpieza:
    """Clean the data set's picture in its place.

    Args:
        archivo: as it was read: this comes before the walk, since what it needs of the file's words goes there.
        opciones: what was chosen.
        informe: takes down what was done.

    Raises:
        ApartarError: there is a picture, and it is not readable, or can't be cleaned for certain.
    """
    datos = archivo.datos
    hay = [tag for tag in IMAGENES if tag in datos]
    clase = texto_de(datos, _CLASE).decode("latin-1")
    # A file that was cut between two elements is one without a picture: an image's class has to have one.
    if not hay and _IMAGEN not in UID_dictionary[clase][0] and (_FILAS not in datos or _ESPECTROS in datos):
        return Limpieza(archivo.sintaxis)
    if len(hay) != 1:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    elemento = datos[hay[0]]
    comprimida = isinstance(elemento.valor, Fragmentos)
    if comprimida == (archivo.sintaxis in _NATIVAS):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    imagen = _imagen(datos, archivo.codificacion.orden, enteros=hay[0] == PIXELES)
    tapado = _Tapado.de(datos, archivo.codificacion.orden, imagen, opciones, informe)
    if comprimida:
        hecha = _limpiar_comprimida(archivo, elemento, imagen, tapado, opciones, informe)
    else:
        _limpiar_nativa(archivo, hay[0], elemento, imagen, tapado, informe)
        hecha = Limpieza(archivo.sintaxis, bool(tapado.rectangulos))
    return replace(
        hecha, hace_falta=frozenset(tag for tag in (hay[0], *_LO_QUE_ES) if tag in datos and datos[tag].valor)
    )


def vista(datos: Conjunto, hecha: Limpieza, orden: str) -> bytes | None:
    """A small picture of the middle frame, where a screen can show it.

    Args:
        datos: the data set as it was written: clean.
        hecha: what was done to its picture.
        orden: its byte order.
    """
    hay = [tag for tag in IMAGENES if tag in datos]
    if not hay:
        return None
    imagen, elemento = _imagen(datos, orden, enteros=hay[0] == PIXELES), datos[hay[0]]
    if not imagen.se_ve or imagen.muestras not in (1, 3):
        return None
    if isinstance(elemento.valor, Fragmentos):
        if hecha.muestra is None:
            return None
        matriz, imagen = hecha.muestra, replace(imagen, fotometria=hecha.fotometria)
    elif orden == ">" and elemento.vr == "OW" and imagen.reservados == 8:
        return None
    else:
        largo, medio = len(elemento.octetos) // imagen.cuadros, imagen.cuadros // 2
        (matriz,) = _matrices(elemento.octetos[medio * largo : (medio + 1) * largo], replace(imagen, cuadros=1), orden)
    if matriz.ndim == 2 and imagen.fotometria != "PALETTE COLOR":
        ventana = next(iter(_ventanas(datos)), None)
        return en_png(matriz, ventana=ventana, claro_es_mayor=imagen.fotometria != "MONOCHROME1")
    colores = _en_colores(matriz, imagen, datos, orden)
    return None if colores is None else en_png(colores)


def _en_colores(matriz: NDArray[Any], imagen: Imagen, datos: Conjunto, orden: str) -> NDArray[Any] | None:
    """Red, green and blue in eight bits; None where nobody knows which they are."""
    if imagen.fotometria == "PALETTE COLOR":
        return _con_paleta(matriz, datos, orden)
    ocho: NDArray[Any] = (matriz >> max(0, imagen.guardados - 8)).astype(np.uint8)
    if imagen.fotometria.startswith("YBR_FULL"):
        return np.asarray(Image.fromarray(np.ascontiguousarray(ocho), "YCbCr").convert("RGB"))
    return ocho if imagen.fotometria == "RGB" else None


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


def _imagen(datos: Conjunto, orden: str, *, enteros: bool) -> Imagen:
    """What the data set says of its picture; floats have neither stored bits nor a sign.

    Raises:
        ApartarError: it says too little, or what can't be.
    """
    reservados = entero(datos, _RESERVADOS, orden)
    guardados = entero(datos, _GUARDADOS, orden, reservados) if enteros else reservados
    alto = entero(datos, _ALTO, orden, guardados - 1) if enteros else reservados - 1
    imagen = Imagen(
        filas=entero(datos, _FILAS, orden),
        columnas=entero(datos, _COLUMNAS, orden),
        muestras=entero(datos, _MUESTRAS, orden),
        cuadros=entero(datos, _CUADROS, orden, 1),
        reservados=reservados,
        guardados=guardados,
        alto=alto,
        con_signo=bool(entero(datos, _SIGNO, orden)) if enteros and reservados in DE_ENTEROS else False,
        reales=not enteros,
        fotometria=texto_de(datos, _FOTOMETRIA).decode("latin-1"),
        por_planos=bool(entero(datos, _PLANOS, orden, 0)),
    )
    if reservados not in (1, *DE_ENTEROS, 64) or not 0 < guardados <= alto + 1 <= reservados:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    if not imagen.filas * imagen.columnas * imagen.muestras * imagen.cuadros:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    return imagen


class _Tapado:
    """What of a picture is blacked out: known before (outside of an ultrasound's regions), or read, or nothing.

    Args:
        lectura: what reads it; None where nothing is to be read.
        fuera: what is blacked out without having been read.
        leidos: the frames that are read; all of them where none are named.
        si_parece: what reads a frame that nothing was said against, if it looks as if something were drawn over it.
        claro_es_mayor: whether the greatest value is shown white.
    """

    def __init__(
        self,
        lectura: quemado.Lectura | None,
        fuera: Sequence[Rectangulo] = (),
        leidos: frozenset[int] | None = None,
        si_parece: Callable[[], quemado.Lectura] | None = None,
        claro_es_mayor: bool = True,
    ) -> None:
        self._lectura = lectura
        self._si_parece = si_parece
        self._claro_es_mayor = claro_es_mayor
        self._fuera = list(fuera)
        self._leidos = leidos
        self._con_texto: set[int] = set()

    @classmethod
    def de(cls, datos: Conjunto, orden: str, imagen: Imagen, opciones: Opciones, informe: Informe) -> "_Tapado":
        """By what the data set says of device, class and kind; what it says of burned-in text counts where it is yes.

        Raises:
            ApartarError: there may be text, it can't be read, and nobody has looked.
        """
        clase, modalidad, tipo = (texto_de(datos, t).decode("latin-1") for t in (_CLASE, _MODALIDAD, _TIPO))
        de_pantalla = (
            imagen.muestras > 1
            or imagen.fotometria == "PALETTE COLOR"
            or bool(texto_de(datos, _CONVERSION))
            or texto_de(datos, _QUEMADO) == b"YES"
        )
        if not quemado.puede_haber(modalidad, clase, tipo, de_pantalla=de_pantalla, bits=imagen.guardados):
            informe.avisos.add(quemado.SIN_MIRAR)
            medida = imagen.muestras == 1 and imagen.guardados > quemado.POCOS_BITS and not imagen.reales
            leer = partial(_lectura_si_parece, imagen.cuadros, opciones, informe) if medida and imagen.se_ve else None
            return cls(None, si_parece=leer, claro_es_mayor=imagen.fotometria != "MONOCHROME1")
        if not imagen.se_ve or imagen.muestras not in (1, 3):
            informe.dudar(Motivo.TEXTO_QUEMADO_POSIBLE, opciones)
            return cls(None)
        if modalidad in quemado.ECOGRAFIAS:
            fuera = quemado.fuera_de(_regiones(datos, orden), imagen.filas, imagen.columnas)
            if fuera:
                legible = imagen.fotometria != "PALETTE COLOR" or _se_ve(datos, orden)
                return cls._en_regiones(fuera, imagen.cuadros, opciones if legible else _SIN_LEER, informe)
        if imagen.cuadros > quemado.MAXIMO_DE_CUADROS:
            informe.dudar(Motivo.TEXTO_QUEMADO_POSIBLE, opciones)
            return cls(None)
        return cls(quemado.Lectura(opciones, informe))

    @classmethod
    def _en_regiones(cls, fuera: Sequence[Rectangulo], cuadros: int, opciones: Opciones, informe: Informe) -> "_Tapado":
        """Of an ultrasound: what its device says is the body's may have been written into, so words go there too."""
        if not quemado.se_puede(opciones):
            informe.avisos.add(quemado.SIN_LEER)
            return cls(None, fuera)
        muestra = frozenset(np.linspace(0, cuadros - 1, min(cuadros, quemado.CUADROS_DE_MUESTRA)).round().astype(int))
        if len(muestra) < cuadros:
            informe.avisos.add(quemado.LEIDAS_EN_PARTE)
        return cls(quemado.Lectura(opciones, informe, fuera), leidos=muestra)

    @property
    def rectangulos(self) -> list[Rectangulo]:
        """What is to be blacked out, in every frame; all of it after the last one was looked at."""
        return self._lectura.rectangulos if self._lectura else self._fuera

    @property
    def hace_falta(self) -> bool:
        """Whether there may be text: frames have to be looked at, or what is to be blacked out is known."""
        return self._lectura is not None or bool(self._fuera) or self._si_parece is not None

    def mirar(self, numero: int, matriz: NDArray[Any], vistas: Callable[[], Sequence[Mirada]]) -> None:
        """Look at a frame for the first time, where frames have to be looked at.

        Raises:
            ApartarError: it looks as if something were drawn over it, it can't be read, and nobody has looked.
        """
        if self._si_parece:
            if not quemado.sobrepuesto(matriz, claro_es_mayor=self._claro_es_mayor):
                return
            self._lectura = self._lectura or self._si_parece()
        if (
            self._lectura
            and (self._leidos is None or numero in self._leidos)
            and self._lectura.buscar(self._miradas(matriz, vistas))
        ):
            self._con_texto.add(numero)

    def comprobar(self, numero: int, matriz: NDArray[Any], vistas: Callable[[], Sequence[Mirada]]) -> None:
        """Look once more at a frame that had text.

        Raises:
            ApartarError: it still has.
        """
        if self._lectura and numero in self._con_texto:
            self._lectura.comprobar(self._miradas(matriz, vistas))

    def _miradas(self, matriz: NDArray[Any], vistas: Callable[[], Sequence[Mirada]]) -> Sequence[Mirada]:
        return [quemado.como_es(matriz, claro_es_mayor=self._claro_es_mayor)] if self._si_parece else vistas()

    def ennegrecer(self, matriz: NDArray[Any], imagen: Imagen) -> None:
        """Black out what is to be, in a frame's values."""
        for izquierda, arriba, derecha, abajo in self.rectangulos:
            matriz[arriba : abajo + 1, izquierda : derecha + 1] = _negro(matriz, imagen)


def _lectura_si_parece(cuadros: int, opciones: Opciones, informe: Informe) -> quemado.Lectura:
    """What reads frames over which something seems to be drawn, though nothing else said so."""
    if cuadros == 1:
        informe.avisos.discard(quemado.SIN_MIRAR)
    return quemado.Lectura(
        opciones if cuadros <= quemado.MAXIMO_DE_CUADROS else replace(opciones, leer_texto=False), informe
    )


def _negro(matriz: NDArray[Any], imagen: Imagen) -> Any:
    """What a frame has where there is nothing."""
    if imagen.fotometria.startswith("YBR_FULL"):
        return [0, 128, 128]
    blanco = imagen.fotometria == "MONOCHROME1"
    if imagen.reales:
        finitos = matriz[np.isfinite(matriz)]
        return (finitos.max() if blanco else finitos.min()) if finitos.size else 0
    if blanco:
        return matriz.max() if imagen.con_signo else (1 << imagen.guardados) - 1
    return matriz.min() if imagen.con_signo else 0


def _regiones(datos: Conjunto, orden: str) -> Iterator[Rectangulo]:
    """An ultrasound's regions; one that is not whole is none."""
    elemento = datos.get(_REGIONES)
    for item in elemento.items if elemento is not None and elemento.vr == "SQ" else []:
        esquinas = [item.get(tag) for tag in _ESQUINAS]
        if all(e is not None and not isinstance(e.valor, list | Fragmentos) and len(e.valor) == 4 for e in esquinas):
            izquierda, arriba, derecha, abajo = (struct.unpack(orden + "I", e.octetos)[0] for e in esquinas if e)
            yield izquierda, arriba, derecha, abajo


def _vistas(matriz: NDArray[Any], imagen: Imagen, datos: Conjunto, orden: str) -> list[Mirada]:
    """A frame as whoever looks at it sees it."""
    if imagen.fotometria == "PALETTE COLOR":
        return [*quemado.vistas(matriz), *quemado.vistas(_con_paleta(matriz, datos, orden))]
    if matriz.ndim == 2:
        return quemado.vistas(_finita(matriz) if imagen.reales else matriz, _ventanas(datos))
    if imagen.fotometria.startswith("YBR_FULL") and matriz.dtype == np.uint8:
        colores = Image.fromarray(np.ascontiguousarray(matriz), "YCbCr").convert("RGB")
        return quemado.vistas(np.asarray(colores))
    return quemado.vistas(matriz)


def _finita(matriz: NDArray[Any]) -> NDArray[Any]:
    """Real values, none of which is no number or has no end: these are as dark as the darkest."""
    finitos = np.isfinite(matriz)
    return np.where(finitos, matriz, matriz[finitos].min() if finitos.any() else 0)


def _ventanas(datos: Conjunto) -> list[tuple[float, float]]:
    """The ranges of values that the file says a screen is to show; none where it says none that is one."""
    (centros, anchos), (escala, base) = (
        [_reales(datos, tag) for tag in tags] for tags in ((_CENTRO, _ANCHO), (_ESCALA, _BASE))
    )
    por, mas = (escala or [1.0])[0], (base or [0.0])[0]
    bordes = [((c - a / 2 - mas) / por, (c + a / 2 - mas) / por) for c, a in zip(centros, anchos, strict=False) if por]
    return [(min(suyos), max(suyos)) for suyos in bordes[:_VENTANAS]]


def _reales(datos: Conjunto, tag: int) -> list[float]:
    try:
        numeros = [float(parte) for parte in texto_de(datos, tag).split(b"\\") if parte.strip()]
    except ValueError:
        return []
    return numeros if all(math.isfinite(n) for n in numeros) else []


def _se_ve(datos: Conjunto, orden: str) -> bool:
    """Whether it can be told in which colours a palette shows what."""
    try:
        _con_paleta(np.zeros((1, 1), np.uint8), datos, orden)
    except ApartarError:
        return False
    return True


def _con_paleta(matriz: NDArray[Any], datos: Conjunto, orden: str) -> NDArray[Any]:
    """The colours that a frame's values stand for.

    Raises:
        ApartarError: the palette is none, or one in segments.
    """
    canales = []
    for descriptor, tabla in _PALETAS:
        dicho, valores = (datos.get(tag) for tag in (descriptor, tabla))
        if dicho is None or valores is None or len(dicho.octetos) != 6:
            raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
        entradas, primera, bits = struct.unpack(orden + "HHH", dicho.octetos)
        entradas = entradas or 1 << 16
        if len(valores.octetos) == 2 * entradas:
            tonos: NDArray[Any] = np.frombuffer(valores.octetos, orden + "u2") >> (8 if bits > 8 else 0)
        elif len(valores.octetos) in (entradas, entradas + 1):
            tonos = np.frombuffer(valores.octetos, np.uint8)[:entradas]
        else:
            raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
        canales.append(tonos[np.clip(matriz.astype(np.int64) - primera, 0, entradas - 1)].astype(np.uint8))
    return np.stack(canales, axis=-1)


# --- Not compressed ---


def _limpiar_nativa(
    archivo: Archivo, tag: int, elemento: Elemento, imagen: Imagen, tapado: _Tapado, informe: Informe
) -> None:
    """Cut what follows the last pixel; clear the bits that are no pixel's; black out what is to be."""
    valor, orden = elemento.octetos, archivo.codificacion.orden
    cuantos = imagen.filas * imagen.columnas * imagen.muestras * imagen.cuadros
    if imagen.fotometria == _A_PARES:
        cuantos = cuantos * 2 // 3
    octetos = (cuantos * imagen.reservados + 7) // 8
    if len(valor) < octetos:
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    if len(valor) > octetos:
        if bytes(valor[octetos:]).strip(b"\0"):
            informe.avisos.add("OCTETOS_TRAS_LA_IMAGEN")
        valor = valor[:octetos]
    if tag == PIXELES and imagen.reservados in DE_ENTEROS:
        bloques = partial(_bloques, np.frombuffer(valor, imagen.tipo(orden)))
        if any(_sin_bits_de_mas(bloque, imagen) is not bloque for bloque in bloques()):
            informe.avisos.add(_BITS)
            deposito = Deposito()
            for bloque in bloques():
                deposito.poner(_sin_bits_de_mas(bloque, imagen).tobytes())
            valor = deposito.junto()
    if imagen.se_ve:
        en_palabras = tapado.hace_falta and orden == ">" and elemento.vr == "OW" and imagen.reservados == 8
        tapada = _tapar_nativa(_al_reves(valor) if en_palabras else valor, imagen, tapado, archivo, informe)
        if tapado.rectangulos:
            valor = _al_reves(tapada) if en_palabras else tapada
    elemento.valor = valor


def _al_reves(valor: Octetos) -> bytes:
    """Bytes that are words of two in big endian, each of which holds its second pixel first; and back."""
    if len(valor) % 2:
        raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
    return np.frombuffer(valor, "u2").byteswap().tobytes()


def _bloques(pixeles: NDArray[Any]) -> Iterator[NDArray[Any]]:
    return (pixeles[desde : desde + _BLOQUE] for desde in range(0, len(pixeles), _BLOQUE))


def _sin_bits_de_mas(pixeles: NDArray[Any], imagen: Imagen) -> NDArray[Any]:
    """Pixels whose unused bits, where overlays were once kept, are zero, or their sign; the same where they were."""
    ancho = imagen.reservados
    usados = ((1 << imagen.guardados) - 1) << (imagen.alto + 1 - imagen.guardados)
    if usados == (1 << ancho) - 1:
        return pixeles
    arriba, abajo = ancho - 1 - imagen.alto, imagen.alto + 1 - imagen.guardados
    con_signo = imagen.con_signo
    limpios = pixeles << arriba >> (arriba + abajo) << abajo if con_signo else pixeles & pixeles.dtype.type(usados)
    # What was calculated has this machine's byte order.
    return pixeles if np.array_equal(limpios, pixeles) else limpios.astype(pixeles.dtype)


def _tapar_nativa(valor: Octetos, imagen: Imagen, tapado: _Tapado, archivo: Archivo, informe: Informe) -> Octetos:
    """The same, or a copy with black where text was."""
    datos, orden = archivo.datos, archivo.codificacion.orden
    if not tapado.hace_falta:
        return valor
    for numero, matriz in enumerate(_matrices(valor, imagen, orden)):
        tapado.mirar(numero, matriz, partial(_vistas, matriz, imagen, datos, orden))
    if not tapado.rectangulos:
        return valor
    informe.regiones += tapado.rectangulos
    deposito, largo = Deposito(), len(valor) // imagen.cuadros
    for numero in range(imagen.cuadros):
        cuadro = bytearray(valor[numero * largo : (numero + 1) * largo])
        (matriz,) = _matrices(cuadro, replace(imagen, cuadros=1), orden)
        tapado.ennegrecer(matriz, imagen)
        tapado.comprobar(numero, matriz, partial(_vistas, matriz, imagen, datos, orden))
        deposito.poner(matriz.tobytes() if imagen.fotometria == _A_PARES else memoryview(cuadro))
    if imagen.fotometria == _A_PARES:
        datos[_FOTOMETRIA] = Elemento("CS", b"YBR_FULL")
    return deposito.junto()


def _matrices(valor: Octetos | bytearray, imagen: Imagen, orden: str) -> Iterator[NDArray[Any]]:
    """Each frame's values, rows by columns (by three): where they lie; of pairs that share their colours, a copy."""
    pixeles = np.frombuffer(valor, imagen.tipo(orden)).reshape(imagen.cuadros, -1)
    for cuadro in pixeles:
        if imagen.fotometria == _A_PARES:
            if imagen.columnas % 2 or imagen.muestras != 3:
                raise ApartarError(Motivo.PIXELES_ILEGIBLES)
            pares = cuadro.reshape(imagen.filas, imagen.columnas // 2, 4)
            brillo = pares[..., :2].reshape(imagen.filas, imagen.columnas)
            yield np.stack([brillo, *(np.repeat(pares[..., i], 2, axis=1) for i in (2, 3))], axis=-1)
        elif imagen.muestras == 1:
            yield cuadro.reshape(imagen.filas, imagen.columnas)
        elif imagen.por_planos:
            yield np.moveaxis(cuadro.reshape(imagen.muestras, imagen.filas, imagen.columnas), 0, -1)
        else:
            yield cuadro.reshape(imagen.filas, imagen.columnas, imagen.muestras)


# --- Compressed ---


def _limpiar_comprimida(
    archivo: Archivo, elemento: Elemento, imagen: Imagen, tapado: _Tapado, opciones: Opciones, informe: Informe
) -> Limpieza:
    """Frame by frame: what is no picture's goes, and each is decoded; written anew where a pixel has to change."""
    datos, sintaxis = archivo.datos, archivo.sintaxis
    if not comprimidos.se_conoce(sintaxis) or imagen.reservados not in DE_ENTEROS or imagen.muestras not in (1, 3):
        raise ApartarError(Motivo.PIXELES_NO_ADMITIDOS)
    if imagen.octetos_por_cuadro > opciones.maximo_inflado:
        raise ApartarError(Motivo.DEMASIADO_GRANDE)
    if imagen.octetos_por_cuadro * imagen.cuadros > _MAXIMO_EN_TOTAL:
        raise ApartarError(Motivo.DEMASIADO_GRANDE)
    extendida = datos.get(_EXTENDIDA)
    fragmentos = elemento.valor
    assert isinstance(fragmentos, Fragmentos)  # nosec B101 # noqa: S101 (its caller asked)
    donde = extendida.octetos if extendida is not None else None
    for tag in (_EXTENDIDA, _LARGOS, _TOTAL):
        # They would be false: frames may be shorter now.
        datos.pop(tag, None)
    intactos: list[tuple[Octetos | None, int]] = []
    cambiados = Deposito()
    rehacer = sintaxis == RLE
    del_medio: NDArray[Any] | None = None
    for numero, sucio in enumerate(comprimidos.cuadros(fragmentos, imagen.cuadros, donde)):
        entero = bytes(sucio)
        limpio, bits = comprimidos.limpio(entero, sintaxis, imagen)
        matriz, fotometria = comprimidos.decodificado(limpio, bits, sintaxis, imagen)
        if len(sucio) - len(limpio) > 1:
            informe.acciones["7FE0,0010/segmentos", Accion.QUITAR] += 1
        if numero == imagen.cuadros // 2:
            del_medio = muestra_de(matriz)
        if _sin_bits_de_mas(matriz, imagen) is not matriz:
            informe.avisos.add(_BITS)
            rehacer = True
        tapado.mirar(numero, matriz, partial(_vistas, matriz, replace(imagen, fotometria=fotometria), datos, "<"))
        # What stays as it was stays where it lies.
        intacto = isinstance(sucio, memoryview) and entero.startswith(limpio)
        intactos.append((sucio[: len(limpio)] if intacto else None, bits))
        if not intacto:
            cambiados.poner(limpio)
    puestos = iter(cambiados.piezas())
    limpios = [(next(puestos) if intacto is None else intacto, bits) for intacto, bits in intactos]
    if not rehacer and not tapado.rectangulos:
        elemento.valor = comprimidos.encapsulados([limpio for limpio, _ in limpios])
        return Limpieza(sintaxis, muestra=del_medio, fotometria=fotometria)
    informe.regiones += tapado.rectangulos
    deposito, total = Deposito(), 0
    nueva = replace(imagen, fotometria=fotometria)
    for numero, (guardado, bits) in enumerate(limpios):
        decodificada, _ = comprimidos.decodificado(bytes(guardado), bits, sintaxis, imagen)
        matriz = np.array(_sin_bits_de_mas(decodificada, imagen))
        tapado.ennegrecer(matriz, nueva)
        tapado.comprobar(numero, matriz, partial(_vistas, matriz, nueva, datos, "<"))
        if numero == imagen.cuadros // 2:
            del_medio = muestra_de(matriz)
        hecho = comprimidos.en_rle(matriz, imagen)
        total += len(hecho)
        if total > opciones.maximo_inflado:
            raise ApartarError(Motivo.DEMASIADO_GRANDE)
        deposito.poner(hecho)
    elemento.valor = comprimidos.encapsulados(deposito.piezas())
    datos[_FOTOMETRIA] = Elemento("CS", fotometria.encode())
    if imagen.muestras > 1:
        # RLE has one colour after the other.
        datos[_PLANOS] = Elemento("US", b"\1\0")
    return Limpieza(RLE, bool(tapado.rectangulos), muestra=del_medio, fotometria=fotometria)
