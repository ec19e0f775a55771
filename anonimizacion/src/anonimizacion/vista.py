"""A small picture of a clean result, for whoever looks at many: made of its values alone (ADR 58)."""

import io
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LADO = 512
"""Pixels that a side has at most."""
_MUESTRA = 2 * LADO
"""Values that are looked at of a side; of a longer one each second, or third."""
_EXTREMOS = (0.5, 99.5)
"""Between these percentiles lies what is shown where nobody says what is to be."""
_COMPRESION = {"compress_level": 1, "compress_type": zlib.Z_RLE}
"""What is filtered has runs: to look for more takes three times as long, and finds nothing in a noisy frame."""
_UNO_DE_CADA = 4
"""Of rows and columns, how many are looked at for the percentiles."""


def en_png(cuadro: NDArray[Any], *, ventana: tuple[float, float] | None = None, claro_es_mayor: bool = True) -> bytes:
    """A frame as a PNG of at most :data:`LADO` pixels a side, which has nothing in it but pixels.

    Args:
        cuadro: its shades, rows by columns, or its colours, by three, in eight bits.
        ventana: between which values shades lie, as the file says; else between most of those that it has.
        claro_es_mayor: whether the greatest value is shown white.
    """
    vistos = muestra_de(cuadro)
    if vistos.ndim == 2:
        vistos = _en_tonos(vistos, ventana)
        vistos = vistos if claro_es_mayor else 255 - vistos
    imagen, salida = Image.fromarray(vistos), io.BytesIO()
    imagen.thumbnail((LADO, LADO), Image.Resampling.BILINEAR)
    imagen.save(salida, "PNG", **_COMPRESION)
    return salida.getvalue()


def muestra_de(cuadro: NDArray[Any]) -> NDArray[Any]:
    """What is looked at of a frame, all that a small picture needs: a copy of it."""
    paso = max(1, max(cuadro.shape[:2]) // _MUESTRA)
    return np.array(cuadro[::paso, ::paso])


def _extremos(valores: NDArray[Any], percentiles: tuple[float, float]) -> tuple[float, float]:
    """Between which values they lie; of those that have an end, if there are any."""
    finitos = valores[np.isfinite(valores)]
    menor, mayor = np.percentile(finitos, percentiles) if finitos.size else (0.0, 0.0)
    return float(menor), float(mayor)


def _en_tonos(valores: NDArray[Any], ventana: tuple[float, float] | None) -> NDArray[np.uint8]:
    if ventana is None and valores.dtype == np.uint8:
        return valores
    menor, mayor = ventana or _extremos(valores[::_UNO_DE_CADA, ::_UNO_DE_CADA], _EXTREMOS)
    if not mayor > menor:
        # Most of it is one value: what is not stands out.
        menor, mayor = _extremos(valores, (0, 100))
    escala = np.float32(255 / (mayor - menor) if mayor > menor else 0.0)
    dentro = np.clip(np.nan_to_num(valores.astype(np.float32)), menor, mayor)
    tonos: NDArray[np.uint8] = ((dentro - np.float32(menor)) * escala + np.float32(0.5)).astype(np.uint8)
    return tonos
