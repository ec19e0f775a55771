"""Operators' commands run in the environment that the run left, and secrets stay off command lines."""

import os
from pathlib import Path
from typing import Any

import pytest

from plataforma.errores import ErrorPlataforma
from plataforma.operacion import CARPETA, dejar_entornos, operar
from plataforma.partes import Preparativo

SECRETO = "postgresql://u:a'b $HOME#c=@127.0.0.1/b"


@pytest.fixture
def ejecutado(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    hecho: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *args: hecho.extend(args))
    return hecho


def test_la_orden_corre_en_el_entorno_de_la_corrida(tmp_path: Path, ejecutado: list[Any]) -> None:
    dejar_entornos(tmp_path, [Preparativo("servicio-datos", [], {"DATABASE_URL": SECRETO})])
    operar(tmp_path, tmp_path, "servicio-datos", ["cartas", "list"])
    _, programa, entorno = ejecutado
    assert programa[1:] == ["-m", "servicio_datos", "cartas", "list"]
    assert entorno["DATABASE_URL"] == SECRETO
    assert entorno["PATH"] == os.environ["PATH"]
    assert entorno["OPERADOR"], "whoever replays a letter is asked who it is"
    assert (tmp_path / CARPETA / "servicio-datos.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("servicio", "motivo"), [("otro", "no service otro"), ("suscripciones", "make run")])
def test_lo_que_no_se_puede_operar_se_dice(tmp_path: Path, servicio: str, motivo: str) -> None:
    with pytest.raises(ErrorPlataforma, match=motivo):
        operar(tmp_path, tmp_path, servicio, [])
