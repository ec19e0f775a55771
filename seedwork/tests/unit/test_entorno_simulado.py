"""Simulated surroundings: as the real ones are, and the same everywhere."""

import os
import subprocess
import sys
import uuid
from itertools import pairwise

import pytest

from seedwork.aplicacion.entorno import Entorno, EntornoReal
from seedwork.pruebas.entorno import EntornoSimulado, RelojSimulado


@pytest.fixture(params=[EntornoReal, EntornoSimulado], ids=["real", "simulado"])
def entorno(request: pytest.FixtureRequest) -> Entorno:
    hecho: Entorno = request.param()
    return hecho


def test_los_ids_son_uuid_7_y_van_en_orden(entorno: Entorno) -> None:
    ids = [entorno.id() for _ in range(20_000)]
    assert all(a < b for a, b in pairwise(ids))
    assert {(uuid.UUID(i).version, uuid.UUID(i).variant, str(uuid.UUID(i)) == i) for i in ids} == {
        (7, uuid.RFC_4122, True)
    }


def test_ningun_reloj_vuelve_atras(entorno: Entorno) -> None:
    antes, instante = entorno.monotono(), entorno.ahora()
    assert entorno.monotono() >= antes
    assert entorno.ahora() >= instante
    assert instante.utcoffset() is not None and not instante.utcoffset()


def test_el_tiempo_pasa_solo_cuando_se_le_dice() -> None:
    reloj = RelojSimulado()
    uno, otro = EntornoSimulado("a", reloj=reloj), EntornoSimulado("b", reloj=reloj, desfase_s=-5)
    antes = uno.ahora()
    reloj.avanzar(0.25)
    assert (uno.ahora() - antes).total_seconds() == 0.25
    assert (uno.ahora() - otro.ahora()).total_seconds() == 5
    assert uno.monotono() == otro.monotono() == 0.25
    reloj.avanzar_hasta(100)
    assert reloj.micros == 250_000
    with pytest.raises(ValueError, match="atrás"):
        reloj.avanzar(-1)


def test_un_reloj_de_pared_que_retrocede_no_desordena_los_ids() -> None:
    entorno = EntornoSimulado()
    entorno.reloj.avanzar(10)
    ids = [entorno.id()]
    entorno.desfase_s = -3600
    ids += [entorno.id() for _ in range(3)]
    assert ids == sorted(set(ids))


def test_cada_proceso_tiene_ids_y_azar_propios() -> None:
    mundo = EntornoSimulado(7)
    uno, otro = mundo.otro("uno"), mundo.otro("otro")
    assert len({e.id() for e in (mundo, uno, otro) for _ in range(100)}) == 300
    assert uno.azar.random() != otro.azar.random()
    assert EntornoSimulado(7).otro("uno").id() == mundo.otro("uno").id()


def test_en_otro_proceso_y_con_otra_semilla_de_hash_es_lo_mismo() -> None:
    programa = (
        "from seedwork.pruebas.entorno import EntornoSimulado; e = EntornoSimulado(7).otro('p');"
        "e.reloj.avanzar(1.5); print(e.id(), e.id(), e.ahora(), e.monotono(), e.azar.random(), e.azar.sample('abc', 3))"
    )
    salidas = {
        subprocess.run(
            [sys.executable, "-c", programa],
            env={**os.environ, "PYTHONHASHSEED": semilla},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for semilla in ("0", "1", "2")
    }
    assert len(salidas) == 1
    assert "019b76da-addc-7000-8000-2394fa4d2cc7 " in salidas.pop()
