"""A process that reads what others sent, for a worker and within limits: what kills it costs that errand an attempt,
and no more.

It gets errands and gives what becomes of them; it knows neither the broker nor the database. Whoever asks it ends it
when it takes too long, and makes another.
"""

import ctypes
import importlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Protocol

LATIDO_S = 4.0
"""Seconds between two signs of life for what it works on."""
_OJEADA_S = 0.2
_CORTESIA = 10
_DEL_ENTORNO = frozenset(
    {"PATH", "HOME", "LANG", "TZ", "TMPDIR", "NO_PROXY", "HTTPS_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}
)
_DEL_ENTORNO_ASI = ("PYTHON", "LC_", "LD_", "AWS_", "GOOGLE_", "OMP_", "OPENBLAS_")
"""Of the worker's environment, all that the process is told: how to run, and how the store lets it in."""
_PR_SET_PDEATHSIG = 1


class Taller(Protocol):
    """What it works with."""

    @property
    def memoria(self) -> int:
        """Octets that the process may have in all."""
        ...


class Encargo(Protocol):
    """What it is asked."""

    def hacer(self, taller: Any) -> Iterator[object]:
        """Do it, and tell what comes of it, piece by piece."""
        ...


class Perdido(Exception):
    """It died of its errand, took too long, lost its lease, or all is to stop."""


class Empleado:
    """Such a process, made when it is needed.

    Args:
        taller: what it works with.
        preparar: a module that it loads before anything waits for it, and before its memory is counted; empty for none.
    """

    def __init__(self, taller: Taller, preparar: str = "") -> None:
        self._taller = taller
        self._preparar = preparar
        self._actual: tuple[subprocess.Popen[bytes], Connection] | None = None

    def pedir(
        self, encargo: Encargo, *, plazo_s: float, parada: threading.Event, renovar: Callable[[], bool]
    ) -> Iterator[Any]:
        """Have an errand done; what it tells of it, as it comes. Who looks no further ends the process.

        Args:
            encargo: what is to be done.
            plazo_s: seconds that it may take.
            parada: is set when all is to stop.
            renovar: keeps the lease on what it works on; False where that is lost.

        Raises:
            Perdido: nothing more will come.
        """
        limite, latido = time.monotonic() + plazo_s, time.monotonic() + LATIDO_S
        conexion, acabado = self._conexion(), False
        try:
            conexion.send(encargo)
            while True:
                while not conexion.poll(_OJEADA_S):
                    ahora = time.monotonic()
                    if ahora > limite or parada.is_set():
                        raise Perdido
                    if ahora > latido:
                        latido = ahora + LATIDO_S
                        if not renovar():
                            raise Perdido
                respuesta = conexion.recv()
                if respuesta is None:
                    acabado = True
                    return
                yield respuesta
        except (EOFError, OSError) as error:
            raise Perdido from error
        finally:
            if not acabado:
                self.despedir()

    def despedir(self) -> None:
        """End the process, whatever it does."""
        actual, self._actual = self._actual, None
        if actual is not None:
            proceso, conexion = actual
            proceso.kill()
            proceso.wait()
            conexion.close()

    def _conexion(self) -> Connection:
        if self._actual is None or self._actual[0].poll() is not None:
            self.despedir()
            self._actual = _emplear(self._taller, self._preparar)
        return self._actual[1]


def _emplear(taller: Taller, preparar: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """A new process, and the way to it.

    What a file makes of it may be an attacker's: of the settings it is told the workshop's alone, and neither the
    database's address nor anybody else's secret is in its environment.
    """
    nuestra, suya = Pipe()
    programa = f"from {__name__} import trabajar; trabajar({suya.fileno()}, {os.getpid()}, {preparar!r})"
    with suya:
        proceso = subprocess.Popen(
            [sys.executable, "-c", programa],
            env={n: v for n, v in os.environ.items() if n in _DEL_ENTORNO or n.startswith(_DEL_ENTORNO_ASI)},
            stdin=subprocess.DEVNULL,
            pass_fds=[suya.fileno()],
        )
    with suppress(OSError):
        # That it is dead already is for whoever asks it to find.
        nuestra.send(taller)
    return proceso, nuestra


def trabajar(descriptor: int, de: int, preparar: str) -> None:
    """Be such a process.

    Args:
        descriptor: its end of the way, over which the workshop comes first.
        de: the process that made it, and that it ends with.
        preparar: the module to load beforehand; empty for none.
    """
    _morir_con(de)
    _callar()
    if preparar:
        importlib.import_module(preparar)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_CORTESIA)
    with suppress(EOFError, OSError), Connection(descriptor) as conexion:
        taller: Taller = conexion.recv()
        resource.setrlimit(resource.RLIMIT_AS, (taller.memoria, taller.memoria))
        # Its memory would be a person's file.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        while True:
            encargo: Encargo = conexion.recv()
            for respuesta in encargo.hacer(taller):
                conexion.send(respuesta)
            conexion.send(None)


def _morir_con(padre: int) -> None:
    """End as soon as whoever asks has ended, where the system can see to that."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != padre:
        os._exit(0)


def _callar() -> None:
    """Whatever a decoder says, or a stack trace, may quote a person's file: none of it reaches a log."""
    nada = os.open(os.devnull, os.O_WRONLY)
    for salida in (1, 2):
        os.dup2(nada, salida)
    os.close(nada)
