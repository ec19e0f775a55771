"""Experiment 1 in its short form: nothing happens, and an instance of the door is asked to go; no request fails.

In the long tier, since each variant starts a platform of its own and JMeter. In `make test`, the balancer's rules are
shown by `deploy/local/tests/integracion/test_balanceador.py`, and the door's part by bff_web's own tests.
"""

import json
from pathlib import Path

import pytest
from rich.console import Console
from tests.experimento1 import escena, experimento, jmeter
from tests.experimento1.jmeter import Carga
from tests.experimento1.variantes import VARIANTES

from plataforma import balanceador
from plataforma.errores import ErrorPlataforma

largo = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(400)]


@pytest.mark.parametrize(
    ("nombre", "carga"),
    [
        pytest.param("normal", Carga(40, 5, 4), marks=largo),
        # The load has to last for longer than an instance takes to drain, to end, and to come back.
        pytest.param("bff-se-retira", Carga(150, 60, 4), marks=largo),
    ],
)
def test_variante(nombre: str, carga: Carga, tmp_path: Path) -> None:
    resultado = experimento.correr(VARIANTES[nombre], carga, tmp_path / nombre, de_paso=True)
    assert resultado.hechos.hallazgos == []
    assert resultado.resumen.errores == 0
    assert resultado.cuentas.aceptadas == resultado.cuentas.terminadas == carga.peticiones
    # One record, however often it is sent.
    assert resultado.cuentas.filas_de_imagenes == 1
    assert {p.name for p in (tmp_path / nombre).glob("*.svg")} >= {"latencia.svg", "ritmo.svg", "cpu.svg", "espera.svg"}
    assert (tmp_path / nombre / "html" / "index.html").is_file()
    assert json.loads((tmp_path / nombre / "resultado.json").read_text("utf-8"))["cuentas"]["en_cola"] == 0


def test_sin_balanceador_no_hay_experimento(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so before anything is started."""
    monkeypatch.setattr(balanceador.sysconfig, "get_path", lambda _: str(tmp_path))
    with (
        pytest.raises(ErrorPlataforma, match="The balancer is not there"),
        escena.escena(Console(), trabajadores=1, averia=False, de_paso=True),
    ):
        pytest.fail("it began")


def test_sin_jmeter_no_hay_experimento(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setattr("plataforma.descargas.INTENTOS", 1)
    with (
        pytest.raises(ErrorPlataforma, match="can't be had"),
        jmeter.disparar("http://127.0.0.1:1", Carga(1, 1, 1), tmp_path / "jmeter", Console()),
    ):
        pytest.fail("it began")
