"""A load generator that costs little: one thread, keep-alive connections, requests that are bytes already.

It runs in a process of its own, so that neither the bench nor what it measures shares its interpreter lock.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

ESPERA_S = 15.0
"""Seconds without any answer after which the server is given up."""


@dataclass(frozen=True)
class Disparo:
    """What came back.

    Attributes:
        segundos: from the first request to the last answer.
        latencias: seconds of each request, sorted.
        estados: answers per HTTP status.
        respuestas: in a finite run, each request's body, in the order of the requests.
    """

    segundos: float
    latencias: list[float]
    estados: dict[int, int]
    respuestas: list[bytes]

    @property
    def por_segundo(self) -> float:
        """Requests per second."""
        return len(self.latencias) / self.segundos

    def percentil_ms(self, cual: float) -> float:
        """A percentile of the latencies, in milliseconds."""
        return 1000 * self.latencias[min(len(self.latencias) - 1, int(len(self.latencias) * cual / 100))]


@dataclass(slots=True)
class _Conexion:
    enchufe: socket.socket
    cual: int = 0
    inicio: float = 0.0
    recibido: bytearray = field(default_factory=bytearray)


def disparar(puerto: int, peticiones: Sequence[bytes], conexiones: int, segundos: float | None = None) -> Disparo:
    """Send in a process of its own: each request once, or all of them over and over for so many seconds.

    Raises ConnectionError when the server closes a connection, TimeoutError when nothing comes back any more.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as proceso:
        return proceso.submit(_disparar, puerto, list(peticiones), conexiones, segundos).result()


def peticion(metodo: str, ruta: str, cuerpo: bytes = b"", token: str = "") -> bytes:
    """A request's bytes."""
    cabeceras = f"{metodo} {ruta} HTTP/1.1\r\nHost: banco\r\n"
    if token:
        cabeceras += f"Authorization: Bearer {token}\r\n"
    if cuerpo:
        cabeceras += f"Content-Type: application/json\r\nContent-Length: {len(cuerpo)}\r\n"
    return cabeceras.encode() + b"\r\n" + cuerpo


def aceptado(disparo: Disparo) -> Disparo:
    """It, once each of its commands was taken. Raises RuntimeError when one was not."""
    if set(disparo.estados) != {202}:
        raise RuntimeError(f"not every command was taken: {disparo.estados}")
    return disparo


def _disparar(puerto: int, peticiones: list[bytes], conexiones: int, segundos: float | None) -> Disparo:
    latencias: list[float] = []
    estados: Counter[int] = Counter()
    respuestas = [b""] * (len(peticiones) if segundos is None else 0)
    siguiente = 0
    comienzo = ultima = time.perf_counter()
    with selectors.DefaultSelector() as selector:

        def enviar(conexion: _Conexion) -> bool:
            nonlocal siguiente
            ahora = time.perf_counter()
            if siguiente == len(peticiones) if segundos is None else ahora - comienzo >= segundos:
                return False
            conexion.cual, conexion.inicio = siguiente, ahora
            conexion.enchufe.sendall(peticiones[siguiente % len(peticiones)])
            siguiente += 1
            return True

        for _ in range(min(conexiones, len(peticiones))):
            enchufe = socket.create_connection(("127.0.0.1", puerto))
            enchufe.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            conexion = _Conexion(enchufe)
            selector.register(enchufe, selectors.EVENT_READ, conexion)
            enviar(conexion)
        while selector.get_map():
            listos = selector.select(ESPERA_S)
            if not listos:
                raise TimeoutError(f"no answer for {ESPERA_S:.0f} s; {len(latencias)} came before")
            for clave, _ in listos:
                conexion = clave.data
                trozo = conexion.enchufe.recv(65536)
                if not trozo:
                    raise ConnectionError("the server closed a connection")
                conexion.recibido += trozo
                respuesta = completa(conexion.recibido)
                if respuesta is None:
                    continue
                ultima = time.perf_counter()
                latencias.append(ultima - conexion.inicio)
                estado, cuerpo = respuesta
                estados[estado] += 1
                if respuestas:
                    respuestas[conexion.cual] = cuerpo
                conexion.recibido.clear()
                if not enviar(conexion):
                    selector.unregister(conexion.enchufe)
                    conexion.enchufe.close()
    return Disparo(ultima - comienzo, sorted(latencias), dict(estados), respuestas)


def completa(recibido: bytearray) -> tuple[int, bytes] | None:
    """Status and body, once all of the answer is there."""
    fin = recibido.find(b"\r\n\r\n")
    if fin < 0:
        return None
    cabecera = bytes(recibido[:fin]).lower()
    desde = cabecera.index(b"content-length:") + 15
    hasta = cabecera.find(b"\r\n", desde)
    largo = int(cabecera[desde : hasta if hasta > 0 else None])
    cuerpo = bytes(recibido[fin + 4 :])
    return (int(cabecera[9:12]), cuerpo) if len(cuerpo) >= largo else None
