"""Where the bytes of a large result lie until somebody takes them: not in memory, which would grow with the picture."""

import mmap
import tempfile
from itertools import pairwise
from typing import IO

from anonimizacion.modelo import Octetos

EN_MEMORIA = 1 << 25
"""Bytes from which on they go to a file without a name, that ends with whoever has it; as its original's copy does."""


class Deposito:
    """Takes pieces one after the other, and gives them back as views."""

    def __init__(self) -> None:
        self._piezas: list[Octetos] = []
        self._cortes = [0]
        self._archivo: IO[bytes] | None = None

    def poner(self, pieza: Octetos) -> None:
        """Take one more.

        Raises:
            OSError: there is no room for it.
        """
        self._cortes.append(self._cortes[-1] + len(pieza))
        self._piezas.append(pieza)
        if self._archivo is None and self._cortes[-1] > EN_MEMORIA:
            self._archivo = tempfile.TemporaryFile()  # noqa: SIM115 (its map outlives it)
        if self._archivo is not None:
            self._archivo.writelines(self._piezas)
            self._piezas.clear()

    def piezas(self) -> list[Octetos]:
        """Each of them, when all are there."""
        if self._archivo is None:
            return self._piezas
        junto = self.junto()
        return [junto[desde:hasta] for desde, hasta in pairwise(self._cortes)]

    def junto(self) -> Octetos:
        """All of them in a row, when all are there."""
        if self._archivo is None:
            return b"".join(self._piezas)
        with self._archivo as archivo:
            archivo.flush()
            return memoryview(mmap.mmap(archivo.fileno(), 0, access=mmap.ACCESS_READ))
