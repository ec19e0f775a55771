"""Who hears a stream of events, for tests: as a browser's ``EventSource``, it comes back by itself where it was."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from plataforma.puertos import LOCAL
from seedwork.pruebas.taller import esperar


class Oyente:
    """It hears on a thread of its own, from when it is made.

    Args:
        puerto: the door's, or its balancer's.
        filtro: what it asks for, with its question mark.
        ultimo: from where on it goes on.
        token: who it is; nobody where it is empty.
        vuelve: whether it comes back when the stream ends.

    Attributes:
        respuesta: the first answer.
        bloques: each block that was whole, with its fields by their names.
        crudo: all of it.
        veces: how many streams it has had.
        terminada: set once it hears no more.
    """

    def __init__(self, puerto: int, filtro: str, ultimo: str = "", *, token: str = "", vuelve: bool = False) -> None:
        self._puerto, self._filtro, self._ultimo, self._vuelve = puerto, filtro, ultimo, vuelve
        self._token = {"Authorization": f"Bearer {token}"} if token else {}
        self._cerrado = threading.Event()
        self.bloques: list[dict[str, str]] = []
        self.crudo = b""
        self.veces = 0
        self.terminada = threading.Event()
        self.respuesta = self._abrir()
        if self.respuesta.status == 200:
            threading.Thread(target=self._oir, daemon=True).start()

    def _abrir(self) -> http.client.HTTPResponse:
        cabeceras = self._token | ({"Last-Event-ID": self._ultimo} if self._ultimo else {})
        self._conexion = http.client.HTTPConnection(LOCAL, self._puerto, timeout=60)
        self._conexion.request("GET", f"/eventos{self._filtro}", headers=cabeceras)
        self.veces += 1
        return self._conexion.getresponse()

    def _oir(self) -> None:
        respuesta = self.respuesta
        while True:
            with suppress(OSError, ValueError, http.client.HTTPException, AttributeError):
                self._leer(respuesta)
            if not self._vuelve or not (vuelta := self._volver()):
                break
            respuesta = vuelta
        self.terminada.set()

    def _volver(self) -> http.client.HTTPResponse | None:
        while not self._cerrado.wait(0.5):
            with suppress(OSError, http.client.HTTPException):
                respuesta = self._abrir()
                if respuesta.status == 200:
                    return respuesta
        return None

    def _leer(self, respuesta: http.client.HTTPResponse) -> None:
        dicho: dict[str, str] = {}
        while cruda := respuesta.readline():
            self.crudo += cruda
            nombre, _, valor = cruda.decode().rstrip("\n").partition(": ")
            if nombre:
                dicho[nombre] = valor
            elif dicho:
                self._ultimo = dicho.get("id", self._ultimo)
                self.bloques.append(dicho)
                dicho = {}

    @property
    def hechos(self) -> list[dict[str, Any]]:
        """What it was told."""
        return [json.loads(b["data"]) for b in list(self.bloques) if b.get("event") == "hecho"]

    @property
    def ids(self) -> list[str]:
        """The ids of that, each of which it may go on from."""
        return [b["id"] for b in list(self.bloques) if b.get("event") == "hecho"]

    def hasta(self, saga: str) -> list[str]:
        """The sagas that it was told of, once this one is among them."""
        self.hasta_que(lambda hecho: hecho.get("id_saga") == saga)
        return [h["id_saga"] for h in self.hechos]

    def hasta_que(self, es: Callable[[dict[str, Any]], object], segundos: float = 60) -> dict[str, Any]:
        """The first that it was told which is so."""
        esperar(lambda: any(map(es, self.hechos)), segundos)
        return next(filter(es, self.hechos))

    def cerrar(self) -> None:
        self._cerrado.set()
        enchufe = self._conexion.sock
        with suppress(OSError, AttributeError):
            enchufe.shutdown(socket.SHUT_RDWR)
        self._conexion.close()


@contextmanager
def oyendo(puerto: int, filtro: str, ultimo: str = "", *, token: str = "", vuelve: bool = False) -> Iterator[Oyente]:
    """Somebody who hears, in the body."""
    oyente = Oyente(puerto, filtro, ultimo, token=token, vuelve=vuelve)
    try:
        yield oyente
    finally:
        oyente.cerrar()
