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
P = TypeVar("P", bound=Encargo)


@dataclass(frozen=True)
class Perdida:
    """A piece of work that has no answer: its process died (``MUERTO``), or took too long (``LENTO``)."""

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
            empleado = Empleado(self._taller, self._preparar)
            try:
                while pendientes and not parada.is_set():
                    self._una(empleado, pendientes, hechas, parada)
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
    ) -> None:
        try:
            pieza, quedan = pendientes.popleft()
        except IndexError:
            # Another took it.
            return
        respuesta: Any
        try:
            (respuesta,) = empleado.pedir(pieza, self._lectores, plazo_s=self._plazo_s, parada=parada)
        except (Perdido, Impedido) as error:
            if quedan > 1:
                pendientes.append((pieza, quedan - 1))
                return
            respuesta = Perdida("LENTO" if isinstance(error, Lento) else "MUERTO")
        hechas.put((pieza, respuesta))
