"""Text burned into a picture: where it may be, and how it goes.

What a file says of itself (BurnedInAnnotation) clears nobody. Where text may be, it is outside of an ultrasound's
regions, or it is read; what is read is blacked out in every frame and looked for once more, and a picture in which
anything can still be read is kept apart.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anonimizacion import ocr
from anonimizacion.modelo import Informe, Motivo, Opciones, Rectangulo
from anonimizacion.ocr import Vista

MODALIDADES = frozenset(
    "US IVUS XA RF OT SC ES GM XC OP DG DOC HC SM RG PX IO NM".split()  # noqa: SIM905
)
"""Devices that burn texts in, or whose pictures come from a screen, a film, a camera, or a slide with its label."""
CLASES = tuple(f"1.2.840.10008.5.1.4.1.1.{rama}." for rama in ("3", "3.1", "6", "7", "12", "77.1"))
"""The beginnings of SOP classes likewise: ultrasound, secondary capture, angiography and fluoroscopy, visible light."""
ECOGRAFIAS = frozenset({"US", "IVUS"})
"""Modalities whose devices say where in the picture the body is (PS3.3 C.8.5.5)."""
MAXIMO_DE_CUADROS = 300
"""Frames that are read, mostly in less than a second each. More are kept apart: slides and long films."""
CUADROS_DE_MUESTRA = 8
"""Frames in which an ultrasound's regions are read: what is typed into a picture stands in all of them."""
_PASADAS = 3
"""How often a region is read, and a picture with bar codes: beside what went, and was read as one line with it, another
word may come to light, or more of the bars."""
SIN_LEER, LEIDAS_EN_PARTE = "REGIONES_SIN_LEER", "REGIONES_LEIDAS_EN_PARTE"
"""Notices: what stands within an ultrasound's regions was not read, or not in every frame."""
SIN_CERTEZA = frozenset({SIN_LEER, LEIDAS_EN_PARTE})
SIN_MIRAR = "PIXELES_SIN_MIRAR"
"""The notice that nothing says that a picture has text in it, so that nobody looked for any, but in frames over which
something seems to be drawn."""
_CAPTURAS = ("SCREEN", "CAPTURE", "FILM", "REPORT", "DOSE_INFO", "SECONDARY", "RENDER", "VRT", "SNAPSHOT")
"""In an Image Type: what devices call pictures of their screens and sheets, and what is made from images afterwards
(SECONDARY): views of volumes, maps, and whatever was saved with its notes."""
POCOS_BITS = 8
"""Devices measure in more: a picture with no more comes from a screen or a scanned film."""
_SEGMENTACIONES = "1.2.840.10008.5.1.4.1.1.66."
"""The beginning of SOP classes made by programs, mostly in few bits: where something is, not how it looks."""
_ADQUIRIDA = "ORIGINAL\\PRIMARY"
"""How a CT's Image Type begins if it is none that was made from others, as its dose pages and views are."""
_CASI_TODO = 0.95
"""The share of a picture from which on a region is no region."""
_IGUAL = 0.05
"""The share of a range by which another may differ and show the same."""
_ALREDEDOR = 24
"""Pixels to each side that make up what is around one: more than a letter is wide."""
_GRANO = 0.5
"""What values differ by at least, so that rounding on an even ground is no contrast."""
_DESVIACIONES = 3.0
"""How far from what is around it black and white are."""


_TRAZO = 8
"""Half of what a letter's stroke is narrower than, in pixels."""
_POCO_TRAZO = 24
"""Pixels: what is written has more. What was measured has its greatest value once or twice."""

_LLANOS = 2
"""Of the ranges of values, how many show no more than a screen does: all values, and most of them."""


class Mirada(NamedTuple):
    """A picture in one of the ways that it is looked at, and whether its contrasts were enhanced: noise is, too."""

    vista: Vista
    realzada: bool = False


def puede_haber(modalidad: str, clase: str, tipo: str, *, de_pantalla: bool, bits: int) -> bool:
    """Whether a DICOM picture may have text burned in.

    Args:
        modalidad: Modality (0008,0060).
        clase: SOP Class UID (0008,0016).
        tipo: Image Type (0008,0008).
        de_pantalla: it is in colours, says how it was converted (0008,0064), or that text is burned in.
        bits: Bits Stored (0028,0101).
    """
    return (
        de_pantalla
        or modalidad in MODALIDADES
        or f"{clase}.".startswith(CLASES)
        or any(captura in tipo for captura in _CAPTURAS)
        or (modalidad == "CT" and not tipo.startswith(_ADQUIRIDA))
        or (bits <= POCOS_BITS and not clase.startswith(_SEGMENTACIONES))
    )


def sobrepuesto(cuadro: NDArray[Any], *, claro_es_mayor: bool = True) -> bool:
    """Whether something may be drawn over a measured picture: what is white, as 256 shades tell it, are fine strokes.

    Args:
        cuadro: its values, rows and columns.
        claro_es_mayor: whether the greatest value is shown white.
    """
    menor, mayor = int(cuadro.min()), int(cuadro.max())
    paso = (mayor - menor) >> POCOS_BITS
    blanco = cuadro >= mayor - paso if claro_es_mayor else cuadro <= menor + paso
    if mayor == menor or np.count_nonzero(blanco) < _POCO_TRAZO:
        return False
    # A surface, as of metal or beyond a collimator, holds a square that no stroke does.
    gruesa = _media((_media(blanco.astype(np.float64), _TRAZO) == 1).astype(np.float64), _TRAZO) > 0
    return bool(np.count_nonzero(blanco & ~gruesa) >= _POCO_TRAZO)


def fuera_de(regiones: Iterable[Rectangulo], filas: int, columnas: int) -> list[Rectangulo]:
    """What of a picture lies in none of its regions, as rectangles; nothing where the regions tell nothing.

    Args:
        regiones: as the device says them; they are cut to the picture, and what is none is left out.
        filas: the picture's rows.
        columnas: its columns.
    """
    dentro = np.zeros((filas, columnas), bool)
    for izquierda, arriba, derecha, abajo in regiones:
        region = dentro[max(0, arriba) : max(0, abajo + 1), max(0, izquierda) : max(0, derecha + 1)]
        if region.size <= _CASI_TODO * dentro.size:
            region[:] = True
    if not dentro.any() or dentro.mean() > _CASI_TODO:
        return []
    return list(_rectangulos(~dentro))


def _rectangulos(donde: NDArray[np.bool_]) -> Iterable[Rectangulo]:
    """Rectangles that cover what is true, and nothing else: rows that are alike go together."""
    cambios = [0, *(np.flatnonzero((donde[1:] != donde[:-1]).any(axis=1)) + 1).tolist(), len(donde)]
    for arriba, hasta in pairwise(cambios):
        bordes = np.flatnonzero(np.diff(np.concatenate(([False], donde[arriba], [False])).astype(np.int8))).tolist()
        for izquierda, fin in zip(bordes[::2], bordes[1::2], strict=True):
            yield izquierda, arriba, fin - 1, hasta - 1


def se_puede(opciones: Opciones) -> bool:
    """Whether texts are to be read, and there is something to read them with."""
    return opciones.leer_texto and ocr.hay_lector()


class Lectura:
    """The reading of one picture's frames: first all of them by :meth:`buscar`, then those that had any once more.

    Args:
        opciones: what was chosen.
        informe: takes down a doubt that a person has settled.
        fuera: what is black before anything is read: what lies outside of an ultrasound's regions. Within, where the
            device shows scales and measures, only words are looked for.

    Raises:
        ApartarError: texts are not to be read, or there is nothing to read them with, and nobody has looked.
    """

    def __init__(self, opciones: Opciones, informe: Informe, fuera: Sequence[Rectangulo] = ()) -> None:
        self._opciones = opciones
        self._informe = informe
        self._lee = se_puede(opciones)
        if not self._lee:
            informe.dudar(Motivo.TEXTO_QUEMADO_POSIBLE, opciones)
        self.rectangulos = list(fuera)
        """What is to be blacked out, in every frame."""
        self._en_regiones = bool(fuera)
        self._hay_codigo = False

    def buscar(self, vistas: Sequence[Mirada]) -> bool:
        """Read a frame as it will be; whether there was any text that no earlier frame had in the same place."""
        leidas, antes = vistas if self._lee else (), len(self.rectangulos)
        for _ in range(_PASADAS):
            ya = len(self.rectangulos)
            for mirada in leidas:
                self.rectangulos += self._textos(mirada)
            if len(self.rectangulos) == ya or not (self._en_regiones or self._hay_codigo):
                break
        return len(self.rectangulos) > antes

    def _textos(self, mirada: Mirada) -> list[Rectangulo]:
        """What goes of a rendering: bar codes, and text; of what is enhanced, as of regions, words alone."""
        tapada = _tapada(mirada.vista, self.rectangulos)
        codigos = ocr.codigos(tapada)
        self._hay_codigo = self._hay_codigo or bool(codigos)
        return codigos + (ocr.palabras if self._en_regiones or mirada.realzada else ocr.textos)(tapada)

    def comprobar(self, vistas: Iterable[Mirada]) -> None:
        """Read a frame once more.

        Raises:
            ApartarError: there is still something to be read, and nobody has looked.
        """
        for vista, realzada in vistas:
            tapada = _tapada(vista, self.rectangulos)
            mirar = ocr.palabras if self._en_regiones or realzada else ocr.se_lee
            if mirar(tapada) or ocr.codigos(tapada):
                self._informe.dudar(Motivo.TEXTO_QUEMADO_POSIBLE, self._opciones)
                return


def dice_algo(cuadro: NDArray[Any]) -> bool:
    """Whether words, long numbers or bar codes are read in a picture; also where it is upside down or mirrored.

    Args:
        cuadro: its values, rows and columns.
    """
    return any(
        ocr.palabras(vista) or ocr.codigos(vista)
        for lado in (cuadro, cuadro[::-1])
        for vista, _ in vistas(np.ascontiguousarray(lado))
    )


def _tapada(vista: Vista, rectangulos: Sequence[Rectangulo]) -> Vista:
    copia = vista.copy()
    for izquierda, arriba, derecha, abajo in rectangulos:
        copia[arriba : abajo + 1, izquierda : derecha + 1] = 0
    return copia


def vistas(cuadro: NDArray[Any], ventanas: Iterable[tuple[float, float]] = ()) -> list[Mirada]:
    """A frame as it is looked at: its values as shades, or its colours, and what stands out from what is around it.

    What has more shades than a screen is looked at over its whole range, where burned-in text is the brightest, over
    that of most of its values, over the darker half of them, and as its file says that it is to be shown.

    Args:
        cuadro: rows and columns, or these and three colours.
        ventanas: the least and the greatest of the values that a screen shows, as the file says.
    """
    gris = cuadro.mean(axis=2) if cuadro.ndim == 3 else cuadro
    realce = [Mirada(_en_tres(_realzado(gris)), realzada=True)] if np.ptp(gris) else []
    if cuadro.dtype == np.uint8 and np.ptp(cuadro) >= 1 << 6:
        return [Mirada(_en_tres(cuadro)), *realce]
    rangos = [(float(cuadro.min()), float(cuadro.max()))]
    if cuadro.dtype != np.uint8:
        menor, mitad, mayor = np.percentile(cuadro, (1, 50, 99)).tolist()
        rangos += [(menor, mayor), (rangos[0][0], mitad), *ventanas]
    return [
        *(
            Mirada(_en_tres(_en_ocho_bits(cuadro, *suyo)), realzada=i >= _LLANOS)
            for i, suyo in enumerate(rangos)
            if _es_otro(suyo, rangos[:i])
        ),
        *realce,
    ]


def como_es(cuadro: NDArray[Any], *, claro_es_mayor: bool = True) -> Mirada:
    """A measured frame over its whole range, where what is drawn in white stands out.

    Args:
        cuadro: its values, rows and columns.
        claro_es_mayor: whether the greatest value is shown white.
    """
    tonos = _en_ocho_bits(cuadro, float(cuadro.min()), float(cuadro.max()))
    return Mirada(_en_tres(tonos if claro_es_mayor else 255 - tonos))


def _es_otro(rango: tuple[float, float], anteriores: Iterable[tuple[float, float]]) -> bool:
    """Whether a range shows something, and something else than the ones before."""
    menor, mayor = rango
    cerca = (mayor - menor) * _IGUAL
    return mayor > menor and not any(abs(a - menor) <= cerca and abs(b - mayor) <= cerca for a, b in anteriores)


def _realzado(gris: NDArray[Any]) -> NDArray[Any]:
    """What differs from the mean around it, by how much values differ there: faint letters, on whatever ground."""
    valores = gris.astype(np.float64)
    sobre = valores - _media(valores)
    desviacion = np.sqrt(np.maximum(_media(sobre * sobre), 0)) + _GRANO
    return _en_ocho_bits(sobre / desviacion, -_DESVIACIONES, _DESVIACIONES)


def _media(valores: NDArray[np.float64], alrededor: int = _ALREDEDOR) -> NDArray[np.float64]:
    """Each place's mean over the square around it, which ends at the picture's borders."""
    for eje in (0, 1):
        sumas = np.concatenate((np.zeros_like(valores.take([0], eje)), valores.cumsum(eje)), axis=eje)
        sitios = np.arange(valores.shape[eje])
        desde, hasta = np.maximum(sitios - alrededor, 0), np.minimum(sitios + alrededor + 1, len(sitios))
        cuantos = np.expand_dims(hasta - desde, 1 - eje)
        valores = (sumas.take(hasta, eje) - sumas.take(desde, eje)) / cuantos
    return valores


def _en_ocho_bits(cuadro: NDArray[Any], minimo: float, maximo: float) -> NDArray[Any]:
    escala = np.float32(255 / (maximo - minimo))
    tonos: NDArray[Any] = (np.clip(cuadro, minimo, maximo).astype(np.float32) - np.float32(minimo)) * escala
    return tonos.astype(np.uint8)


def _en_tres(cuadro: NDArray[Any]) -> Vista:
    tres = cuadro if cuadro.ndim == 3 else np.repeat(cuadro[..., None], 3, axis=2)
    return np.ascontiguousarray(tres, dtype=np.uint8)
