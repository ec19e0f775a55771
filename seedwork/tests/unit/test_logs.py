"""What a process writes to its standard output is its own, a JSON object a line."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

_CLIENTE = """
import contextlib, pulsar
from seedwork.entrada.logs import apartar_salida
from seedwork.infraestructura.publicador import crear_cliente
apartar_salida()
cliente = crear_cliente("pulsar://127.0.0.1:1", espera_s=1)
with contextlib.suppress(pulsar.PulsarException):
    cliente.create_producer("persistent://a/b/c")
print("dicho")
"""

_SERVIDOR = """
from seedwork.entrada import logs
from seedwork.entrada.conexiones import direcciones
from seedwork.entrada.servidor import Ajustes, servir
from seedwork.entrada.http import crear_app
def app():
    logs.configurar("prueba")
    return crear_app()
if __name__ == "__main__":
    servir("servidor:app()", Ajustes(direcciones=direcciones("127.0.0.1", 0)))
"""


def test_el_cliente_de_pulsar_no_escribe_en_la_salida() -> None:
    hecho = subprocess.run([sys.executable, "-c", _CLIENTE], capture_output=True, text=True, timeout=60, check=True)
    assert hecho.stdout == "dicho\n"
    assert "127.0.0.1:1" in hecho.stderr


def test_gunicorn_escribe_json_como_los_demas(tmp_path: Path) -> None:
    (tmp_path / "servidor.py").write_text(_SERVIDOR)
    servidor = subprocess.Popen(
        [sys.executable, "servidor.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert servidor.stdout is not None
    lineas = []
    try:
        for linea in servidor.stdout:
            lineas.append(linea)
            if "Booting worker" in linea:
                servidor.send_signal(signal.SIGTERM)
    finally:
        servidor.kill()
        servidor.wait()
    leidas: list[dict[str, Any]] = [json.loads(linea) for linea in lineas]
    assert {linea["servicio"] for linea in leidas} == {"prueba"}
    assert all(linea["level"] and linea["timestamp"] for linea in leidas)
    assert any("Listening at" in linea["event"] for linea in leidas)
