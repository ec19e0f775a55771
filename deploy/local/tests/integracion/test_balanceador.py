"""The balancer by itself, the real program, before instances that do as they are told (contract §7).

In `make test`, since it starts a program, and no broker or database. That the door behind it does its own part is shown
by experiment 1 (`tests/experimento1`).
"""

import json
import os
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from plataforma.balanceador import FALLOS, SALUD, Balanceador
from plataforma.puertos import LOCAL, libres

pytestmark = pytest.mark.integracion


class Instancia(ThreadingHTTPServer):
    """Answers every request with its status; `corta` breaks off instead, once it has read it."""

    daemon_threads = True
    request_queue_size = 1024
    """As the door's own. With Python's 5, hundreds at once met a full queue, and so a 502 that was the test's own."""

    def __init__(self, puerto: int) -> None:
        super().__init__((LOCAL, puerto), _Respuesta)
        self.estado = 200
        self.salud = 200
        self.corta = False
        self.sin_leer = 0
        """The status that it answers to a body before it has read it; 0 where it reads."""
        self.octetos: list[int] = []
        """How long the body of each request was, health apart."""
        self.recibidas: Counter[str] = Counter()
        """How many requests of each method have reached it, health apart."""
        self.ultima: Message = Message()
        """The headers of the last of them."""
        self._enchufes: list[socket.socket] = []

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection, and keep it in mind."""
        self._enchufes.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hangs up in the middle is what these tests are about."""

    def morir(self) -> None:
        """Listen no more, and let go of every connection, as a process that is killed does."""
        self.shutdown()
        self.server_close()
        for enchufe in self._enchufes:
            with suppress(OSError):
                enchufe.shutdown(socket.SHUT_RDWR)


class _Respuesta(BaseHTTPRequestHandler):
    server: Instancia
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == SALUD:
            self._responder(self.server.salud)
            return
        self.server.recibidas[self.command] += 1
        self.server.ultima = self.headers
        if self.server.sin_leer and "Content-Length" in self.headers:
            self.close_connection = True
            self._responder(self.server.sin_leer)
            return
        self.server.octetos.append(len(self.rfile.read(int(self.headers.get("Content-Length", 0)))))
        if self.server.corta:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._responder(self.server.estado)

    do_POST = do_GET

    def _responder(self, estado: int) -> None:
        cuerpo = f"soy {self.server.server_address[1]}".encode()
        self.send_response(estado)
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def instancia(puerto: int) -> Iterator[Instancia]:
    with Instancia(puerto) as servidor:
        hilo = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.01})
        hilo.start()
        try:
            yield servidor
        finally:
            servidor.shutdown()
            hilo.join()


class Lugar:
    """A balancer, two instances, and whoever asks."""

    def __init__(self, carpeta: Path, pila: ExitStack) -> None:
        self._pila = pila
        self.puerto, *self.puertos = libres(3)
        self._delante = Balanceador(carpeta, self.puerto, self.puertos)
        self._orden = self._delante.preparar()
        self.instancias = [pila.enter_context(instancia(puerto)) for puerto in self.puertos]
        self._http = urllib3.PoolManager(retries=False)
        self.arrancar()
        self.olvidar()

    def arrancar(self) -> None:
        entorno = os.environ | self._delante.entorno
        self.proceso = self._pila.enter_context(subprocess.Popen(self._orden, env=entorno))
        self._pila.callback(self.proceso.kill)
        hasta(lambda: self.responde() and self.pedir().status == 200)

    def responde(self) -> bool:
        with socket.socket() as enchufe:
            return enchufe.connect_ex((LOCAL, self.puerto)) == 0

    def pedir(
        self, metodo: str = "GET", cuerpo: bytes | None = None, timeout: float = 30, **cabeceras: str
    ) -> urllib3.BaseHTTPResponse:
        propias = {nombre.replace("_", "-"): valor for nombre, valor in cabeceras.items()}
        direccion = f"http://{LOCAL}:{self.puerto}/algo"
        return self._http.request(metodo, direccion, body=cuerpo, headers=propias, timeout=timeout)

    def olvidar(self) -> None:
        for suya in self.instancias:
            suya.recibidas.clear()


def hasta(cumple: Callable[[], object], segundos: float = 30) -> None:
    limite = time.monotonic() + segundos
    while not cumple():
        assert time.monotonic() < limite, "it did not come true in time"
        time.sleep(0.02)


@pytest.fixture
def lugar(tmp_path: Path) -> Iterator[Lugar]:
    with ExitStack() as pila:
        yield Lugar(tmp_path, pila)


@pytest.mark.largo  # the balancer's seconds have to pass
def test_quien_solo_yerra_queda_fuera_por_sus_respuestas_y_vuelve(lugar: Lugar) -> None:
    mala, buena = lugar.instancias
    mala.estado = 500
    errores = 0
    while mala.recibidas.total() < FALLOS:
        errores += lugar.pedir("POST").status == 500
    assert errores == FALLOS
    lugar.olvidar()
    assert {lugar.pedir("POST").status for _ in range(50)} == {200}
    assert (mala.recibidas.total(), buena.recibidas.total()) == (0, 50)
    mala.estado = 200
    hasta(lambda: lugar.pedir("POST").status == 200 and mala.recibidas.total())


def test_si_todas_yerran_ninguna_queda_fuera_y_sus_respuestas_llegan(lugar: Lugar) -> None:
    """As when the broker is away: §2's own 503 with its ids has to reach the client, and queries have to go on."""
    for suya in lugar.instancias:
        suya.estado = 503
    for _ in range(10 * FALLOS):
        respuesta = lugar.pedir("POST", b"x" * 1000)
        assert (respuesta.status, respuesta.data[:4]) == (503, b"soy ")
    for suya in lugar.instancias:
        suya.estado = 200
    assert {lugar.pedir("POST", b"x" * 1000).status for _ in range(20)} == {200}
    octetos = [n for suya in lugar.instancias for n in suya.octetos if n]
    assert octetos == [1000] * (10 * FALLOS + 20), "the body came whole, whichever proxy it went by"
    assert {lugar.pedir().status for _ in range(10)} == {200}


@pytest.mark.parametrize(
    "resto", [b"Transfer-Encoding: chunked\r\n\r\n5\r\nab\r\nzz", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"]
)
def test_los_cuerpos_rotos_de_unos_no_cuestan_el_suyo_a_otros(lugar: Lugar, resto: bytes) -> None:
    for _ in range(4 * FALLOS):
        with socket.create_connection((LOCAL, lugar.puerto), timeout=30) as cliente:
            cliente.sendall(b"POST /algo HTTP/1.1\r\nHost: x\r\n" + resto)
            cliente.shutdown(socket.SHUT_WR)
            cliente.recv(1000)
    for suya in lugar.instancias:
        suya.octetos.clear()
    assert {lugar.pedir("POST", b"x" * 1000).status for _ in range(20)} == {200}
    assert [n for suya in lugar.instancias for n in suya.octetos if n] == [1000] * 20


def test_lo_que_la_puerta_dice_a_medio_cuerpo_llega_y_se_cuelga(lugar: Lugar) -> None:
    """It is the door that says how long a body may take; nobody waits for the rest of one."""
    for suya in lugar.instancias:
        suya.sin_leer = 408
    with socket.create_connection((LOCAL, lugar.puerto), timeout=30) as cliente:
        cliente.sendall(b"POST /algo HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        with cliente.makefile("rb") as leido:
            assert leido.read().startswith(b"HTTP/1.1 408 ")


def test_responde_en_las_dos_familias_del_bucle(lugar: Lugar) -> None:
    assert urllib3.request("GET", f"http://[::1]:{lugar.puerto}/algo", retries=False).status == 200


def test_muerto_de_golpe_vuelve_a_arrancar(lugar: Lugar) -> None:
    """What it left behind, its own socket too, is in nobody's way."""
    lugar.proceso.kill()
    lugar.proceso.wait()
    lugar.arrancar()
    assert lugar.pedir("POST", b"{}").status == 200


@pytest.mark.parametrize("cuerpo", [b"{}", None])
def test_un_post_enviado_no_se_repite_y_un_get_si(lugar: Lugar, cuerpo: bytes | None) -> None:
    """One without a body could be repeated more easily."""
    for suya in lugar.instancias:
        suya.corta = True
    respuesta = lugar.pedir("POST", cuerpo)
    problema = json.loads(respuesta.data)
    assert (respuesta.status, problema["status"]) == (502, 502)
    assert respuesta.headers["Content-Type"] == "application/problem+json"
    assert "puede que no" in problema["detail"]
    assert sum((suya.recibidas for suya in lugar.instancias), Counter()) == {"POST": 1}

    sana, _ = lugar.instancias
    sana.corta = False
    assert [lugar.pedir().status for _ in range(4)] == [200] * 4


def test_un_post_que_no_llega_a_enviarse_va_a_otra(lugar: Lugar) -> None:
    muerta, viva = lugar.instancias
    muerta.morir()
    # A connection that it had may be taken up just before its end is heard of: a POST on that counts as sent.
    assert {lugar.pedir().status for _ in range(20)} == {200}
    assert [lugar.pedir("POST").status for _ in range(40)] == [200] * 40
    assert viva.recibidas["POST"] == 40


def test_quien_envia_despacio_no_estorba_a_los_demas(lugar: Lugar) -> None:
    """The door lets nobody be held; its balancer had too few connections to it, and then none more."""
    with ExitStack() as pila:
        for _ in range(500):
            lento = pila.enter_context(socket.create_connection((LOCAL, lugar.puerto)))
            lento.sendall(b"POST /algo HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        for _ in range(10):
            assert lugar.pedir("POST", b"{}").status == 200


def test_quien_dice_que_se_va_no_recibe_nada_nuevo(lugar: Lugar) -> None:
    se_va, queda = lugar.instancias
    se_va.salud = 503

    def nada_nuevo() -> bool:
        lugar.olvidar()
        assert {lugar.pedir("POST").status for _ in range(10)} == {200}
        return not se_va.recibidas

    hasta(nada_nuevo)
    assert queda.recibidas["POST"] == 10
    se_va.salud = 200
    hasta(lambda: lugar.pedir("POST").status == 200 and se_va.recibidas)


def test_lo_que_quien_llama_dice_de_si_no_pasa(lugar: Lugar) -> None:
    """The door believes its balancer: a caller can't speak through it."""
    dicho = {
        "X_Forwarded_For": "6.6.6.6",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Prefix": "/malo",
        "Forwarded": "x",
    }
    assert lugar.pedir(**dicho).status == 200
    (ultima,) = (suya.ultima for suya in lugar.instancias if suya.recibidas)
    oido = {nombre: ultima.get(nombre.replace("_", "-")) for nombre in dicho}
    assert oido == {
        "X_Forwarded_For": LOCAL, "X_Forwarded_Proto": "http", "X_Forwarded_Prefix": None, "Forwarded": None
    }  # fmt: skip


def test_sin_instancias_lo_dice_el_balanceador(lugar: Lugar) -> None:
    for suya in lugar.instancias:
        suya.salud = 503

    def sin_nadie() -> urllib3.BaseHTTPResponse | None:
        respuesta = lugar.pedir("POST")
        return respuesta if respuesta.status == 503 else None

    hasta(sin_nadie)
    respuesta = lugar.pedir("POST")
    assert (respuesta.status, respuesta.headers["Retry-After"]) == (503, "1")
    assert "no se ha hecho nada" in json.loads(respuesta.data)["detail"]
