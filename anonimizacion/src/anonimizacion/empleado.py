"""A process that reads what others sent, for whoever asks it and within limits: what kills it costs that errand an
attempt, and no more.

It gets errands and gives what becomes of them. Whoever asks it ends it when it takes too long, and makes another. A
file may have taken it over: what it says is read as data, never as objects that make themselves, and is held to what
may be said. The standard library alone: what reads an answer comes from whoever asks.
"""

import ctypes
import errno
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Protocol

LATIDO_S = 4.0
"""Seconds between two signs of life for what it works on."""
_OJEADA_S = 0.2
_GRACIA_S = 5.0
"""Seconds behind its time after which it is ended in the middle of a word."""
_RESPUESTA_MAXIMA = 64 * 1024**2
"""Octets of one answer."""
_LISTO, _ACABADO, _IMPEDIDO = b"listo", b"acabado", b"impedido"
"""What it says of itself: that it can begin, that no more comes of an errand, that this machine lets it do none."""
_DE_LA_MAQUINA = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.ENOENT, errno.EMFILE, errno.ENFILE, errno.EROFS, errno.EIO}
)
"""What goes wrong here whatever a file holds: no room, no folder for temporary files, too many open, a bad disk."""
_DEL_ENTORNO = frozenset({"PATH", "HOME", "LANG", "TZ", "TMPDIR"})
_DEL_ENTORNO_ASI = ("PYTHON", "LC_", "LD_", "OMP_", "OPENBLAS_")
"""Of the environment of whoever asks, what the process is told in any case: how to run."""
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


Lectores = Mapping[str, Callable[[bytes], Any]]
"""By the name of its type, a dataclass, what makes an answer of its JSON, or raises ValueError: the only answers that
there may be."""


class Perdido(Exception):
    """It died of its errand, took too long, said what can't be, lost its lease, or all is to stop."""


class Lento(Perdido):
    """It took too long."""


class Impedido(Exception):
    """This machine lets no errand be done now: no room, no process. It is no errand's fault."""


def _siempre() -> bool:
    return True


class Empleado:
    """Such a process, made when it is needed.

    Args:
        taller: what it works with.
        preparar: a module that it loads before anything waits for it, and before its memory is counted; empty for none.
        cortesia: by how much it lets others go first, as ``nice`` counts.
        entorno: how the names begin of what it is told of the environment besides.
    """

    def __init__(self, taller: Taller, preparar: str = "", *, cortesia: int = 0, entorno: tuple[str, ...] = ()) -> None:
        self._taller = taller
        self._preparar = preparar
        self._cortesia = cortesia
        self._entorno = entorno
        self._actual: tuple[subprocess.Popen[bytes], Connection] | None = None
        self._listo = False

    def pedir(
        self,
        encargo: Encargo,
        lectores: Lectores,
        *,
        plazo_s: float,
        parada: threading.Event,
        renovar: Callable[[], bool] = _siempre,
    ) -> Iterator[Any]:
        """Have an errand done; what it tells of it, as it comes. Who looks no further ends the process.

        Args:
            encargo: what is to be done.
            lectores: what may be told of it.
            plazo_s: seconds that it may take.
            parada: is set when all is to stop.
            renovar: keeps the lease on what it works on; False where that is lost.

        Raises:
            Perdido: nothing more will come.
            Impedido: nor was it tried.
        """
        limite, latido = time.monotonic() + plazo_s, time.monotonic() + LATIDO_S
        proceso, conexion = self._emplear()
        # Who says half a word keeps whoever listens.
        guardia = threading.Timer(plazo_s + _GRACIA_S, proceso.kill)
        guardia.daemon = True
        guardia.start()
        acabado = False
        try:
            conexion.send(encargo)
            while True:
                # However fast one answer follows the other.
                ahora = time.monotonic()
                if parada.is_set():
                    raise Perdido
                if ahora > limite:
                    raise Lento
                if ahora > latido:
                    latido = ahora + LATIDO_S
                    if not renovar():
                        raise Perdido
                if not conexion.poll(_OJEADA_S):
                    continue
                nombre, _, cuerpo = conexion.recv_bytes(_RESPUESTA_MAXIMA).partition(b"\n")
                if nombre == _LISTO:
                    self._listo = True
                elif nombre == _ACABADO:
                    acabado = True
                    return
                elif nombre == _IMPEDIDO:
                    raise Impedido
                else:
                    yield _leer(lectores, nombre, cuerpo)
        except (EOFError, OSError) as error:
            # What dies before it begins dies of no errand.
            raise (Impedido if not self._listo else Lento if time.monotonic() > limite else Perdido) from error
        finally:
            guardia.cancel()
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

    def _emplear(self) -> tuple[subprocess.Popen[bytes], Connection]:
        """The process, alive as far as anybody knows, and the way to it.

        Raises:
            Impedido: there can be none.
        """
        if self._actual is None or self._actual[0].poll() is not None:
            self.despedir()
            self._listo = False
            try:
                self._actual = _emplear(self._taller, self._preparar, self._cortesia, self._entorno)
            except OSError as error:
                raise Impedido from error
        return self._actual


def _leer(lectores: Lectores, nombre: bytes, cuerpo: bytes) -> Any:
    """An answer, if it may be one."""
    try:
        return lectores[nombre.decode("ascii")](cuerpo)
    except (KeyError, ValueError):
        # Their text would quote what was said.
        raise Perdido from None


def _emplear(
    taller: Taller, preparar: str, cortesia: int, entorno: tuple[str, ...]
) -> tuple[subprocess.Popen[bytes], Connection]:
    """A new process, and the way to it.

    What a file makes of it may be an attacker's: of the settings it is told the workshop's alone, and nobody's secret
    is in its environment but what it was let have. It is the same user's all the same. Its modules are looked for
    where ours are, and never in the folder that somebody happens to stand in.

    Raises:
        OSError: the system makes none.
    """
    nuestra, suya = Pipe()
    programa = (
        f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import trabajar; "
        f"trabajar({suya.fileno()}, {os.getpid()}, {preparar!r}, {cortesia})"
    )
    # From its first moment on, Ctrl-C is for whoever asks, who ends it.
    antes = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with suya:
            proceso = subprocess.Popen(
                [sys.executable, "-P", "-c", programa],
                env={
                    n: v for n, v in os.environ.items() if n in _DEL_ENTORNO or n.startswith(_DEL_ENTORNO_ASI + entorno)
                },
                stdin=subprocess.DEVNULL,
                pass_fds=[suya.fileno()],
            )
    except OSError:
        nuestra.close()
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, antes)
    with suppress(OSError):
        # That it is dead already is for whoever asks it to find.
        nuestra.send(taller)
    return proceso, nuestra


def trabajar(descriptor: int, de: int, preparar: str, cortesia: int) -> None:
    """Be such a process.

    Args:
        descriptor: its end of the way, over which the workshop comes first.
        de: the process that made it, and that it ends with.
        preparar: the module to load beforehand; empty for none.
        cortesia: by how much it lets others go first.
    """
    _morir_con(de)
    _callar()
    if preparar:
        importlib.import_module(preparar)
    os.nice(cortesia)
    with Connection(descriptor) as conexion, suppress(EOFError, OSError):
        taller: Taller = conexion.recv()
        conexion.send_bytes(_LISTO)
        _limitar(resource.RLIMIT_AS, taller.memoria)
        # Its memory would be a person's file.
        _limitar(resource.RLIMIT_CORE, 0)
        while True:
            _hacer(conexion.recv(), taller, conexion)


def _hacer(encargo: Encargo, taller: Taller, conexion: Connection) -> None:
    """Do an errand, and tell of it."""
    try:
        for respuesta in _sin_impedimento(encargo, taller):
            conexion.send_bytes(f"{type(respuesta).__name__}\n{json.dumps(respuesta, default=_llano)}".encode("ascii"))
    except Impedido:
        conexion.send_bytes(_IMPEDIDO)
    else:
        conexion.send_bytes(_ACABADO)


def _llano(valor: Any) -> object:
    """What JSON has no kind for: a duration as ISO 8601 has it, and a dataclass by its fields."""
    if isinstance(valor, timedelta):
        return f"{'-' * (valor < timedelta())}PT{abs(valor).total_seconds():f}S"
    return {campo.name: getattr(valor, campo.name) for campo in fields(valor)}


def _sin_impedimento(encargo: Encargo, taller: Taller) -> Iterator[object]:
    """What comes of an errand. Errors that are none of the way back must not pass for its end.

    Raises:
        Impedido: this machine does not let it be done.
    """
    try:
        yield from encargo.hacer(taller)
    except OSError as error:
        if error.errno in _DE_LA_MAQUINA:
            raise Impedido from error
        raise RuntimeError("el encargo acabó mal") from error


def _limitar(que: int, octetos: int) -> None:
    """No more than so many, nor than the system lets anybody have."""
    _, tope = resource.getrlimit(que)
    propio = octetos if tope == resource.RLIM_INFINITY else min(octetos, tope)
    resource.setrlimit(que, (propio, propio))


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
