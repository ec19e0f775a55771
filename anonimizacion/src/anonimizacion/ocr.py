"""Where text stands in a picture. What it says never leaves this module.

The reader is ``rapidocr-onnxruntime`` (the distribution's extra ``ocr``), which carries its models: nothing is fetched;
of bar codes ``zxing-cpp``. They are loaded at the first picture that needs them.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anonimizacion.modelo import Rectangulo

Vista = NDArray[np.uint8]
"""A picture as it is looked at: rows, columns, and three colours."""

_BALDOSA = 960
"""Pixels of a side. A larger picture is looked at in pieces: the reader would make it smaller, and its letters too."""
_SOLAPE = 96
"""Pixels that pieces have in common, so that a line of text is whole in one of them, or read in both."""
_MINIMO = 6
"""Pixels of a side: no letter has fewer."""
_RELLENA = (208, 368)
"""Pixels of a side that a smaller picture is filled up to, the least of these that holds it, and is seen at twice: the
reader would blow it up further, for many times the time, and find no more."""
_LADO = 2 * _RELLENA[-1]
"""Pixels that the reader makes the shorter side of what is smaller."""
_LINEA = 40
"""Pixels that a line which can't be read may be high, with its margins; a tenth of the picture, where that is more."""
_LETRA, _POCAS = 80, 3
"""Of letters that are higher, in pixels, there have to be so many: a skull is read as a U."""
_PUNTUACION = 0.35
"""How sure the reader has to be, from 0 to 1, that what it found says something."""
_PUNTUACION_DE_PALABRA = 0.6
"""And that it is a word: speckle is read as letters too."""
_CODIGO = 4
"""Characters of a bar code: edges of bones make shorter ones."""
_PALABRA = re.compile(r"[^\W\d_]{3}|(?:\d\D*){5}")
"""Three letters in a row, or five digits in all: what a person types, names, numbers, days; no scale, no measure."""


class _Hallado(NamedTuple):
    """What looks like text: whether it can be read, and whether it is more than a scale's numbers and signs."""

    rectangulo: Rectangulo
    leido: bool
    palabra: bool


def hay_lector() -> bool:
    """Whether the extra ``ocr`` is installed, and runs here."""
    return _lector() is not None


def textos(vista: Vista) -> list[Rectangulo]:
    """The rectangles that look like text, each with a margin, whether or not it can be read.

    The reader knows Latin and Chinese letters alone, but finds others too, and lines that are turned or mirrored. What
    can't be read and is larger than a line of text is tissue.
    """
    maximo = max(_LINEA, min(vista.shape[:2]) // 10)
    return [
        (izquierda, arriba, derecha, abajo)
        for (izquierda, arriba, derecha, abajo), leido, _ in _mirar(vista)
        if leido or min(derecha - izquierda, abajo - arriba) <= maximo
    ]


def palabras(vista: Vista) -> list[Rectangulo]:
    """The rectangles in which words or long numbers are read; what is short stays, as scales and measures are."""
    return [hallado.rectangulo for hallado in _mirar(vista) if hallado.palabra]


def se_lee(vista: Vista) -> bool:
    """Whether anything can be read in a picture: at least a letter or a digit."""
    return any(hallado.leido for hallado in _mirar(vista))


def codigos(vista: Vista) -> list[Rectangulo]:
    """The rectangles of bar codes (Code 39 and 128, EAN, QR, Data Matrix and others), each with a margin."""
    import zxingcpp

    alto, ancho = vista.shape[:2]
    if min(alto, ancho) < _MINIMO:
        return []
    return [
        _con_margen(np.array([(e.x, e.y) for e in esquinas]), 0, 0, ancho, alto)
        for codigo in zxingcpp.read_barcodes(vista)
        if len(codigo.text) >= _CODIGO
        for p in [codigo.position]
        for esquinas in [(p.top_left, p.top_right, p.bottom_right, p.bottom_left)]
    ]


def _mirar(vista: Vista) -> Iterator[_Hallado]:
    """What looks like text; nothing where all is of one colour."""
    alto, ancho = vista.shape[:2]
    if min(alto, ancho) < _MINIMO or (vista == vista[0, 0]).all():
        return
    for x, y, baldosa in _baldosas(vista):
        for caja, *dicho in _leer(baldosa):
            yield _Hallado(_con_margen(caja, x, y, ancho, alto), *dicho)
    if max(alto, ancho) > _BALDOSA:
        # Letters that are larger than a piece.
        paso = -(-max(alto, ancho) // _BALDOSA)
        for caja, *dicho in _leer(_rellena(np.ascontiguousarray(vista[::paso, ::paso]))):
            yield _Hallado(_con_margen(caja * paso, 0, 0, ancho, alto), *dicho)


def _baldosas(vista: Vista) -> Iterator[tuple[int, int, Vista]]:
    alto, ancho = vista.shape[:2]
    for y in _comienzos(alto):
        for x in _comienzos(ancho):
            baldosa = vista[y : y + _BALDOSA, x : x + _BALDOSA]
            if not (baldosa == baldosa[0, 0]).all():
                yield x, y, _rellena(np.ascontiguousarray(baldosa))


def _comienzos(largo: int) -> list[int]:
    """Where pieces begin that cover a length, the last one flush with its end."""
    if largo <= _BALDOSA:
        return [0]
    return [*range(0, largo - _BALDOSA, _BALDOSA - _SOLAPE), largo - _BALDOSA]


def _rellena(vista: Vista) -> Vista:
    """The same with a black margin: what the reader takes time for is the size at which it sees it."""
    alto, ancho = vista.shape[:2]
    lado = next((lado for lado in _RELLENA if max(alto, ancho) + 8 <= lado), _RELLENA[-1])
    hecha = np.zeros((max(alto + 8, ancho // 2, lado), max(ancho + 8, alto // 2, lado), 3), np.uint8)
    hecha[:alto, :ancho] = vista
    return hecha


def _con_margen(caja: NDArray[Any], x: int, y: int, ancho: int, alto: int) -> Rectangulo:
    izquierda, arriba = caja.min(axis=0)
    derecha, abajo = caja.max(axis=0)
    margen = max(2, int(min(derecha - izquierda, abajo - arriba)) // 4)
    return (
        max(0, x + int(izquierda) - margen),
        max(0, y + int(arriba) - margen),
        min(ancho - 1, x + int(derecha) + 1 + margen),
        min(alto - 1, y + int(abajo) + 1 + margen),
    )


def _leer(vista: Vista) -> list[tuple[NDArray[Any], bool, bool]]:
    """The corners of what looks like text, whether it says anything, and whether that is a word."""
    leidas = []
    for caja, texto, puntuacion in _hallado(vista):
        esquinas, letras = np.asarray(caja), sum(c.isalnum() for c in texto)
        es_palabra = letras >= _POCAS or min(np.ptp(esquinas, axis=0)) <= _LETRA
        leido = puntuacion >= _PUNTUACION and letras > 0 and es_palabra
        leidas.append((esquinas, leido, puntuacion >= _PUNTUACION_DE_PALABRA and bool(_PALABRA.search(texto))))
    return leidas


def _hallado(vista: Vista) -> list[tuple[list[list[float]], str, float]]:
    """What the reader finds: corners, text, and how sure it is."""
    lector = _lector()
    lector.text_det.limit_side_len = min(_LADO, 2 * min(vista.shape[:2]))
    hallado, _ = lector(vista, text_score=0.0)
    return hallado or []


@cache
def _lector() -> Any:
    """The reader, once per process; None where it is not installed. One thread: for more, processes."""
    try:
        import zxingcpp  # noqa: F401
        from rapidocr_onnxruntime import RapidOCR
    except ImportError:
        return None
    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)
