"""A process: parts that run until it is told to stop, and a page for its health and its metrics."""

import asyncio
import ctypes
import gc
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog

from seedwork.aplicacion import trazas
from seedwork.aplicacion.almacen import SinAlmacen
from seedwork.aplicacion.broker import SinBroker
from seedwork.entrada.conexiones import Limites, direcciones, servir_aqui
from seedwork.entrada.http import crear_app
from seedwork.entrada.parada import PARANDO, TAREAS_S, TRAZAS_S
from seedwork.entrada.problemas import pila
from seedwork.entrada.salud import Comprobacion, Papel
from seedwork.infraestructura import bd

log = structlog.get_logger(__name__)

MEDIDA_S = 5.0
"""Seconds between two looks at what is measured."""

_M_ARENA_MAX = -8

C = TypeVar("C")

Tarea = Callable[[threading.Event], None]
"""Something that runs until the event is set: a timer, a sender."""


@dataclass(frozen=True, kw_only=True)
class Parte:
    """One part of a process. Whatever it has none of is left out.

    Attributes:
        nombre: what its task's thread is called.
        tarea: what it runs, on a thread of its own. One that dies takes the process along.
        decisivas: by name, the checks without which the process is not ready.
        informativas: by name, what the health page shows besides, and what never fails it.
        papeles: by name, what the page says that it is among others alike; it is judged by none.
        medir: sets its gauges, every few seconds.
    """

    nombre: str
    tarea: Tarea | None = None
    decisivas: Mapping[str, Comprobacion] = field(default_factory=dict)
    informativas: Mapping[str, Comprobacion] = field(default_factory=dict)
    papeles: Mapping[str, Papel] = field(default_factory=dict)
    medir: Callable[[], object] | None = None


@dataclass(frozen=True)
class Periodica:
    """Something done every so many seconds; broker or database that are away are waited out.

    Attributes:
        cada_s: seconds between two rounds.
        vuelta: one round.
        al_empezar: whether the first round is at once.
    """

    cada_s: float
    vuelta: Callable[[], object]
    al_empezar: bool = False

    def correr(self, parada: threading.Event) -> None:
        """Repeat it until ``parada`` is set.

        Raises:
            Exception: whatever else a round raised.
        """
        espera = 0.0 if self.al_empezar else self.cada_s
        while not parada.wait(espera):
            espera = self.cada_s
            try:
                self.vuelta()
            except Exception as error:
                if not es_ajeno(error):
                    raise
                log.warning("tarea en espera", error=type(error).__name__)


def medir(medidores: Mapping[str, Callable[[], object]]) -> None:
    """Look once at all that is measured. What can't be looked at now keeps nobody else from it.

    Args:
        medidores: by the names of their parts.
    """
    for nombre, mirar in medidores.items():
        try:
            mirar()
        except Exception as error:
            log.warning("sin medidas por ahora", parte=nombre, error=type(error).__name__)


class Proceso:
    """Runs parts.

    Args:
        partes: no two checks of theirs bear the same name.
        host: where its page listens.
        puerto: likewise.

    Raises:
        ValueError: two checks do.
    """

    def __init__(self, partes: Sequence[Parte], *, host: str, puerto: int) -> None:
        self._host = host
        self._puerto = puerto
        self._parada = threading.Event()
        self._fallo: BaseException | None = None
        self._medidores = {p.nombre: p.medir for p in partes if p.medir is not None}
        self._tareas = [(p.nombre, p.tarea) for p in partes if p.tarea is not None]
        self._tareas.append(("medidor", Periodica(MEDIDA_S, partial(medir, self._medidores)).correr))
        self._decisivas = _juntas(p.decisivas for p in partes)
        self._informativas = _juntas(p.informativas for p in partes)
        self._papeles = _juntas(p.papeles for p in partes)

    def correr(self) -> int:
        """Run until SIGTERM or SIGINT. It ends the process, whose exit code is 1 where a task died."""
        for senal in (signal.SIGTERM, signal.SIGINT):
            signal.signal(senal, lambda *_: self._parar())
        hilos = [
            threading.Thread(target=self._cuidar, args=tarea, name=tarea[0], daemon=True) for tarea in self._tareas
        ]
        # What there is by now stays for good, a lexicon of 100,000 words say: no need to go over it again and again.
        gc.collect()
        gc.freeze()
        self._publicar_salud()
        for hilo in hilos:
            hilo.start()
        log.info("en marcha", tareas=[h.name for h in hilos])
        while not self._parada.wait(0.5):
            pass
        limite = time.monotonic() + TAREAS_S
        for hilo in hilos:
            hilo.join(max(0.0, limite - time.monotonic()))
        trazas.cerrar(TRAZAS_S)
        log.info("detenido", fallo=type(self._fallo).__name__ if self._fallo else None)
        # Whatever a client library still waits for must not hold the process up: nothing unfinished was acknowledged.
        os._exit(1 if self._fallo else 0)

    def _parar(self) -> None:
        PARANDO.set()
        self._parada.set()

    def _cuidar(self, nombre: str, tarea: Tarea) -> None:
        """Run a task; one that dies takes the process along, so that it is started anew as a whole."""
        try:
            tarea(self._parada)
        except BaseException as error:
            log.error("una tarea murió", tarea=nombre, error=type(error).__name__, pila=pila(error))
            self._fallo = error
        self._parada.set()

    def _publicar_salud(self) -> None:
        app = crear_app(self._decisivas, self._informativas, self._papeles)
        enchufes = [
            socket.create_server(donde, family=socket.AF_INET6 if ":" in donde[0] else socket.AF_INET)
            for donde in direcciones(self._host, self._puerto)
        ]
        servir = servir_aqui(app, enchufes, Limites(conexiones=100, hilos=2))
        threading.Thread(target=asyncio.run, args=(servir,), name="salud", daemon=True).start()


def reunir_memoria() -> None:
    """Have the C library take all memory from one heap. To be called before the process has any other thread.

    It keeps a heap for each thread otherwise. The broker's client allocates on its threads what ours free, and after
    a flood each of these heaps stays as large as it ever was. Where the C library is another, nothing changes.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def es_ajeno(error: BaseException) -> bool:
    """Whether broker, database or store are in trouble: it is waited out, and no message is to blame for it."""
    return isinstance(error, SinBroker | SinAlmacen) or bd.es_de_infraestructura(error)


def _juntas(varias: Iterable[Mapping[str, C]]) -> dict[str, C]:
    todas: dict[str, C] = {}
    for unas in varias:
        if repetidas := todas.keys() & unas.keys():
            raise ValueError(f"dos partes se comprueban con el mismo nombre: {', '.join(sorted(repetidas))}")
        todas |= unas
    return todas
