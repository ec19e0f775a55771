"""The file's beginning, made anew: an empty preamble, and group 0002 with what a reader needs (PS3.10 7.1)."""

from anonimizacion.dicom.elementos import Codificacion, Conjunto, Elemento, texto_de
from anonimizacion.dicom.escritor import escribir
from anonimizacion.modelo import MOTOR

CLASE_DE_IMPLEMENTACION = "2.25.234961527437590263414203374620186510573"
"""Ours, drawn once by chance."""
_SOP_CLASS, _SOP_INSTANCE = 0x00080016, 0x00080018


def cabecera(datos: Conjunto, sintaxis: str) -> bytes:
    """Preamble, mark and file meta information for a clean data set.

    Args:
        datos: the data set; its SOP class and instance are repeated here.
        sintaxis: the transfer syntax that it is written in.
    """
    meta = b"".join(
        escribir(
            {
                0x00020001: Elemento("OB", b"\0\1"),
                0x00020002: Elemento("UI", texto_de(datos, _SOP_CLASS)),
                0x00020003: Elemento("UI", texto_de(datos, _SOP_INSTANCE)),
                0x00020010: Elemento("UI", sintaxis.encode()),
                0x00020012: Elemento("UI", CLASE_DE_IMPLEMENTACION.encode()),
                0x00020013: Elemento("SH", MOTOR.upper().replace("ANONIMIZACION", "ANON").encode()[:16]),
            },
            Codificacion(explicita=True),
        )
    )
    largo = escribir({0x00020000: Elemento("UL", len(meta).to_bytes(4, "little"))}, Codificacion(explicita=True))
    return b"".join((bytes(128), b"DICM", *largo, meta))
