"""Clients that hold on to what they get: what a door before them is to bear, while others use it."""

import json
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import urllib3

CADA = 500
"""Of each kind."""
_PIDE_Y_NO_LEE = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 4
_GOTEA = (
    b"POST /procesar/procesar-imagen HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 500\r\n\r\n{"
)
_CALLA = b""
_MIB = 1024 * 1024


class Lentos:
    """So many that ask and never read, that send an octet a second, and that say nothing, at one address, from `with`
    to its end. Who is hung up on comes again.

    Args:
        puerta: the address.
        cada: how many of each kind.
    """

    def __init__(self, puerta: str, cada: int = CADA) -> None:
        partes = urlsplit(puerta)
        self._donde = (str(partes.hostname), int(partes.port or 80))
        self._dicen: Sequence[bytes] = [dice for _ in range(cada) for dice in (_PIDE_Y_NO_LEE, _GOTEA, _CALLA)]
        self._enchufes: list[socket.socket | None] = [None] * len(self._dicen)
        self._fin = threading.Event()
        self._hilo = threading.Thread(target=self._molestar, daemon=True)
        self.llegadas = 0
        """How many connections they made."""

    def __enter__(self) -> "Lentos":
        self._ronda()
        self._hilo.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._fin.set()
        self._hilo.join()
        for enchufe in self._enchufes:
            if enchufe is not None:
                enchufe.close()

    def _molestar(self) -> None:
        while not self._fin.wait(1.0):
            self._ronda()

    def _ronda(self) -> None:
        for n, dice in enumerate(self._dicen):
            enchufe = self._enchufes[n]
            if enchufe is None or not self._sigue(enchufe, dice):
                if enchufe is not None:
                    enchufe.close()
                self._enchufes[n] = self._llegar(dice)

    def _sigue(self, enchufe: socket.socket, dice: bytes) -> bool:
        """Whether it is still connected; it sends its octet where it is one that does."""
        try:
            if dice is _GOTEA:
                enchufe.send(b" ")
            if dice is not _PIDE_Y_NO_LEE:
                return enchufe.recv(1) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False
        return enchufe.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0

    def _llegar(self, dice: bytes) -> socket.socket | None:
        enchufe = socket.socket()
        enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        enchufe.settimeout(1.0)
        try:
            enchufe.connect(self._donde)
            enchufe.sendall(dice)
        except OSError:
            enchufe.close()
            return None
        enchufe.setblocking(False)
        self.llegadas += 1
        return enchufe


class Pesados:
    """Four clients that send the costliest body that is read at all, one after the other, as fast as it is answered.

    Args:
        puerta: the address.
        cuantos: how many clients.
    """

    def __init__(self, puerta: str, cuantos: int = 4) -> None:
        self._ruta = f"{puerta}/procesar/procesar-imagen"
        self._fin = threading.Event()
        self._hilos = [threading.Thread(target=self._molestar, daemon=True) for _ in range(cuantos)]
        self.estados: dict[int, int] = {}
        """How many answers of each status they had."""

    def __enter__(self) -> "Pesados":
        for hilo in self._hilos:
            hilo.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._fin.set()
        for hilo in self._hilos:
            hilo.join()

    def _molestar(self) -> None:
        cuerpo, cabeceras = pesado(), {"Content-Type": "application/json"}
        with urllib3.PoolManager(retries=False, timeout=20) as clientes:
            while not self._fin.is_set():
                with suppress(urllib3.exceptions.HTTPError):
                    estado = clientes.request("POST", self._ruta, body=cuerpo, headers=cabeceras).status
                    self.estados[estado] = self.estados.get(estado, 0) + 1


def pesado() -> bytes:
    """A body just below every bound: 1 MiB, 10,000 names, 50,000 commas."""
    objetos = [{f"campo{n}-{i}": "" for i in range(990)} for n in range(10)]
    cuerpo = json.dumps({"objetos": objetos, "numeros": [1] * 39_000}).encode()
    return cuerpo.ljust(_MIB - 1)
