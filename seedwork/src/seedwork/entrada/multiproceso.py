"""The folder in which the processes of one server count together, and what becomes of it when some of them die.

Each process counts into files of its own, and whoever is asked adds all of them up. The files of one that is gone would
stay for as long as the server runs: its counts are added to those of the dead, and its gauges go, since nobody sees any
more what they tell. Imports nothing that counts, since that looks for the folder.
"""

import fcntl
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder to all that count. An operator may set it; else there is a new one for each run."""

_PREFIJO = "saludtech-metricas-"
_EN_USO = "en-uso"
"""A file of the folder, locked for as long as a process of its server lives, however that ends."""
_LECTURA = "lectura"
"""A file of the folder, locked while its files are read, or changed as a whole."""
_MUERTOS = "muertos"
_PACIENCIA_S = 1.0

_retenidos: list[int] = []
"""Descriptors that hold a lock until the process ends; workers inherit them."""
_propias: list[Path] = []
"""Folders that were made here."""


def nombrar() -> None:
    """Make a folder for this run, unless one is named; before anything that counts is imported.

    Those of runs that could not remove theirs, since they were killed, go.
    """
    if VARIABLE in os.environ:
        return
    _barrer(Path(tempfile.gettempdir()))
    # Under another name until it is held, so that nobody else sweeps it away.
    nueva = Path(tempfile.mkdtemp(prefix=f"nueva-{_PREFIJO}"))
    _retener(nueva)
    propia = nueva.rename(nueva.with_name(nueva.name.removeprefix("nueva-")))
    _propias.append(propia)
    os.environ[VARIABLE] = str(propia)


def tomar() -> None:
    """Hold the folder that is named, if one is; what a killed run left there goes, unless somebody counts in it."""
    if VARIABLE not in os.environ or _propias:
        return
    carpeta = Path(os.environ[VARIABLE])
    carpeta.mkdir(parents=True, exist_ok=True)
    if _retener(carpeta):
        for archivo in carpeta.glob("*.db"):
            if not archivo.stem.endswith(f"_{os.getpid()}"):
                archivo.unlink()


def recoger() -> None:
    """Remove what :func:`nombrar` made, once nobody counts there any more."""
    for carpeta in _propias:
        shutil.rmtree(carpeta, ignore_errors=True)


def enterrar(pid: int) -> None:
    """Add a dead process's counts to those of the dead, and remove its files."""
    if VARIABLE not in os.environ:
        return
    carpeta = Path(os.environ[VARIABLE])
    with _cerrojo(carpeta, fcntl.LOCK_EX):
        for suyo in carpeta.glob(f"*_{pid}.db"):
            que = suyo.name.partition("_")[0]
            if que != "gauge":
                _sumar(suyo, carpeta / f"{que}_{_MUERTOS}.db")
            suyo.unlink()


@contextmanager
def leyendo() -> Iterator[None]:
    """While this is open, no process's counts are moved: none is read twice, and none is missed."""
    with _cerrojo(Path(os.environ[VARIABLE]), fcntl.LOCK_SH):
        yield


def _sumar(de: Path, a: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    suma = MmapedDict(str(a))  # type: ignore[no-untyped-call]
    # A process may die while it makes its file.
    with suppress(RuntimeError, ValueError, struct.error):
        for clave, valor, _, _ in MmapedDict.read_all_values_from_file(str(de)):  # type: ignore[no-untyped-call]
            suma.write_value(clave, suma.read_value(clave)[0] + valor, 0.0)  # type: ignore[no-untyped-call]
    suma.close()  # type: ignore[no-untyped-call]


@contextmanager
def _cerrojo(carpeta: Path, como: int) -> Iterator[None]:
    """A lock on the folder's files; after a second without it, too, for a frozen process must not hold up others."""
    archivo = os.open(carpeta / _LECTURA, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        limite = time.monotonic() + _PACIENCIA_S
        while not _bloquear(archivo, como) and time.monotonic() < limite:
            time.sleep(0.01)
        yield
    finally:
        os.close(archivo)


def _retener(carpeta: Path) -> bool:
    """Hold the folder until the process ends; whether nobody else did."""
    archivo = os.open(carpeta / _EN_USO, os.O_RDWR | os.O_CREAT, 0o600)
    _retenidos.append(archivo)
    libre = _bloquear(archivo, fcntl.LOCK_EX)
    fcntl.flock(archivo, fcntl.LOCK_SH)
    return libre


def _barrer(donde: Path) -> None:
    """Remove the folders of servers that could not do so, since they were killed."""
    for carpeta in donde.glob(f"{_PREFIJO}*"):
        with suppress(OSError):
            if carpeta.is_symlink() or carpeta.stat().st_uid != os.getuid():
                continue
            archivo = os.open(carpeta / _EN_USO, os.O_RDWR)
            try:
                if _bloquear(archivo, fcntl.LOCK_EX):
                    shutil.rmtree(carpeta)
            finally:
                os.close(archivo)


def _bloquear(archivo: int, como: int) -> bool:
    try:
        fcntl.flock(archivo, como | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
