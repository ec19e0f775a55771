"""Places that the processes of one server share: one that is taken in one process is none in the others."""

import fcntl
import tempfile
import threading

from seedwork.entrada.problemas import ErrorHttp


class Sitios:
    """So many places, of this process and of those forked from it, all together.

    The system keeps them, as locks of a file's octets: a process that ends has left its own, however it ended. It is to
    be made before the fork, and none is to be taken before.

    Args:
        cuantos: how many.
    """

    def __init__(self, cuantos: int) -> None:
        self._libres_para_mi = set(range(cuantos))
        self._mios: set[int] = set()
        self._candado = threading.Lock()
        # Never closed: whichever of its descriptors a process closes, all its locks are gone.
        self._archivo = tempfile.TemporaryFile()  # noqa: SIM115

    def tomar(self) -> bool:
        """Take one; False where there is none."""
        with self._candado:
            for sitio in self._libres_para_mi:
                try:
                    fcntl.lockf(self._archivo, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, sitio)
                except (BlockingIOError, PermissionError):
                    continue
                self._libres_para_mi.remove(sitio)
                self._mios.add(sitio)
                return True
            return False

    def dejar(self) -> None:
        """Leave one that this process took."""
        with self._candado:
            sitio = self._mios.pop()
            self._libres_para_mi.add(sitio)
            fcntl.lockf(self._archivo, fcntl.LOCK_UN, 1, sitio)


class Sitio:
    """A request's place among those that are answered at length at a time. Whoever made it has it left.

    Args:
        libres: the places that are left.
    """

    def __init__(self, libres: Sitios) -> None:
        self._libres = libres
        self._tomado = False

    def tomar(self, lleno: str) -> None:
        """Take it.

        Args:
            lleno: what is said where there is none, in Spanish.

        Raises:
            ErrorHttp: 503, there is none.
        """
        if not self._libres.tomar():
            raise ErrorHttp(503, lleno, cabeceras={"Retry-After": "5"})
        self._tomado = True

    def dejar(self) -> None:
        """Leave it, if it was taken."""
        if self._tomado:
            self._tomado = False
            self._libres.dejar()
