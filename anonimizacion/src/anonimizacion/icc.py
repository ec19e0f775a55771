"""Colour profiles (ICC.1:2022, and version 2): what is needed to show a colour stays, words, names and dates go.

A profile's description, copyright, device names and dates are texts that a device or a hospital writes. A profile is
made anew from its numbers: curves, matrices, tables, white points.
"""

import struct

_CABECERA = 128
_NUMERICOS = frozenset(
    {b"XYZ ", b"curv", b"para", b"sf32", b"mft1", b"mft2", b"mAB ", b"mBA ", b"sig ", b"view", b"meas"}
)
"""Types of tags that hold numbers."""
_OBLIGADOS = (b"desc", b"cprt")
"""Texts that a profile must have."""
_TEXTO = b"-"
_MAXIMO_DE_ETIQUETAS = 100


def limpiar(perfil: bytes) -> bytes | None:
    """A profile without texts; None where it is none that can be read, or has a space of no known kind."""
    if len(perfil) < _CABECERA + 4 or perfil[36:40] != b"acsp":
        return None
    largo, cuantas = struct.unpack(">I", perfil[:4])[0], struct.unpack(">I", perfil[128:132])[0]
    if largo > len(perfil) or cuantas > _MAXIMO_DE_ETIQUETAS or _CABECERA + 4 + 12 * cuantas > largo:
        return None
    # Version, class, space, connection space; rendering intent, illuminant. Makers, dates, flags and id are zero.
    version, clase = perfil[8:12], perfil[12:24]
    if not all(c in b" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" for c in clase):
        return None
    cabecera = bytearray(_CABECERA)
    cabecera[8:10], cabecera[12:24], cabecera[36:40], cabecera[64:80] = version[:2], clase, b"acsp", perfil[64:80]
    datos = {nombre: _texto(nombre, version[0]) for nombre in _OBLIGADOS}
    for n in range(cuantas):
        nombre, desde, tamano = struct.unpack_from(">4sII", perfil, _CABECERA + 4 + 12 * n)
        suyo = perfil[desde : desde + tamano]
        if suyo[:4] in _NUMERICOS and len(suyo) == tamano and nombre.isalnum():
            datos[nombre] = suyo[:4] + bytes(4) + suyo[8:]
    return _juntar(cabecera, datos)


def _texto(nombre: bytes, version: int) -> bytes:
    """A text of the version's own type that says nothing."""
    if version >= 4:
        return b"mluc" + bytes(4) + struct.pack(">IIHHII", 1, 12, 0x656E, 0x5553, 2, 28) + b"\0" + _TEXTO
    if nombre == b"cprt":
        return b"text" + bytes(4) + _TEXTO + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", 2) + _TEXTO + b"\0" + bytes(78)


def _juntar(cabecera: bytearray, datos: dict[bytes, bytes]) -> bytes:
    indice, cuerpo = bytearray(struct.pack(">I", len(datos))), bytearray()
    inicio = _CABECERA + 4 + 12 * len(datos)
    puestos: dict[bytes, int] = {}
    for nombre, suyo in datos.items():
        if suyo not in puestos:
            puestos[suyo] = inicio + len(cuerpo)
            cuerpo += suyo + bytes(-len(suyo) % 4)
        indice += struct.pack(">4sII", nombre, puestos[suyo], len(suyo))
    cabecera[:4] = struct.pack(">I", inicio + len(cuerpo))
    return bytes(cabecera + indice + cuerpo)
