"""The whole platform as its users start it: `run`, kept up and stopped, and `demo`.

In the long tier, since each starts a platform with servers of its own. In `make test`, the same processes do the same
work in `tests/saga/`, and the same runner starts the servers, brings back a killed one, and stops them
(`seedwork/tests/integracion/test_caidas.py`).
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from plataforma.ajustes import CAMPOS_DE_PUERTO
from plataforma.puertos import libres
from plataforma.servicios import SERVICIOS

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(600)]


def hasta(cumple: Callable[[], object], segundos: float) -> None:
    limite = time.monotonic() + segundos
    while not cumple():
        assert time.monotonic() < limite, "it did not come true in time"
        time.sleep(0.1)


def operar(carpeta: Path, *orden: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "plataforma", "operar", *orden], cwd=carpeta, capture_output=True, text=True, check=False
    )


def test_run_se_mantiene_y_para_en_orden(tmp_path: Path) -> None:
    pulsar, admin, *otros = libres(2 + len(CAMPOS_DE_PUERTO))
    entorno = os.environ | {c.upper(): str(p) for c, p in zip(CAMPOS_DE_PUERTO, otros, strict=True)}
    entorno |= {"PULSAR_URL": f"pulsar://127.0.0.1:{pulsar}", "PULSAR_ADMIN_URL": f"http://127.0.0.1:{admin}"}
    entorno["POSTGRES_URL"] = ""
    salida = tmp_path / "salida.txt"
    with salida.open("w") as archivo:
        corriendo = subprocess.Popen(
            [sys.executable, "-m", "plataforma", "run"],
            cwd=tmp_path,
            env=entorno,
            stdout=archivo,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    registro = tmp_path / ".local" / "procesos.json"

    def procesos() -> dict[str, int]:
        leidos: dict[str, int] = json.loads(registro.read_text())
        return leidos

    try:
        hasta(lambda: "Ready." in salida.read_text() or corriendo.poll() is not None, 400)
        assert corriendo.poll() is None, salida.read_text()
        vivos = procesos()
        nombres = {servicio.nombre for servicio in SERVICIOS.values()}
        apis = {f"{nombre}-api" for nombre in nombres}
        trabajadores = nombres - {"procesamiento"} | {"procesamiento-1", "procesamiento-relay"}
        assert set(vivos) == {"pulsar", "postgres", "correo", "bff"} | apis | trabajadores
        familia = [psutil.Process(pid) for pid in vivos.values()]

        # Those of the services, and of the broker and PostgreSQL beneath them.
        rutas = [tmp_path / ".local", *(tmp_path / ".local").rglob("*")]
        abiertas = [r for r in rutas if r.exists() and not r.is_symlink() and r.stat().st_mode & 0o077]
        # The broker sets that one's mode itself; the folder around it is closed.
        assert [r for r in abiertas if r != tmp_path / ".local" / "pulsar" / "metadata"] == []
        for nombre in nombres:
            archivo = tmp_path / ".local" / "entorno" / f"{nombre}.json"
            assert archivo.stat().st_mode & 0o777 == 0o600
            assert "DATABASE_URL" in archivo.read_text()
        cartas = operar(tmp_path, "procesamiento", "cartas", "list")
        assert (cartas.returncode, cartas.stdout) == (0, ""), cartas.stderr
        rehecha = operar(tmp_path, "notificaciones", "vistas", "reconstruir")
        assert (rehecha.returncode, rehecha.stdout) == (0, "vista reconstruida de 0 eventos\n"), rehecha.stderr

        os.kill(vivos["procesamiento-1"], signal.SIGKILL)
        hasta(lambda: procesos().get("procesamiento-1", vivos["procesamiento-1"]) != vivos["procesamiento-1"], 30)

        comienzo = time.monotonic()
        os.killpg(corriendo.pid, signal.SIGINT)
        assert corriendo.wait(timeout=30) == 0, salida.read_text()
        assert time.monotonic() - comienzo < 15
        assert procesos() == {}
        assert not any(proceso.is_running() for proceso in familia)
    finally:
        corriendo.kill()
        corriendo.wait()


def test_demo_cumple_todo_lo_que_promete(tmp_path: Path) -> None:
    hecho = subprocess.run(
        [sys.executable, "-m", "plataforma", "demo"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr
    assert "its saga COMPENSADA" in hecho.stdout
    assert json.loads((tmp_path / ".local" / "demo" / "procesos.json").read_text()) == {}
