"""The simulator itself: it repeats exactly, its schedules can be cut, and what it runs is sound."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.simulador.azar import Azar
from tests.simulador.corrida import Resultado, correr
from tests.simulador.enjambre import EN_MEDIO, ENTRE_HECHOS
from tests.simulador.guiones import Guion, encoger

RAIZ = Path(__file__).parents[2]
CASOS = sorted((Path(__file__).parent / "casos").glob("*.json"))
SAGAS = 2_000
SEMILLA = 1_000_000


def huella(semilla: int) -> str:
    """What a run did, and what came of it, in few words."""
    resultado = correr(semilla)
    todo = repr((resultado.hechos, resultado.hallazgos, resultado.sagas, resultado.horas, resultado.cuentas))
    return hashlib.sha256(todo.encode()).hexdigest()


@pytest.fixture(autouse=True)
def _callado(callado: None) -> None:
    """Nobody reads its logs."""


@pytest.mark.largo  # three more interpreters
def test_la_misma_semilla_da_la_misma_corrida_bajo_cualquier_hash():
    semillas = [2, 5, 33]
    aqui = [huella(s) for s in semillas]
    programa = "import sys; from tests.simulador.test_simulador import huella; " + (
        "print(*[huella(int(s)) for s in sys.argv[1:]])"
    )
    procesos = [
        subprocess.Popen(
            [sys.executable, "-c", programa, *map(str, semillas)],
            env={**os.environ, "PYTHONHASHSEED": hash_, "PYTHONPATH": str(RAIZ)},
            cwd=RAIZ,
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_ in ("1", "2")
    ]
    for proceso in procesos:
        salida, _ = proceso.communicate()
        assert salida.split()[-len(semillas) :] == aqui


def test_un_guion_se_repite_hecho_por_hecho():
    resultado = correr(7)
    otro = correr(7, hechos=resultado.hechos)
    assert otro.hechos == resultado.hechos
    assert (otro.sagas, otro.horas, otro.hallazgos) == (resultado.sagas, resultado.horas, [])
    assert otro.cuentas == resultado.cuentas


def test_un_guion_con_huecos_tambien_llega_al_reposo():
    resultado = correr(7)
    assert correr(7, hechos=resultado.hechos[::2]).hallazgos == []
    assert correr(7, sin={"s-0"}).hallazgos == []


def test_lo_que_falla_se_encoge(monkeypatch):
    """A run fails, say, where client s-0 spoke and notificaciones was killed."""

    def falso(semilla: int, *, enjambre=None, hechos=None, sin=()) -> Resultado:
        hechos = list(primera.hechos if hechos is None else hechos)
        cae = any(h == "caida x" for h, _ in hechos) and any(h == "cliente" for h, _ in hechos)
        return Resultado(semilla, primera.enjambre, hechos, ["OTRO: eso"] if cae and "s-0" not in sin else [])

    primera = correr(7)
    monkeypatch.setattr("tests.simulador.guiones.correr", falso)
    resultado = falso(7)
    assert resultado.hallazgos == []
    roto = falso(7, hechos=[*resultado.hechos, ("caida x", 1)])

    guion = encoger(roto)

    assert [h for h, _ in guion.hechos or ()] == ["cliente", "caida x"]
    assert "s-1" in guion.sin
    assert "s-0" not in guion.sin
    assert guion.hallazgos == ["OTRO: eso"]


def test_un_guion_escrito_es_el_mismo(tmp_path):
    enjambre = correr(7).enjambre
    guion = Guion(7, enjambre, [("cliente", 3), ("caida x", 4)], frozenset({"s-1"}), nota="Número uno")
    archivo = tmp_path / "guion.json"
    archivo.write_text(guion.texto(), encoding="utf-8")
    assert Guion.leer(archivo) == guion
    archivo.write_text(Guion(7, enjambre).texto(), encoding="utf-8")
    assert Guion.leer(archivo) == Guion(7, enjambre)


def test_el_azar_de_un_hecho_es_parejo_y_cabe_en_un_numero():
    azar = Azar(1)
    veces = [azar.randrange(10) for _ in range(10_000)]
    assert all(800 < veces.count(n) < 1200 for n in range(10))
    assert 0.48 < sum(azar.random() for _ in range(10_000)) / 10_000 < 0.52
    azar.seed(1)
    assert [azar.randrange(10) for _ in range(10_000)] == veces


@pytest.mark.parametrize("caso", CASOS, ids=lambda c: c.stem)
def test_lo_que_fallo_una_vez_no_falla_mas(caso: Path):
    guion = Guion.leer(caso)
    assert guion.correr().hallazgos == [], guion.nota


@pytest.mark.parametrize("cuantas", [SAGAS // 4, pytest.param(SAGAS, marks=pytest.mark.largo)])
def test_muchas_sagas_con_fallos_llegan_bien_al_reposo(cuantas: int):
    sagas, semilla, halladas, cuentas = 0, SEMILLA, {}, Counter()
    while sagas < cuantas:
        resultado = correr(semilla)
        sagas += resultado.sagas
        cuentas.update(resultado.cuentas)
        if resultado.hallazgos:
            halladas[semilla] = resultado.hallazgos
        semilla += 1
    assert halladas == {}, "make simular SAGAS=1 SEMILLA=… makes it smaller"
    if cuantas < SAGAS:
        return
    # An operator's visit is counted by what became of the letters.
    ocurridas = {que.split(" ")[1] for que in cuentas if que.startswith("falta ")} | {"cartas"}
    assert {*ENTRE_HECHOS, *EN_MEDIO} - ocurridas == set(), "drawn, and never done"
