"""The run and its operating system: signals, the lock on a state folder, what is left of a killed run, memory, CPU."""

import fcntl
import json
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import psutil

from plataforma.errores import ErrorPlataforma, Interrumpida

CERROJO = "cerrojo"
MASCARA = 0o077
"""What a run makes is its owner's alone: state, logs and sockets hold what clients said, and secrets."""
REGISTRO = "procesos.json"
"""The file in a state folder that says which processes run: `{"name": pid}`."""


_recibidas: list[str] = []


@contextmanager
def senales_que_detienen() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP raise Interrumpida in the body, once; while it cleans up they are ignored."""

    def interrumpir(numero: int, _marco: FrameType | None) -> None:
        for senal in senales:
            signal.signal(senal, signal.SIG_IGN)
        _recibidas.append(signal.Signals(numero).name)
        raise Interrumpida(_recibidas[0])

    senales = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    _recibidas.clear()
    anteriores = {senal: signal.signal(senal, interrumpir) for senal in senales}
    try:
        yield
    finally:
        for senal, anterior in anteriores.items():
            signal.signal(senal, anterior)
        _recibidas.clear()


def exigir_seguir() -> None:
    """Raise Interrumpida once more: what a signal raises inside a finalizer, say, goes no further than that."""
    if _recibidas:
        raise Interrumpida(_recibidas[0])


@contextmanager
def solo_para_su_dueno() -> Iterator[None]:
    """Whatever is made in the body, also by the processes that it starts, nobody else may read (`MASCARA`)."""
    anterior = os.umask(MASCARA)
    try:
        yield
    finally:
        os.umask(anterior)


@contextmanager
def cerrojo(estado: Path) -> Iterator[None]:
    """Hold a state folder for oneself, closed to others. Raises ErrorPlataforma when another run has it."""
    estado.mkdir(parents=True, exist_ok=True)
    # It may be of a run before, whose files anybody could read.
    estado.chmod(0o777 & ~MASCARA)
    with (estado / CERROJO).open("a+", encoding="utf-8") as archivo:
        try:
            fcntl.flock(archivo, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            archivo.seek(0)
            raise ErrorPlataforma(
                f"The platform already runs on {estado} (pid {archivo.read().strip()}): stop it first. "
                "A second checkout can run beside it with DESPLAZAMIENTO=1000."
            ) from None
        archivo.truncate(0)
        archivo.write(str(os.getpid()))
        archivo.flush()
        yield


def terminar_restos(estado: Path) -> None:
    """End what a run left behind whose runner and process manager were both killed, and name it no more.

    A process that is older than the file naming it is the one it names: the number was not given away since.
    """
    registro = estado / REGISTRO
    if not registro.exists():
        return
    escrito = registro.stat().st_mtime
    procesos: dict[str, int] = json.loads(registro.read_text("utf-8"))
    matar(pid for pid in procesos.values() if _nacido(pid) < escrito)
    registrar(estado, {})


def registrar(estado: Path, procesos: Mapping[str, int]) -> None:
    """Say in a state folder which processes run; whoever reads it sees the old list or the new one."""
    nuevo = (estado / REGISTRO).with_suffix(".nuevo")
    nuevo.write_text(json.dumps(procesos, indent=1), encoding="utf-8")
    nuevo.replace(estado / REGISTRO)


def matar(pids: Iterable[int], segundos: float = 5) -> None:
    """End these processes with all that they started: first asked, then, after so many seconds, killed."""
    familias = [proceso for pid in pids for proceso in familia(pid)]
    for proceso in familias:
        with suppress(psutil.NoSuchProcess):
            proceso.terminate()
    for proceso in psutil.wait_procs(familias, timeout=segundos)[1]:
        with suppress(psutil.NoSuchProcess):
            proceso.kill()


def familia(pid: int) -> list[psutil.Process]:
    """A process and all its descendants; empty when it is gone."""
    try:
        proceso = psutil.Process(pid)
        return [proceso, *proceso.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def escuchados(pid: int) -> set[int] | None:
    """The TCP ports that a process and its descendants listen on; None where the system does not tell."""
    try:
        conexiones = [c for proceso in familia(pid) for c in proceso.net_connections("tcp")]
    except psutil.Error:
        return None
    return {c.laddr.port for c in conexiones if c.status == psutil.CONN_LISTEN and c.laddr}


def cpu(proceso: psutil.Process) -> float:
    """The seconds of CPU that it has used, those of its ended children included; 0 when it is gone."""
    try:
        tiempos = proceso.cpu_times()
    except psutil.Error:
        return 0.0
    return float(tiempos.user + tiempos.system + tiempos.children_user + tiempos.children_system)


def pss(proceso: psutil.Process) -> int:
    """Its memory in bytes, shared pages divided among their users; 0 when it is gone or not ours to look at."""
    try:
        memoria = proceso.memory_full_info()
    except psutil.Error:
        return 0
    # Only Linux knows PSS; the unique set size is the nearest elsewhere.
    return int(getattr(memoria, "pss", 0) or memoria.uss)


def _nacido(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return float("inf")
