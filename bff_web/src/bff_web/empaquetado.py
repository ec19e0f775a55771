"""Many files as one zip, written forward while they come."""

from typing import IO, cast
from zipfile import ZipFile, ZipInfo

from bff_web.cuerpos import no_valido
from bff_web.modelos_comandos import MAXIMO_VARIOS

MAXIMO_NOMBRES = 4 * 1024 * 1024
"""Octets that the names of many files may have together: they are held until the last has come."""


class Empaquetado:
    """A zip, a piece at a time. Files are stored as they are, without a time: the same ones in the same order are the
    same zip.

    Args:
        campo: the form's field that they come as, for whoever is told of a fault.
    """

    def __init__(self, campo: str) -> None:
        self._campo = campo
        self._salida = _Salida()
        self._zip = ZipFile(cast(IO[bytes], self._salida), "w")
        self._nombres: set[str] = set()
        self._caben = MAXIMO_NOMBRES

    def miembro(self, nombre: str) -> IO[bytes]:
        """Where the next file is written to; it is to be closed before the one after it.

        Args:
            nombre: its name as it came: whether a file may be called so is for whoever opens the package to say.

        Raises:
            ErrorHttp: 422 for no name, one that is given already, too many, or too much of them.
        """
        if not nombre or nombre.endswith("/"):
            raise no_valido([(self._campo, "cada parte debe decir en filename el nombre de su archivo")])
        try:
            self._caben -= len(nombre.encode())
        except UnicodeEncodeError:
            raise no_valido([(self._campo, "el nombre de un archivo no es UTF-8")]) from None
        if nombre in self._nombres:
            raise no_valido([(self._campo, "dos archivos tienen el mismo nombre: dé a cada uno el suyo")])
        if len(self._nombres) == MAXIMO_VARIOS:
            raise no_valido([(self._campo, f"debe tener como máximo {MAXIMO_VARIOS} elementos: envíe un zip")])
        if self._caben < 0:
            raise no_valido([(self._campo, f"sus nombres tienen más de {MAXIMO_NOMBRES} octetos: envíe un zip")])
        self._nombres.add(nombre)
        miembro = ZipInfo()
        # Given to it when it is made, what is behind a NUL would be left out.
        miembro.filename = nombre
        return self._zip.open(miembro, "w", force_zip64=True)

    def cerrar(self) -> None:
        """That was the last."""
        self._zip.close()

    def tomar(self) -> bytes:
        """What was written since it was last asked."""
        return self._salida.tomar()


class _Salida:
    """Where a zip is written to, and taken from a piece at a time; it does not look back."""

    def __init__(self) -> None:
        self._octetos = bytearray()

    def write(self, octetos: bytes) -> int:
        """Add these."""
        self._octetos += octetos
        return len(octetos)

    def flush(self) -> None:
        """Nothing: all is there."""

    def tomar(self) -> bytes:
        """What was written since it was last asked."""
        tomados = bytes(self._octetos)
        self._octetos.clear()
        return tomados
