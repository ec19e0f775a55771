"""An open-loop load: requests are due at even intervals, whether or not those before them have been answered.

What is timed is from when a request was due: a server that makes clients wait is not spared what would have come
meanwhile. It runs in a process of its own, with one thread, and takes another connection wherever all are waiting.
"""

import heapq
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from urllib.parse import urlsplit

from tests.carga.disparador import completa
from tests.experimento1.jmeter import percentil

CONEXIONES = 500
"""Most at once; what is due while all of them wait is sent late, and timed from when it was due."""
PACIENCIA_S = 20.0


@dataclass(frozen=True)
class Escalon:
    """What came of one rate.

    Attributes:
        pedidas_s: requests a second that were due.
        hechas_s: how many were answered 202 a second, until the last answer.
        otras: answers of another kind by status; 0 for none.
        cpu: seconds of CPU that each part spent on it.
    """

    pedidas_s: float
    hechas_s: float
    mediana: float
    p95: float
    p99: float
    maximo: float
    otras: dict[int, int]
    conexiones: int
    cpu: dict[str, float] = field(default_factory=dict)


def disparar(puerta: str, peticiones: Sequence[bytes], por_segundo: float, segundos: float) -> Escalon:
    """Send for so many seconds, in a process of its own, the requests over and over."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as proceso:
        return proceso.submit(_disparar, puerta, list(peticiones), por_segundo, segundos).result()


@dataclass(slots=True, eq=False)
class _Conexion:
    enchufe: socket.socket
    debida: float = 0.0
    recibido: bytearray = field(default_factory=bytearray)


def _disparar(puerta: str, peticiones: list[bytes], por_segundo: float, segundos: float) -> Escalon:
    destino = urlsplit(puerta)
    lugar = (destino.hostname or "", destino.port or 80)
    libres: list[_Conexion] = []
    pendientes: deque[float] = deque()
    tiempos: list[float] = []
    estados: Counter[int] = Counter()
    abiertas = enviadas = 0
    total = int(por_segundo * segundos)
    debidas = 0
    comienzo = ultima = time.perf_counter()
    with selectors.DefaultSelector() as selector:

        def enviar(debida: float) -> bool:
            nonlocal abiertas, enviadas
            if libres:
                conexion = libres.pop()
            elif abiertas < CONEXIONES:
                enchufe = socket.create_connection(lugar, timeout=PACIENCIA_S)
                enchufe.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                conexion = _Conexion(enchufe)
                selector.register(enchufe, selectors.EVENT_READ, conexion)
                abiertas += 1
            else:
                return False
            conexion.debida = debida
            conexion.recibido.clear()
            conexion.enchufe.sendall(peticiones[enviadas % len(peticiones)])
            enviadas += 1
            return True

        def cerrar(conexion: _Conexion) -> None:
            nonlocal abiertas
            selector.unregister(conexion.enchufe)
            conexion.enchufe.close()
            abiertas -= 1

        while estados.total() < total and time.perf_counter() - comienzo < segundos + PACIENCIA_S:
            ahora = time.perf_counter()
            while debidas < total and comienzo + debidas / por_segundo <= ahora:
                pendientes.append(comienzo + debidas / por_segundo)
                debidas += 1
            while pendientes and enviar(pendientes[0]):
                pendientes.popleft()
            proxima = comienzo + debidas / por_segundo - time.perf_counter() if debidas < total else 0.1
            for clave, _ in selector.select(max(0.0, min(proxima, 0.1))):
                conexion: _Conexion = clave.data
                trozo = conexion.enchufe.recv(65536)
                ultima = time.perf_counter()
                if not trozo:
                    if conexion in libres:
                        libres.remove(conexion)
                    else:
                        estados[0] += 1
                    cerrar(conexion)
                    continue
                conexion.recibido += trozo
                if respuesta := completa(conexion.recibido):
                    estado, _ = respuesta
                    estados[estado] += 1
                    tiempos.append(1000 * (ultima - conexion.debida))
                    libres.append(conexion)
        maximo_abiertas = abiertas
    sin_respuesta = total - estados.total()
    # Whoever got none waited at least until now.
    tiempos = list(heapq.merge(sorted(tiempos), [1000 * PACIENCIA_S] * sin_respuesta))
    otras = {e: n for e, n in estados.items() if e != 202} | ({0: sin_respuesta} if sin_respuesta else {})
    return Escalon(
        por_segundo,
        estados[202] / max(ultima - comienzo, segundos),
        *(percentil(tiempos, cual) for cual in (50, 95, 99, 100)),
        otras,
        maximo_abiertas,
    )
