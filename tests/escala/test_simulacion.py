"""The simulation of groups of workers: it says the same each time, and the page says what it says.

In ``make check``: it needs no server. The two heaviest loads are left to ``make escala``.
"""

import pytest
from tests.arquitectura.codigo import RAIZ
from tests.escala.corridas import Corrida, cargas, congelados, filas
from tests.escala.modelo import Escenario, Grupo, Tiempos, experimento

PAGINA = RAIZ / "docs" / "escala.md"


@pytest.fixture(scope="module")
def ligeras() -> list[Corrida]:
    return [*cargas(Tiempos.medidos(), (1, 10)), *congelados(Tiempos.medidos())]


def test_la_pagina_tiene_los_numeros_de_hoy(ligeras: list[Corrida]) -> None:
    lineas = PAGINA.read_text("utf-8").splitlines()
    assert [fila for fila in filas(ligeras) if fila not in lineas] == []


def test_nada_se_pierde_ni_se_hace_dos_veces(ligeras: list[Corrida]) -> None:
    for corrida in ligeras:
        llegados = 40_000 if corrida.carga.startswith("10 ") else 4_000
        assert corrida.traza.hechos + corrida.traza.esperan[-1] == llegados, corrida


def test_a_quien_le_falta_fuerza_se_le_da() -> None:
    """A message takes so long that three workers are needed."""
    lentos = Tiempos(fijo_s=0.001, cada_s=0.03, base=0.1, arranque_s=2.0, abandono_s=60.0)
    solo, escalado = (
        Grupo(lentos, Escenario(llegan=experimento(1), segundos=120, maximo=maximo)).correr() for maximo in (None, 3)
    )
    assert max(escalado.trabajan) == 3
    assert escalado.peor_s < solo.peor_s / 2


def test_con_la_base_llena_no_se_piden_mas() -> None:
    lentos = Tiempos(fijo_s=0.0, cada_s=0.03, base=0.95, arranque_s=2.0, abandono_s=60.0)
    traza = Grupo(lentos, Escenario(llegan=experimento(0.3), segundos=60, maximo=8, nucleos=1)).correr()
    assert max(traza.trabajan) == 1
