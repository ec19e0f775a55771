"""What a file is by its first bytes, whatever it is called; and how one of each format is called."""

import zlib
from typing import NamedTuple

from anonimizacion.modelo import Formato, Octetos

CABEZA = 4096
"""Bytes from a file's beginning that tell what it is."""
GZIP = b"\x1f\x8b"


class Tipo(NamedTuple):
    """How a file is handed over: its media type, and what its name ends in, without the dot."""

    medio: str
    extension: str


_TIPOS = {
    Formato.DICOM: Tipo("application/dicom", "dcm"),
    Formato.PNG: Tipo("image/png", "png"),
    Formato.JPEG: Tipo("image/jpeg", "jpg"),
    Formato.NIFTI: Tipo("application/octet-stream", "nii"),
}
_NIFTI_EN_GZIP = Tipo("application/gzip", "nii.gz")
TIPOS = (*_TIPOS.values(), _NIFTI_EN_GZIP)
"""All that there are."""


def tipo(formato: Formato, cabeza: Octetos) -> Tipo:
    """That of a file of a format which begins so: a NIfTI in gzip is handed over in it."""
    return _NIFTI_EN_GZIP if formato is Formato.NIFTI and bytes(cabeza[:2]) == GZIP else _TIPOS[formato]


def reconocer(octetos: Octetos) -> Formato:
    """The format that a file seems to have. What seems to have none is asked as DICOM, which says why it is not."""
    cabeza = bytes(octetos[:CABEZA])
    if cabeza[128:132] != b"DICM":
        if cabeza.startswith(b"\x89PNG"):
            return Formato.PNG
        if cabeza.startswith(b"\xff\xd8\xff"):
            return Formato.JPEG
        if cabeza.startswith(GZIP) or _es_nifti(cabeza):
            return Formato.NIFTI
    return Formato.DICOM


def es_comprimido(cabeza: bytes) -> bool:
    """Whether a file that begins so has others within it, or another: an archive, or something compressed that is no
    NIfTI.

    Args:
        cabeza: its first :data:`CABEZA` bytes, or all that it has.
    """
    if cabeza.startswith(GZIP):
        return not _es_nifti(_inflada(cabeza))
    return cabeza.startswith(_FIRMAS) or (cabeza[:3] == b"BZh" and cabeza[4:10] in _BZIP2) or _es_tar(cabeza)


_FIRMAS = (
    b"PK\3\4",
    b"PK\5\6",
    b"PK\7\x08",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"LZIP",
    b"MSCF\0\0\0\0",
    b"\x1f\x9d",
    b"\x1f\xa0",
)
_BZIP2 = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")
_BLOQUE_TAR = 512
_SUMA = slice(148, 156)


def _es_nifti(cabeza: bytes) -> bool:
    return cabeza[344:347] in (b"n+1", b"ni1") or cabeza[4:7] in (b"n+2", b"ni2")


def _inflada(cabeza: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(cabeza, CABEZA)
    except zlib.error:
        return b""


def _es_tar(cabeza: bytes) -> bool:
    """By the sum of its first head, which old ones have too that bear no sign (POSIX.1-1988, 10.1.1)."""
    bloque = cabeza[:_BLOQUE_TAR]
    if len(bloque) < _BLOQUE_TAR or not any(bloque):
        return False
    dicha = bloque[_SUMA].strip(b" \0")
    if not dicha or dicha.strip(b"01234567"):
        return False
    return int(dicha, 8) == sum(bloque) - sum(bloque[_SUMA]) + 8 * ord(" ")
