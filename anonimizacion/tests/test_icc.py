"""A colour profile without words shows the same colours."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from anonimizacion import icc


def perfil(marca: bytes) -> bytes:
    """sRGB, with the mark in header, description, copyright, and a tag of nobody's."""
    hecho = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    largo, cuantas = struct.unpack(">I", hecho[:4])[0], struct.unpack(">I", hecho[128:132])[0]
    indice, cuerpo = hecho[132 : 132 + 12 * cuantas], hecho[132 + 12 * cuantas :]
    corrido = b"".join(
        struct.pack(">4sII", nombre, desde + 12, tamano)
        for nombre, desde, tamano in struct.iter_unpack(">4sII", indice)
    )
    propio = b"text" + bytes(4) + marca + b"\0"
    entrada = struct.pack(">4sII", b"zzzz", largo + 12, len(propio))
    cabecera = bytearray(hecho[:128])
    cabecera[48:52] = marca[:4]
    todo = bytes(cabecera) + struct.pack(">I", cuantas + 1) + corrido + entrada + cuerpo + propio
    return struct.pack(">I", len(todo)) + todo[4:]


@pytest.mark.parametrize("version", [2, 4])
def test_sin_palabras_muestra_los_mismos_colores(version: int) -> None:
    original = bytearray(perfil(b"QXMARCA9"))
    original[8] = version
    limpio = icc.limpiar(bytes(original))
    assert limpio is not None
    assert b"QXMARCA9" in original
    assert b"QXMA" not in limpio
    assert limpio[24:36] == bytes(12)
    imagen = Image.fromarray(np.arange(4 * 4 * 3, dtype="u1").reshape(4, 4, 3) * 5)
    destino = ImageCms.createProfile("LAB")
    vistas = []
    for suyo in (bytes(original), limpio):
        transformada = ImageCms.buildTransform(ImageCms.ImageCmsProfile(io.BytesIO(suyo)), destino, "RGB", "LAB")
        vistas.append(np.asarray(ImageCms.applyTransform(imagen, transformada)))
    np.testing.assert_array_equal(*vistas)


@pytest.mark.parametrize("nada", [b"", b"x" * 200, perfil(b"QX")[:150], perfil(b"QX").replace(b"RGB ", b"R\0B ")])
def test_lo_que_no_es_un_perfil_se_va(nada: bytes) -> None:
    assert icc.limpiar(nada) is None
