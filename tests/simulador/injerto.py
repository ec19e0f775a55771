"""Tests, run on mutants: `python -m tests.simulador.injerto MUTANT TESTS [MUTANT TESTS]…`.

So what the simulator can't find is shown to be found by another test. A mutant is named as `make mutantes` names it,
and its tests by how their ids begin. All of them are collected once; each mutant has a process of its own, forked
from that, in which its tests run until one fails, which then has to pass without the mutant. A line is printed for
each: the mutant, and that test's id.
"""

import multiprocessing
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from tests.simulador.mutantes import Mutante, cambiar_en_todos, mutantes

NADIE = "nobody fails"
TARDA = "Timeout"
"""A test does not end, which proves nothing."""
LIMITE_S = 60


class Injerto:
    """A pytest plugin that does so with what was collected."""

    def __init__(self, pares: Sequence[tuple[Mutante, str]]) -> None:
        self._pares = pares
        self._fallida = NADIE

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of what was collected, as a whole."""
        for mutante, pruebas in self._pares:
            fin = _probar(self._hasta_que_falle, mutante, [p for p in session.items if p.nodeid.startswith(pruebas)])
            sanas = [p for p in session.items if p.nodeid == fin]
            if _probar(self._hasta_que_falle, None, sanas) != NADIE:
                fin = f"without the mutant, too: {fin}"
            print(mutante.nombre, fin, sep="\t", file=sys.__stdout__, flush=True)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The first one that fails is enough."""
        if report.failed and self._fallida == NADIE:
            self._fallida = TARDA if TARDA in report.longreprtext else report.nodeid

    def _hasta_que_falle(self, mutante: Mutante | None, pruebas: Sequence[pytest.Item], salida: Any) -> None:
        if mutante is not None:
            cambiar_en_todos(mutante)
        for prueba, siguiente in zip(pruebas, [*pruebas[1:], None], strict=False):
            prueba.ihook.pytest_runtest_protocol(item=prueba, nextitem=siguiente)
            if self._fallida != NADIE:
                break
        salida.send(self._fallida)


def _probar(en_su_proceso: Any, *que: Any) -> str:
    contexto = multiprocessing.get_context("fork")
    aqui, alla = contexto.Pipe(duplex=False)
    proceso = contexto.Process(target=en_su_proceso, args=(*que, alla))
    proceso.start()
    alla.close()
    try:
        fin: str = aqui.recv()
    except EOFError:
        fin = "it died of itself"
    proceso.join()
    return fin


def principal(argumentos: Sequence[str]) -> int:
    """Run them; answers how pytest ended."""
    todos = {m.nombre: m for m in mutantes()}
    pares = [(todos[n], p) for n, p in zip(argumentos[::2], argumentos[1::2], strict=True)]
    archivos = {p.split("::")[0] for _, p in pares}
    # What pytest.ini asks for besides is the terminal's.
    opciones = f"-o addopts=--import-mode=importlib -p no:terminal -p no:cacheprovider --timeout={LIMITE_S}".split(" ")
    return pytest.main([*opciones, "-m", "not integracion", *sorted(archivos)], plugins=[Injerto(pares)])


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
