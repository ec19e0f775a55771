"""TCP ports on this machine's loopback: which part listens where, what is taken, what is free."""

import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from plataforma.errores import ErrorPlataforma, PuertoOcupado

LOCAL = "127.0.0.1"
# Below the range that systems hand out to outgoing connections: a port found free here stays free for a while.
_RANGO_LIBRE = range(20000, 32000)
INTENTOS = 5
"""How often something is started on freely chosen ports, where somebody else took one of them before it listened."""
_hallados: set[int] = set()
"""Those that this process has found free; none is found twice."""


@dataclass(frozen=True)
class Puerto:
    """A port, the part that will listen on it, and the environment variable that changes it."""

    numero: int
    parte: str
    variable: str


def comprobar(puertos: Iterable[Puerto]) -> None:
    """Look at all of them.

    Raises:
        PuertoOcupado: some are taken, or given to two parts; it names each.
    """
    problemas: list[str] = []
    vistos: dict[int, Puerto] = {}
    for puerto in puertos:
        quien = f"port {puerto.numero} for {puerto.parte}"
        if anterior := vistos.get(puerto.numero):
            problemas.append(f"{quien} is also the port for {anterior.parte}: set {puerto.variable}")
        elif not esta_libre(puerto.numero):
            problemas.append(
                f"{quien} is taken{por_quien(puerto.numero)}: free it, or set {puerto.variable} "
                "(DESPLAZAMIENTO=1000 moves every default port)"
            )
        vistos[puerto.numero] = puerto
    if problemas:
        raise PuertoOcupado("\n".join(problemas))


def esta_libre(numero: int, anfitrion: str = LOCAL) -> bool:
    """Whether a server could listen on the loopback port now; in the other family, where that is asked for."""
    familia = socket.AF_INET6 if ":" in anfitrion else socket.AF_INET
    try:
        socket.create_server((anfitrion, numero), family=familia).close()
    except OSError:
        return False
    return True


def responde(anfitrion: str, numero: int) -> bool:
    """Whether something accepts connections there."""
    try:
        socket.create_connection((anfitrion, numero), timeout=3).close()
    except OSError:
        return False
    return True


def libres(cuantos: int) -> list[int]:
    """So many different free ports, which no other process of this user's finds free as long as this one lives.

    Raises ErrorPlataforma where there are not so many.
    """
    encontrados: list[int] = []
    for numero in random.sample(_RANGO_LIBRE, len(_RANGO_LIBRE)):  # nosec B311 # an even spread, not a secret
        if numero not in _hallados and _apartar(numero) and esta_libre(numero):
            _hallados.add(numero)
            encontrados.append(numero)
            if len(encontrados) == cuantos:
                return encontrados
    raise ErrorPlataforma(f"There are no {cuantos} free ports from {_RANGO_LIBRE.start} to {_RANGO_LIBRE.stop}.")


def _apartar(numero: int) -> bool:
    """Set a port apart from this user's other processes. Whoever found it does not listen on it yet: to look whether
    it is free would not do. The system lets go of it with the process."""
    with suppress(BlockingIOError):
        fcntl.lockf(_apartados(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, numero)
        return True
    return False


@cache
def _apartados() -> int:
    """The file that has a byte to lock for each port. It stays open: to close it would let go of all of them."""
    ruta = Path(tempfile.gettempdir(), f"saludtech-puertos-{os.getuid()}")
    return os.open(ruta, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def por_quien(numero: int) -> str:
    """` by name (pid n)`, where the system tells it to this user."""
    try:
        for conexion in psutil.net_connections("tcp"):
            if (
                conexion.status == psutil.CONN_LISTEN
                and conexion.laddr
                and conexion.laddr.port == numero
                and conexion.pid
            ):
                return f" by {psutil.Process(conexion.pid).name()} (pid {conexion.pid})"
    except psutil.Error:
        pass
    return ""
