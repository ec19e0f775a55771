"""Work in processes of its own: one that dies, or takes too long, costs the piece that it had in hand and no other."""

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

INTENTOS = 2
"""How many processes a piece of work may cost."""


@dataclass(frozen=True)
class Perdida:
    """A piece of work that has no answer: its process died (``MUERTO``), or took too long (``LENTO``)."""

    motivo: str


@dataclass
class _Obrero:
    proceso: BaseProcess
    tubo: Connection
    pieza: int | None = None
    hasta: float = field(default=float("inf"))


class Obreros:
    """Processes that do one piece of work at a time each.

    Args:
        cuantos: processes.
        preparar: makes, in each of them, what does a piece of work; of a module's top level, as its argument is sent.
        encargo: what it is made from.
        plazo: seconds that a piece may take.
    """

    def __init__(
        self, cuantos: int, preparar: Callable[[Any], Callable[[Any], Any]], encargo: Any, plazo: float
    ) -> None:
        # Not forked: this process has threads, which draw the bar.
        self._contexto = multiprocessing.get_context("spawn")
        self._cuantos = cuantos
        self._preparar, self._encargo, self._plazo = preparar, encargo, plazo

    def hacer(self, piezas: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Each piece with its answer, or with its :class:`Perdida`, as they come."""
        todas = list(piezas)
        pendientes, intentos = deque(range(len(todas))), [0] * len(todas)
        obreros = [self._nuevo() for _ in range(min(self._cuantos, len(todas)))]
        try:
            while pendientes or any(obrero.pieza is not None for obrero in obreros):
                for obrero in obreros:
                    if obrero.pieza is None and pendientes:
                        self._dar(obrero, pendientes.popleft(), todas)
                for n, pieza, respuesta in self._esperar(obreros):
                    obreros[n].pieza = None
                    if isinstance(respuesta, Perdida):
                        obreros[n] = self._nuevo()
                        intentos[pieza] += 1
                        if intentos[pieza] < INTENTOS:
                            pendientes.append(pieza)
                            continue
                    yield todas[pieza], respuesta
        finally:
            for obrero in obreros:
                _acabar(obrero)

    def _nuevo(self) -> _Obrero:
        aqui, alla = self._contexto.Pipe()
        proceso = self._contexto.Process(target=_trabajar, args=(alla, self._preparar, self._encargo), daemon=True)
        # Ctrl-C is for whoever gave the work, who ends them: it does not reach them, from their first moment on.
        antes = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            proceso.start()
        finally:
            signal.signal(signal.SIGINT, antes)
        alla.close()
        return _Obrero(proceso, aqui)

    def _dar(self, obrero: _Obrero, pieza: int, todas: list[Any]) -> None:
        obrero.pieza, obrero.hasta = pieza, time.monotonic() + self._plazo
        try:
            obrero.tubo.send(todas[pieza])
        except OSError:
            # It died while it had nothing to do: whoever waits for it sees so.
            return

    def _esperar(self, obreros: list[_Obrero]) -> Iterator[tuple[int, int, Any]]:
        """What has come: the worker's place, the piece, and the answer."""
        ocupados = {o.tubo: (n, o.pieza) for n, o in enumerate(obreros) if o.pieza is not None}
        hasta = min(obreros[n].hasta for n, _ in ocupados.values())
        listos = wait(list(ocupados), max(0.0, hasta - time.monotonic()))
        for tubo, (n, pieza) in ocupados.items():
            if tubo in listos:
                try:
                    yield n, pieza, tubo.recv()
                except (EOFError, OSError):
                    _acabar(obreros[n])
                    yield n, pieza, Perdida("MUERTO")
            elif time.monotonic() > obreros[n].hasta:
                _acabar(obreros[n])
                yield n, pieza, Perdida("LENTO")


def _acabar(obrero: _Obrero) -> None:
    obrero.proceso.kill()
    obrero.proceso.join()
    obrero.tubo.close()


def _trabajar(tubo: Connection, preparar: Callable[[Any], Callable[[Any], Any]], encargo: Any) -> None:
    hacer = preparar(encargo)
    while True:
        try:
            pieza = tubo.recv()
        except EOFError:
            return
        tubo.send(hacer(pieza))
