"""The health probe of containers, against a real server."""

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from seedwork.entrada import sonda


class _Respuesta(http.server.BaseHTTPRequestHandler):
    estado = 200

    def do_GET(self) -> None:
        self.send_response(self.estado if self.path == "/salud/lista" else 404)
        self.end_headers()
        self.wfile.write(b"base_datos")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def puerto() -> Iterator[int]:
    servidor = http.server.HTTPServer(("127.0.0.1", 0), _Respuesta)
    threading.Thread(target=servidor.serve_forever, daemon=True).start()
    yield servidor.server_port
    servidor.shutdown()
    servidor.server_close()


def test_dice_si_el_proceso_esta_listo_y_si_no_que_le_falta(puerto: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sonda.mirar(puerto) == (True, "base_datos")
    monkeypatch.setattr(_Respuesta, "estado", 503)
    assert sonda.mirar(puerto) == (False, "base_datos")


@pytest.mark.parametrize("dicho", [True, False])
def test_mira_el_puerto_que_se_le_dice_o_el_de_la_api(puerto: int, dicho: bool) -> None:
    orden = [sys.executable, "-m", sonda.__name__, *([str(puerto)] if dicho else [])]
    entorno = os.environ | {"HTTP_PUERTO": "1" if dicho else str(puerto)}
    hecho = subprocess.run(orden, env=entorno, capture_output=True, text=True, check=False)
    assert (hecho.returncode, hecho.stdout) == (0, "base_datos\n")


def test_quien_no_responde_no_esta_listo(puerto: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Respuesta, "do_GET", lambda self: self.wfile.write(b"esto no es HTTP\r\n\r\n"))
    assert sonda.mirar(puerto) == (False, "no responde (BadStatusLine)")


def test_donde_nadie_escucha_tampoco() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), _Respuesta) as otro:
        libre = otro.server_port
    assert sonda.mirar(libre) == (False, "no responde (ConnectionRefusedError)")
