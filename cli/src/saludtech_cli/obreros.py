"""Work in processes of its own: one that dies, or takes too long, costs the piece that it had in hand and no other."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from anonimizacion.empleado import Empleado, Encargo, Impedido, Lectores, Lento, Perdido, Taller

INTENTOS = 2
"""How many processes a piece of work may cost."""
IMPEDIMENTOS = 5
"""How often in a row this machine may stand in the way before a piece is given up: it was no fault of the piece's."""
PAUSA_S = 1.0
"""Seconds to rest after the first of them; after each next one, twice as many as before."""
P = TypeVar("P", bound=Encargo)


@dataclass(frozen=True)
class Perdida:
    """A piece of work that has no answer: its process died (``MUERTO``), took too long (``LENTO``), or could not do it
    here (``IMPEDIDO``)."""

    motivo: str


class Obreros:
    """Processes that do one piece of work at a time each, with a thread each that asks it.

    Args:
        cuantos: processes.
        taller: what they work with.
        preparar: the module that each loads beforehand.
        lectores: the one answer that there may be to a piece.
        plazo_s: seconds that a piece may take.
    """

    def __init__(self, cuantos: int, taller: Taller, preparar: str, lectores: Lectores, plazo_s: float) -> None:
        self._cuantos = cuantos
        self._taller, self._preparar = taller, preparar
        self._lectores, self._plazo_s = lectores, plazo_s

    def hacer(self, piezas: Iterable[P]) -> Iterator[tuple[P, Any]]:
        """Each piece with its answer, or with its :class:`Perdida`, as they come. Who looks no further ends all."""
        pendientes = deque((pieza, INTENTOS) for pieza in piezas)
        cuantas, parada = len(pendientes), threading.Event()
        hechas: SimpleQueue[tuple[P, Any] | BaseException] = SimpleQueue()

        def trabajar() -> None:
            empleado, seguidos = Empleado(self._taller, self._preparar), 0
            try:
                while pendientes and not parada.is_set():
                    seguidos = self._una(empleado, pendientes, hechas, parada, seguidos)
            except BaseException as error:
                hechas.put(error)
            finally:
                empleado.despedir()

        hilos = [threading.Thread(target=trabajar) for _ in range(min(self._cuantos, cuantas))]
        try:
            for hilo in hilos:
                hilo.start()
            for _ in range(cuantas):
                hecha = hechas.get()
                if isinstance(hecha, BaseException):
                    raise hecha
                yield hecha
        finally:
            parada.set()
            for hilo in hilos:
                if hilo.ident is not None:
                    hilo.join()

    def _una(
        self,
        empleado: Empleado,
        pendientes: deque[tuple[P, int]],
        hechas: SimpleQueue[Any],
        parada: threading.Event,
        seguidos: int,
    ) -> int:
        """One piece; answers how many in a row this machine stood in the way of by now, ``seguidos`` before it."""
        try:
            pieza, quedan = pendientes.popleft()
        except IndexError:
            # Another took it.
            return seguidos
        respuesta: Any
        siguen = 0
        try:
            (respuesta,) = empleado.pedir(pieza, self._lectores, plazo_s=self._plazo_s, parada=parada)
        except Impedido:
            if seguidos + 1 < IMPEDIMENTOS:
                pendientes.appendleft((pieza, quedan))
                parada.wait(PAUSA_S * 2**seguidos)
                return seguidos + 1
            # Of those behind it each is tried, and none waited for, until one gets somewhere.
            siguen, respuesta = seguidos, Perdida("IMPEDIDO")
        except Perdido as error:
            if quedan > 1:
                pendientes.append((pieza, quedan - 1))
                return 0
            respuesta = Perdida("LENTO" if isinstance(error, Lento) else "MUERTO")
        hechas.put((pieza, respuesta))
        return siguen
