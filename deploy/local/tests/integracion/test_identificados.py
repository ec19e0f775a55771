"""The whole platform, where the broker asks everybody who they are: all of it becomes ready, and is operated.

In `make test-largo`: it is a start of everything. Who may do what there, `seedwork/tests/integracion/test_permisos.py`
walks whole.
"""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from plataforma.ajustes import leer_ajustes_libres
from plataforma.corrida import correr

pytestmark = [pytest.mark.integracion, pytest.mark.largo]


def test_todo_arranca_y_se_opera_donde_el_broker_pregunta(tmp_path: Path) -> None:
    elegir = partial(leer_ajustes_libres, tmp_path, autenticacion="desarrollo")
    estado = tmp_path / ".local"

    def operar(*orden: str) -> str:
        mando = [sys.executable, "-m", "plataforma", "operar", *orden]
        hecho = subprocess.run(mando, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert hecho.returncode == 0, hecho.stdout + hecho.stderr
        return hecho.stdout

    with correr(elegir, tmp_path, estado, Console(quiet=True), de_paso=True):
        assert operar("suscripciones", "cartas", "list") == ""
        assert "pasos reconstruidos" in operar("suscripciones", "saga", "reconstruir")
        assert "vista reconstruida" in operar("notificaciones", "vistas", "reconstruir")
    assert (estado / "broker.pem").stat().st_mode & 0o077 == 0
    for registro in (estado / "logs").glob("*.log"):
        if registro.name != "pulsar.log":
            texto = registro.read_text(errors="replace")
            assert not [que for que in ("AuthorizationError", "permission denied") if que in texto], registro.name
