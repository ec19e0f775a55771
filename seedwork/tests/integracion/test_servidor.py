"""The web server itself: a client that never ends its request, or never hangs up, holds nobody else up."""

import gzip
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from plataforma.puertos import LOCAL, libres
from seedwork.pruebas.taller import esperar

pytestmark = pytest.mark.integracion

PROGRAMA = """
import asyncio, ipaddress, os, time
import flask
from seedwork.entrada import conexiones, http
from seedwork.entrada.cuerpo_que_llega import CUERPO
from seedwork.entrada.servidor import Ajustes, servir

app = http.crear_app()
GRANDE = os.urandom(500_000).hex().encode()
@app.route("/", methods=["GET", "POST"])
def vista():
    return {"octetos": len(flask.request.get_data())}

@app.route("/en-bucle", methods=["GET", "POST"])
async def en_bucle():
    return {"octetos": len(flask.request.get_data())}

@app.route("/grande")
def grande():
    return flask.Response(GRANDE, content_type="text/plain")

@app.route("/archivo")
def archivo():
    return flask.send_file(__file__.replace("prueba.py", "archivo.js"))

@app.route("/mientras-llega", methods=["POST"])
async def mientras_llega():
    cuerpo = flask.request.environ[CUERPO]
    partes = cuerpo.partes()
    async with cuerpo.esperando():
        while await partes.next():
            pass
    return {}

app.al_llegar = {"/mientras-llega"}

@app.route("/un-rato")
async def un_rato():
    await asyncio.sleep(0.01)
    return {}

@app.route("/lenta")
def lenta():
    time.sleep(1)
    return {}

@app.route("/retenida")
def retenida():
    print("empezada", flush=True)
    while not os.path.exists("suelta"):
        time.sleep(0.05)
    return {}

@app.route("/yo")
def yo():
    pedido = flask.request
    return [pedido.remote_addr, pedido.scheme, pedido.root_path, flask.url_for("yo")]

@app.route("/rota")
def rota():
    return "", {"X-Dicha": "1020304050\\x01"}

app.terminar = lambda: print("terminada", flush=True)

if __name__ == "__main__":
    conexiones.PLAZO_S = %(plazo)f
    conexiones.ENVIO_S = %(plazo)f
    conexiones.DESPEDIDA_S = 1.0
    http.COLA_S = 2.0
    limites = conexiones.Limites(
        inactividad_s=300, hilos=2, subidas=4, proxies=[ipaddress.ip_network("127.0.0.2/31")]
    )
    ajustes = Ajustes(
        direcciones=conexiones.direcciones("127.0.0.1", %(puerto)d),
        drenaje_s=%(drenaje)d,
        trabajadores=%(trabajadores)d,
        conexiones=%(conexiones)d,
        limites=limites,
    )
    servir("prueba:app", ajustes)
"""
MIB = 1024 * 1024
CASI = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % MIB
A_MEDIAS = (
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{",
    b"POST / HTTP/1.1\r\nHos",
)
ULTIMA = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@contextmanager
def en_marcha(
    carpeta: Path, *, conexiones: int = 2000, drenaje: int = 0, plazo: float = 1.0, trabajadores: int = 1
) -> Iterator["Servidor"]:
    (puerto,) = libres(1)
    dichos = {
        "puerto": puerto,
        "conexiones": conexiones,
        "drenaje": drenaje,
        "plazo": plazo,
        "trabajadores": trabajadores,
    }
    (carpeta / "prueba.py").write_text(PROGRAMA % dichos)
    (carpeta / "archivo.js").write_text("var nada = 0;\n" * 10_000)
    with (carpeta / "registro").open("wb") as salida:
        proceso = subprocess.Popen([sys.executable, "prueba.py"], cwd=carpeta, stdout=salida, stderr=salida)
    hecho = Servidor(puerto, [], carpeta / "registro", proceso)
    try:
        esperar(hecho.responde)
        yield hecho
    finally:
        hecho.despedir()
        proceso.terminate()
        assert proceso.wait(60) == 0


@pytest.fixture(scope="module")
def de_todos(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Servidor"]:
    with en_marcha(tmp_path_factory.mktemp("servidor")) as servidor:
        yield servidor


@pytest.fixture
def servidor(de_todos: "Servidor") -> Iterator["Servidor"]:
    """One that others use too, one after the other."""
    yield de_todos
    de_todos.despedir()


@pytest.fixture
def propio(tmp_path: Path) -> Iterator["Servidor"]:
    """One of the test's own, whose connections, memory, threads and log nobody else has a part in."""
    with en_marcha(tmp_path) as servidor:
        yield servidor


@dataclass(frozen=True)
class Servidor:
    puerto: int
    clientes: list[socket.socket]
    registro: Path
    proceso: "subprocess.Popen[bytes]"

    def trabajador(self) -> psutil.Process:
        (hijo,) = psutil.Process(self.proceso.pid).children()
        return hijo

    def abiertas(self) -> set[int]:
        """The clients' ports of the connections that the worker holds."""
        todas = self.trabajador().net_connections("tcp")
        return {c.raddr.port for c in todas if c.status == psutil.CONN_ESTABLISHED}

    def pedir(self, ruta: str, de: str = LOCAL, **cabeceras: str) -> http.client.HTTPResponse:
        """An answer, to a client with an address of the loopback's."""
        conexion = http.client.HTTPConnection(LOCAL, self.puerto, timeout=10, source_address=(de, 0))
        conexion.request("GET", ruta, headers={n.replace("_", "-"): v for n, v in cabeceras.items()})
        return conexion.getresponse()

    def responde(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOCAL}:{self.puerto}/", data=b"hola", timeout=1) as respuesta:
                return bool(respuesta.status == 200)
        except OSError:
            return False

    def despedir(self) -> None:
        """All its clients hang up."""
        for cliente in self.clientes:
            cliente.close()
        self.clientes.clear()

    def llega(self, octetos: bytes) -> socket.socket:
        """A client that sends this, and then nothing; its system takes little for it."""
        cliente = socket.socket()
        cliente.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        cliente.settimeout(20)
        cliente.connect((LOCAL, self.puerto))
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


def test_lo_que_la_aplicacion_no_debio_decir_se_contesta_y_se_anota_sin_citarlo(propio: Servidor) -> None:
    """The server refuses a header of the answer: the application's own handlers are past by then."""
    for ruta, estado in (("/rota", 500), ("/rota/1020304050 x", 400)):
        cliente = propio.llega(f"GET {ruta} HTTP/1.1\r\nHost: x\r\nX-Correlation-Id: c-7\r\n\r\n".encode())
        with cliente.makefile("rb") as leido:
            cabeza, _, cuerpo = leido.read().partition(b"\r\n\r\n")
        assert cabeza.startswith(f"HTTP/1.1 {estado} ".encode())
        problema = json.loads(cuerpo)
        assert problema.get("correlacion") == ("c-7" if estado == 500 else None)
    anotado = propio.registro.read_text()
    assert "cabecera que no puede ser" in anotado
    assert "1020304050" not in anotado
    (ilegible,) = [linea for linea in anotado.splitlines() if "petición ilegible" in linea]
    assert "c-7" not in ilegible, "it is another request's"


CADA = 500
"""Clients of each kind. It is what the door is to bear, and costs two seconds."""
GRANDES = b"GET /grande HTTP/1.1\r\nHost: x\r\n\r\n" * 3


def test_ni_quien_no_lee_ni_quien_gotea_ni_quien_calla_detiene_a_nadie_ni_se_queda(propio: Servidor) -> None:
    hilos = propio.trabajador().num_threads()
    for n in range(CADA):
        propio.llega(GRANDES)
        propio.llega(A_MEDIAS[n % 2])
    activos = list(propio.clientes)
    callan = {propio.llega(b"" if n % 2 else b"\r\n").getsockname()[1] for n in range(CADA)}
    for _ in range(5):
        for gotea in activos[1::2]:
            with suppress(OSError):
                gotea.send(b"x")
        esperar(propio.responde)
    assert propio.trabajador().num_threads() <= hilos + 2, "the two of its own, whoever waits"
    # Each lot is cut off when its time is up; the idle are kept, as any browser's connection is.
    esperar(lambda: propio.abiertas() == callan)
    assert propio.responde()


def test_quien_manda_otra_peticion_detras_y_no_la_acaba_tampoco_se_queda(propio: Servidor) -> None:
    """The time of the second one was not counted: its first octets had come with the first."""
    for _ in range(8):
        propio.llega(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + A_MEDIAS[0])
    esperar(lambda: not propio.abiertas())


RETENIDA = b"GET /retenida HTTP/1.1\r\nHost: x\r\n\r\n"


def test_lo_que_espera_a_un_servicio_no_detiene_a_quien_no_espera_nada(propio: Servidor) -> None:
    """A service that hangs holds every thread; a balancer, whoever restarts and commands have their answers, and who
    has waited for a thread for too long is told so, instead of keeping those that come after."""
    pacientes = [propio.llega(RETENIDA) for _ in range(6)]
    esperar(lambda: propio.registro.read_text().count("empezada") == 2)
    for ruta, estado in (("/salud/viva", 200), ("/salud/trafico", 200), ("/nada", 404), ("/en-bucle", 200)):
        assert propio.pedir(ruta).status == estado
    limite = time.monotonic() + 2.5
    esperar(lambda: time.monotonic() > limite)
    (propio.registro.parent / "suelta").touch()
    estados = [cliente.recv(1000).split(b" ")[1] for cliente in pacientes]
    assert sorted(estados) == [b"200"] * 2 + [b"503"] * 4
    assert propio.pedir("/retenida").status == 200


def test_quien_se_detiene_no_admite_a_nadie_mas(tmp_path: Path) -> None:
    """A connection that the system took and nobody answers is lost to a balancer: a POST is not sent twice."""
    with en_marcha(tmp_path) as servidor:
        retenida = servidor.llega(RETENIDA)
        esperar(lambda: "empezada" in servidor.registro.read_text())
        servidor.proceso.send_signal(signal.SIGTERM)

        def rechaza() -> bool:
            try:
                socket.create_connection((LOCAL, servidor.puerto), timeout=1).close()
            except ConnectionRefusedError:
                return True
            return False

        esperar(rechaza)
        (tmp_path / "suelta").touch()
        assert retenida.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("peticion", "estado"),
    [
        (b"GET /archivo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n", 413),
        (b"GET /archivo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", 408),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n1", 200),
    ],
)
def test_lo_que_no_se_puede_atender_no_es_un_error_nuestro(servidor: Servidor, peticion: bytes, estado: int) -> None:
    cliente = servidor.llega(peticion)
    assert int(cliente.recv(1000).split(b" ")[1]) == estado


def test_un_cuerpo_que_empieza_a_la_vez_que_su_cabeza_llega_entero(tmp_path: Path) -> None:
    """What came with the head was counted as sent ahead of its turn, and the rest never asked for."""
    with en_marcha(tmp_path, plazo=300) as servidor:
        for primero in (1, 60_000, 100_000, 200_000):
            cliente = servidor.llega(CASI + b"x" * primero)
            cliente.settimeout(10)
            for _ in range(20):
                esperar(servidor.responde)
            cliente.sendall(b"x" * (MIB - primero))
            assert cliente.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_un_trozo_que_no_lo_es_se_contesta_cuando_llega(tmp_path: Path) -> None:
    """Not when the time for the rest of it is up."""
    with en_marcha(tmp_path, plazo=300) as servidor:
        cliente = servidor.llega(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
        )
        assert cliente.recv(1000).startswith(b"HTTP/1.1 100 ")
        cliente.sendall(b"zz\r\n")
        assert cliente.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_quien_hace_cola_sin_leer_no_llena_la_memoria(propio: Servidor) -> None:
    antes = propio.trabajador().memory_info().rss
    for _ in range(100):
        propio.llega(GRANDES * 20)
    for _ in range(10):
        esperar(propio.responde)
        # A hundred whole answers would be 100 MB.
        assert propio.trabajador().memory_info().rss - antes < 60 * 1024 * 1024
    esperar(lambda: not propio.abiertas())


CABEZA = b"".join(b"X-%d: %b\r\n" % (n, b"x" * 8000) for n in range(60))


def test_lo_que_va_detras_y_las_cabezas_sin_acabar_no_llenan_la_memoria(tmp_path: Path) -> None:
    """Neither counts as a body. A head's pieces are each within their bounds; together they may be 64 KiB."""
    with en_marcha(tmp_path, plazo=300) as servidor:
        antes = servidor.trabajador().memory_info().rss
        for _ in range(20):
            cliente = servidor.llega(GRANDES)
            cliente.settimeout(0.2)
            with suppress(OSError):
                for _ in range(30):
                    cliente.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + CABEZA + b"\r\n")
        for _ in range(200):
            with suppress(OSError):
                servidor.llega(b"GET / HTTP/1.1\r\nHost: x\r\n" + CABEZA)
        esperar(servidor.responde)
        assert servidor.trabajador().memory_info().rss - antes < 100 * MIB
        with servidor.clientes[-1].makefile("rb") as leido, suppress(ConnectionResetError):
            assert leido.read().startswith(b"HTTP/1.1 431 ")


def test_lo_que_se_ofrece_en_vez_de_http_no_se_toma(servidor: Servidor) -> None:
    assert servidor.pedir("/", Connection="Upgrade", Upgrade="websocket").status == 200


def test_las_conexiones_ociosas_hacen_sitio(tmp_path: Path) -> None:
    with en_marcha(tmp_path, conexiones=50) as servidor:
        for _ in range(200):
            servidor.llega(b"")
        for _ in range(5):
            assert servidor.responde()
        assert len(servidor.abiertas()) <= 50


def test_si_no_hay_ociosas_hacen_sitio_las_mas_lentas(tmp_path: Path) -> None:
    """Their time is not up for long yet; those that are not slow keep theirs."""
    with en_marcha(tmp_path, conexiones=50, plazo=300) as servidor:
        for n in range(60):
            servidor.llega((GRANDES, *A_MEDIAS)[n % 3])
        esperar(lambda: 45 <= len(servidor.abiertas()) <= 50)
        retenida = servidor.llega(RETENIDA)
        esperar(lambda: "empezada" in servidor.registro.read_text())
        for _ in range(60):
            servidor.llega(A_MEDIAS[0])
        esperar(servidor.responde)
        (tmp_path / "suelta").touch()
        assert retenida.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_de_cuerpos_sin_acabar_no_se_guarda_mas_de_lo_que_cabe(tmp_path: Path) -> None:
    with en_marcha(tmp_path, plazo=300) as servidor:
        antes = servidor.trabajador().memory_info().rss
        for _ in range(200):
            with suppress(OSError):
                servidor.llega(CASI + b"x" * (MIB - 1))
        assert servidor.trabajador().memory_info().rss - antes < 130 * MIB
        # Those that came when all was full were told so; the slow ones go before who sends at once.
        dichos = []
        for cliente in servidor.clientes[64:80]:
            with suppress(OSError):
                dichos.append(cliente.recv(100)[:13])
        assert b"HTTP/1.1 503 " in dichos
        esperar(lambda: servidor.llega(CASI + b"x" * MIB).recv(1000).startswith(b"HTTP/1.1 200 "))
        assert servidor.trabajador().memory_info().rss - antes < 130 * MIB


def test_a_head_no_se_le_contesta_con_cuerpo_aunque_sea_lo_ultimo(servidor: Servidor) -> None:
    cliente = servidor.llega(b"HEAD / HTTP/1.1\r\nHost: x\r\nExpect: otra\r\n\r\n")
    with cliente.makefile("rb") as leido:
        cabeza, _, cuerpo = leido.read().partition(b"\r\n\r\n")
    assert cabeza.startswith(b"HTTP/1.1 417 ")
    assert cuerpo == b""


def test_lo_que_se_anuncia_demasiado_grande_se_rechaza_antes_de_que_venga(servidor: Servidor) -> None:
    anuncio = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n"
    for ruta in (b"/", b"/en-bucle"):
        cliente = servidor.llega(anuncio % (ruta, 1024 * 1024 + 1))
        with cliente.makefile("rb") as leido:
            respuesta = leido.read()
        assert respuesta.startswith(b"HTTP/1.1 413 ")
        assert b"Content-Type: application/problem+json" in respuesta
        cliente = servidor.llega(anuncio % (ruta, 4))
        assert cliente.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        cliente.sendall(b"hola")
        assert cliente.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_todo_lo_que_se_pidio_se_contesta_a_quien_ya_no_dice_mas(servidor: Servidor) -> None:
    for _ in range(5):
        cliente = servidor.llega(b"GET /un-rato HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
        cliente.shutdown(socket.SHUT_WR)
        with cliente.makefile("rb") as leido:
            assert leido.read().count(b"HTTP/1.1 200 ") == 20


def test_un_cuerpo_en_otra_codificacion_que_trozos_no_se_toma_por_lo_que_no_es(servidor: Servidor) -> None:
    cliente = servidor.llega(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")
    with cliente.makefile("rb") as leido:
        assert leido.read().startswith(b"HTTP/1.1 501 ")


def test_lo_grande_se_comprime_para_quien_lo_admite(servidor: Servidor) -> None:
    for ruta in ("/grande", "/archivo"):
        entera = servidor.pedir(ruta)
        assert (entera.getheader("Content-Encoding"), entera.getheader("Vary")) == (None, "Accept-Encoding")
        carga = entera.read()
        comprimida = servidor.pedir(ruta, Accept_Encoding="br, gzip")
        assert (comprimida.getheader("Content-Encoding"), comprimida.getheader("Vary")) == ("gzip", "Accept-Encoding")
        descomprimida = gzip.decompress(comprimida.read())
        assert len(descomprimida) == len(carga)
        assert ruta == "/grande" or descomprimida == carga
        assert servidor.pedir(ruta, Accept_Encoding="gzip;q=0").getheader("Content-Encoding") is None
    assert servidor.pedir("/", Accept_Encoding="gzip").getheader("Content-Encoding") is None


@pytest.mark.parametrize(
    ("de", "cabeceras", "visto"),
    [
        ("127.0.0.1", {"X_Forwarded_For": "1.2.3.4", "X_Forwarded_Prefix": "/api"}, ["127.0.0.1", "http", "", "/yo"]),
        (
            "127.0.0.2",
            {"X_Forwarded_For": "9.9.9.9, 1.2.3.4", "X_Forwarded_Prefix": "/api/", "X_Forwarded_Proto": "https"},
            ["1.2.3.4", "https", "/api", "/api/yo"],
        ),
        ("127.0.0.2", {"X_Forwarded_For": "1.2.3.4, 127.0.0.3"}, ["1.2.3.4", "http", "", "/yo"]),
        ("127.0.0.2", {"X_Forwarded_For": "nada, 127.0.0.3"}, ["127.0.0.3", "http", "", "/yo"]),
        ("127.0.0.2", {"X_Forwarded_Prefix": "//otra.co"}, ["127.0.0.2", "http", "", "/yo"]),
        ("127.0.0.2", {"X_Forwarded_Prefix": "/api/../otra"}, ["127.0.0.2", "http", "", "/yo"]),
        ("127.0.0.2", {"X_Forwarded_Prefix": "/a b", "X_Forwarded_Proto": "ftp"}, ["127.0.0.2", "http", "", "/yo"]),
    ],
)
def test_solo_un_proxy_de_confianza_dice_de_parte_de_quien_viene(
    servidor: Servidor, de: str, cabeceras: dict[str, str], visto: list[str]
) -> None:
    assert json.loads(servidor.pedir("/yo", de, **cabeceras).read()) == visto


def test_responde_en_las_dos_familias_del_bucle(servidor: Servidor) -> None:
    with socket.create_connection(("::1", servidor.puerto), timeout=10) as cliente:
        cliente.sendall(ULTIMA)
        assert cliente.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_tras_sigterm_drena_y_acaba_lo_que_tiene(tmp_path: Path) -> None:
    """While it drains it still takes what comes, and lets each client know that it is to go elsewhere."""
    with en_marcha(tmp_path, drenaje=3) as servidor:
        viejo = servidor.llega(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"Connection: close" not in viejo.recv(1000)
        servidor.proceso.send_signal(signal.SIGTERM)
        esperar(lambda: servidor.pedir("/salud/trafico").status == 503)
        viejo.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"Connection: close" in viejo.recv(1000)
        nueva = servidor.pedir("/")
        assert (nueva.status, nueva.getheader("Connection")) == (200, "close")
        en_curso = []
        while servidor.proceso.poll() is None:
            try:
                en_curso.append(servidor.llega(b"GET /lenta HTTP/1.1\r\nHost: x\r\n\r\n"))
            except ConnectionRefusedError:
                break
            esperar(lambda: len(servidor.abiertas()) < 2)
        assert len(en_curso) > 1
        for cliente in en_curso[:-1]:
            assert cliente.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert servidor.registro.read_text().count("terminada\n") == 1, "its process, and not its master"


SUBIDA = (
    b"POST /mientras-llega HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
)


def test_los_sitios_de_las_subidas_son_de_todos_los_procesos_y_el_que_muere_deja_los_suyos(tmp_path: Path) -> None:
    """Whichever process a client came to, it is let in while there are fewer than four; the fifth never is."""
    with en_marcha(tmp_path, trabajadores=2, plazo=20.0) as servidor:
        dentro: list[socket.socket] = []

        def entra() -> bool:
            cliente = servidor.llega(SUBIDA)
            if not cliente.recv(20).startswith(b"HTTP/1.1 100"):
                return False
            dentro.append(cliente)
            return True

        def hijos() -> list[psutil.Process]:
            return psutil.Process(servidor.proceso.pid).children()

        for _ in range(2):
            esperar(lambda: len(hijos()) == 2 and servidor.responde())
            assert [entra() for _ in range(8)] == [True] * 4 + [False] * 4
            dentro.pop().close()
            esperar(entra)
            assert not entra()
            muertos = hijos()
            for hijo in muertos:
                hijo.kill()
            psutil.wait_procs(muertos)
            dentro.clear()
