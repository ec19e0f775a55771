"""TCP ports on this machine's loopback: which part listens where, what is taken, what is free."""

import os
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from plataforma.errores import ErrorPlataforma

LOCAL = "127.0.0.1"
# Below the range that systems hand out to outgoing connections: a port found free here stays free for a while.
_RANGO_LIBRE = range(20000, 32000)
VARIABLE_DE_TRAMO = "PUERTOS_LIBRES"
"""The environment variable by which a process and its children look for free ports in a stretch of their own: `m/n`,
the m-th of n. A port that one has just found, and does not listen on yet, is then no other's."""


@dataclass(frozen=True)
class Puerto:
    """A port, the part that will listen on it, and the environment variable that changes it."""

    numero: int
    parte: str
    variable: str


def comprobar(puertos: Iterable[Puerto]) -> None:
    """Raise ErrorPlataforma that names every port that is taken, or given to two parts."""
    problemas: list[str] = []
    vistos: dict[int, Puerto] = {}
    for puerto in puertos:
        quien = f"port {puerto.numero} for {puerto.parte}"
        if anterior := vistos.get(puerto.numero):
            problemas.append(f"{quien} is also the port for {anterior.parte}: set {puerto.variable}")
        elif not esta_libre(puerto.numero):
            problemas.append(
                f"{quien} is taken{_por_quien(puerto.numero)}: free it, or set {puerto.variable} "
                "(DESPLAZAMIENTO=1000 moves every default port)"
            )
        vistos[puerto.numero] = puerto
    if problemas:
        raise ErrorPlataforma("\n".join(problemas))


def esta_libre(numero: int) -> bool:
    """Whether a server could listen on the loopback port now."""
    try:
        socket.create_server((LOCAL, numero)).close()
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
    """So many different free ports, of this process's stretch."""
    encontrados: list[int] = []
    cual, _, de = os.environ.get(VARIABLE_DE_TRAMO, "1/1").partition("/")
    tramo = _RANGO_LIBRE[int(cual) - 1 :: int(de)]
    for numero in random.sample(tramo, len(tramo)):
        if len(encontrados) == cuantos:
            break
        if esta_libre(numero):
            encontrados.append(numero)
    return encontrados


def _por_quien(numero: int) -> str:
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
