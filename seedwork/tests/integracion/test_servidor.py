"""The web server itself: a client that never ends its request, or never hangs up, holds nobody else up."""

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from plataforma.puertos import LOCAL, libres
from seedwork.pruebas.taller import esperar

pytestmark = pytest.mark.integracion

PROGRAMA = """
import flask
from seedwork.entrada import conexiones, http
from seedwork.entrada.servidor import Ajustes, servir

app = http.crear_app()

@app.route("/", methods=["GET", "POST"])
def vista():
    return {"octetos": len(flask.request.get_data())}

@app.route("/rota")
def rota():
    return "", {"X-Dicha": "1020304050\\x01"}

if __name__ == "__main__":
    conexiones.PLAZO_S = 1.0
    conexiones.ENVIO_S = 1.0
    conexiones.DESPEDIDA_S = 1.0
    limites = conexiones.Limites(hilos=2, conexiones=60)
    servir("prueba:app", Ajustes(direcciones=[("%s", %d)], limites=limites))
"""
A_MEDIAS = (
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{",
    b"POST / HTTP/1.1\r\nHos",
)
ULTIMA = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture
def servidor(tmp_path: Path) -> Iterator["Servidor"]:
    (puerto,) = libres(1)
    (tmp_path / "prueba.py").write_text(PROGRAMA % (LOCAL, puerto))
    with (tmp_path / "registro").open("wb") as salida:
        proceso = subprocess.Popen([sys.executable, "prueba.py"], cwd=tmp_path, stdout=salida, stderr=salida)
    clientes: list[socket.socket] = []
    hecho = Servidor(puerto, clientes, tmp_path / "registro")
    try:
        esperar(hecho.responde)
        yield hecho
    finally:
        for cliente in clientes:
            cliente.close()
        proceso.terminate()
        assert proceso.wait(10) == 0


@dataclass(frozen=True)
class Servidor:
    puerto: int
    clientes: list[socket.socket]
    registro: Path

    def responde(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOCAL}:{self.puerto}/", data=b"hola", timeout=1) as respuesta:
                return bool(respuesta.status == 200)
        except OSError:
            return False

    def llega(self, octetos: bytes) -> socket.socket:
        """A client that sends this, and then nothing."""
        cliente = socket.create_connection((LOCAL, self.puerto), timeout=20)
        self.clientes.append(cliente)
        cliente.sendall(octetos)
        return cliente


@pytest.mark.parametrize("mitad", A_MEDIAS, ids=["cuerpo", "cabeceras"])
def test_quien_envia_media_peticion_no_detiene_a_los_demas(servidor: Servidor, mitad: bytes) -> None:
    for _ in range(8):
        servidor.llega(mitad)
    esperar(servidor.responde)


def test_quien_no_cuelga_no_detiene_a_los_demas(servidor: Servidor) -> None:
    """Each has its whole answer, and then the end; the worker that gave them is alive."""
    clientes = [servidor.llega(ULTIMA) for _ in range(12)]
    for cliente in clientes:
        with cliente.makefile("rb") as respuesta:
            assert respuesta.read().endswith(b'{"octetos":0}\n')
    esperar(servidor.responde)
    assert b"WORKER TIMEOUT" not in servidor.registro.read_bytes()


def test_a_quien_no_deja_de_hablar_se_le_cuelga(servidor: Servidor) -> None:
    cliente = servidor.llega(ULTIMA)

    def rechazado() -> bool:
        try:
            cliente.sendall(b"y otra cosa")
        except OSError:
            return True
        return False

    esperar(rechazado)


def test_lo_que_la_aplicacion_no_debio_decir_se_contesta_y_se_anota_sin_citarlo(servidor: Servidor) -> None:
    """The server refuses a header of the answer: the application's own handlers are past by then."""
    for ruta, estado in (("/rota", 500), ("/rota/1020304050 x", 400)):
        cliente = servidor.llega(f"GET {ruta} HTTP/1.1\r\nHost: x\r\nX-Correlation-Id: c-7\r\n\r\n".encode())
        with cliente.makefile("rb") as leido:
            cabeza, _, cuerpo = leido.read().partition(b"\r\n\r\n")
        assert cabeza.startswith(f"HTTP/1.1 {estado} ".encode())
        problema = json.loads(cuerpo)
        assert problema.get("correlacion") == ("c-7" if estado == 500 else None)
    anotado = servidor.registro.read_text()
    assert "InvalidResponseHeader" in anotado
    assert "1020304050" not in anotado
    (ilegible,) = [linea for linea in anotado.splitlines() if "petición ilegible" in linea]
    assert "c-7" not in ilegible, "it is another request's"
