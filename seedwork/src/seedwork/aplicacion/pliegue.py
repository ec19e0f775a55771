"""What is alike is told together: who asks the same again and again costs the trail a row, and a number."""

import threading
from collections import Counter as Counts
from collections.abc import Callable, Sequence
from dataclasses import replace

from seedwork.aplicacion.auditoria import NEGADO, NO_HALLADO, Anotacion

CONTABLES = frozenset({NO_HALLADO, NEGADO})
"""What showed nobody anything: of many things, it may be told without which. Who saw what is always told whole."""

_Clave = tuple[str, str, str, str, str, str | None]


class Pliegue:
    """Notes that wait to be told, those that are alike as one. From any thread.

    Args:
        decir: tells of all that wait, on a thread of its own. What it can't tell, it hands back (:meth:`apuntar`).
        cada_s: seconds from the first that waits until all are told.
        cosas: of what :data:`CONTABLES` are, the different things of one caller that are kept apart in that time; as
            many more as there are threads.
        maximo: how many wait at most.
    """

    def __init__(self, decir: Callable[[Sequence[Anotacion]], None], *, cada_s: float, cosas: int, maximo: int) -> None:
        self._decir = decir
        self._cada_s = cada_s
        self._maximo_cosas = cosas
        self._maximo = maximo
        self._cerrojo = threading.Lock()
        self._pendientes: dict[_Clave, Anotacion] = {}
        self._cosas: Counts[str] = Counts()
        self._reloj: threading.Timer | None = None

    def reducida(self, nota: Anotacion) -> Anotacion:
        """The note as it is to be told: without what it was about, where its caller has had its things."""
        if nota.resultado not in CONTABLES:
            return nota
        with self._cerrojo:
            tiene_sitio = self._cosas[nota.quien] < self._maximo_cosas or _clave(nota) in self._pendientes
        return nota if tiene_sitio else replace(nota, recurso="")

    def repetida(self, nota: Anotacion) -> bool:
        """Count it with one alike that waits; answers whether there is one."""
        with self._cerrojo:
            return self._sumar(nota)

    def apuntar(self, nota: Anotacion) -> bool:
        """Have it wait, with one alike if there is one; answers whether there was room."""
        with self._cerrojo:
            if self._sumar(nota):
                return True
            if len(self._pendientes) >= self._maximo:
                return False
            self._pendientes[_clave(nota)] = nota
            if nota.resultado in CONTABLES:
                self._cosas[nota.quien] += 1
            if self._reloj is None:
                self._reloj = threading.Timer(self._cada_s, self.contar)
                self._reloj.daemon = True
                self._reloj.start()
            return True

    def _sumar(self, nota: Anotacion) -> bool:
        clave = _clave(nota)
        otra = self._pendientes.get(clave)
        if otra is None:
            return False
        # The one that came first, however they get here.
        primera = min(otra, nota, key=lambda n: n.ocurrido)
        self._pendientes[clave] = replace(primera, veces=otra.veces + nota.veces)
        return True

    def contar(self) -> None:
        """Tell of all that waits, now."""
        with self._cerrojo:
            notas, self._pendientes = list(self._pendientes.values()), {}
            self._cosas.clear()
            if self._reloj is not None:
                self._reloj.cancel()
            self._reloj = None
        self._decir(notas)


def _clave(nota: Anotacion) -> _Clave:
    return nota.quien, nota.titular, nota.accion, nota.recurso, nota.resultado, nota.motivo
