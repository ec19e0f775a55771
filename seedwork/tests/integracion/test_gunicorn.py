"""The web server itself: a client that never ends its request holds nobody else up."""

import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from plataforma.puertos import LOCAL, libres
from seedwork.pruebas.taller import esperar

pytestmark = pytest.mark.integracion

PROGRAMA = """
import flask
from seedwork.entrada import gunicorn

app = flask.Flask("prueba")

@app.route("/", methods=["GET", "POST"])
def vista():
    return {"octetos": len(flask.request.get_data())}

if __name__ == "__main__":
    gunicorn.PLAZO_S = 1.0
    gunicorn.servir("prueba:app", "--bind=%s:%d", "--threads=2")
"""
A_MEDIAS = (
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{",
    b"POST / HTTP/1.1\r\nHos",
)


@pytest.mark.parametrize("mitad", A_MEDIAS, ids=["cuerpo", "cabeceras"])
def test_quien_envia_media_peticion_no_detiene_a_los_demas(tmp_path: Path, mitad: bytes) -> None:
    (puerto,) = libres(1)
    (tmp_path / "prueba.py").write_text(PROGRAMA % (LOCAL, puerto))
    servidor = subprocess.Popen([sys.executable, "prueba.py"], cwd=tmp_path)
    lentos: list[socket.socket] = []

    def responde() -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOCAL}:{puerto}/", data=b"hola", timeout=1) as respuesta:
                return bool(respuesta.status == 200)
        except OSError:
            return False

    try:
        esperar(responde)
        for _ in range(8):
            lento = socket.create_connection((LOCAL, puerto))
            lento.sendall(mitad)
            lentos.append(lento)
        esperar(responde)
    finally:
        for lento in lentos:
            lento.close()
        servidor.terminate()
        assert servidor.wait(10) == 0
