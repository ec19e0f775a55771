"""Files that go out at the door, over real sockets: the server, the view and the store, and an owner that is told what
to say of an image.

Here, in `make check`, because it needs no server of others: one is served in this process, and the store is a folder.
The two gigabytes are in the long tier.
"""

import hashlib
import http.client
import json
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from structlog.testing import capture_logs

from bff_web.composicion import componer
from bff_web.config import Config
from contratos import Mensaje
from contratos.ejemplos import IMAGEN
from seedwork.aplicacion.almacen import RESULTADOS, base_de_almacen
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada import conexiones, cuerpo_que_llega
from seedwork.entrada.conexiones import Limites
from seedwork.infraestructura import almacen as almacen_de_objetos
from seedwork.infraestructura.almacen import AlmacenDeObjetos
from seedwork.pruebas.servidor import ServidorEnHilo

RUTA = "/procesar/imagenes/i-1/archivo"
DE_DATASET = "/servicios-datos/sd/dataset/imagenes/i-1/archivo"
LIMPIO = b"\0" * 128 + b"DICM" + os.urandom(9 * 1024 * 1024)
HUELLA = hashlib.sha256(LIMPIO).hexdigest()
ETIQUETA = f'"{HUELLA}"'
MUCHOS = 2 * 1024**3


class Propietario(ThreadingHTTPServer):
    """procesamiento, and servicio-datos, as far as they are asked for files."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Atencion)
        self.dicho: dict[str, Any] = {}
        self.pedidos: list[str] = []


class _Atencion(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Propietario

    def do_GET(self) -> None:
        self.server.pedidos.append(self.path)
        cuerpo = json.dumps(self.server.dicho).encode()
        self.send_response(200 if self.server.dicho else 404)
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)

    def log_message(self, *_: object) -> None:
        pass


class Emisor:
    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
        pass


class Puerta:
    """The door, served on a thread of this process."""

    def __init__(self, carpeta: Path) -> None:
        self.carpeta = carpeta
        self.almacen = AlmacenDeObjetos(base_de_almacen(str(carpeta)))
        self.propietario = Propietario()
        self._suyo = threading.Thread(target=self.propietario.serve_forever, kwargs={"poll_interval": 0.02})
        self._suyo.start()
        url = f"http://127.0.0.1:{self.propietario.server_port}"
        config = Config.model_validate(
            {
                "idempotencia_secreto": "secreto de las pruebas",
                "almacen_url": str(carpeta),
                "procesamiento_url": url,
                "servicio_datos_url": url,
                # It answers anything, and at once: a broker that is away is asked again, and again.
                "pulsar_admin_url": url,
            }
        )
        app = componer(config, Emisor(), lambda: None)
        self._servidor = ServidorEnHilo(app, Limites(hilos=4, descargas=2, inactividad_s=600.0))
        self.puerto = self._servidor.puerto

    def cerrar(self) -> None:
        self._servidor.cerrar()
        self.propietario.shutdown()
        self.propietario.server_close()
        self._suyo.join()

    def decir(self, estado: str = "ANONIMIZADA", **archivo: Any) -> None:
        """What the owner says of the image from now on."""
        vacio = {"sha256": None, "octetos": None, "tipo": None}
        self.propietario.dicho = {"estado": estado, **vacio, **archivo, "id_imagen": "i-1"}

    def guardar(self, contenido: bytes = LIMPIO, tipo: str | None = "application/dicom") -> None:
        """An image's clean file, in the store and at its owner."""
        huella = hashlib.sha256(contenido).hexdigest()
        self.almacen.guardar(RESULTADOS + huella, [contenido])
        self.decir(sha256=huella, octetos=len(contenido), tipo=tipo)

    def agrandar(self, octetos: int) -> None:
        """Likewise a file of that size, most of it a hole."""
        huella = "a" * 64
        donde = self.carpeta / RESULTADOS / huella
        donde.parent.mkdir(parents=True, exist_ok=True)
        with donde.open("wb") as archivo:
            archivo.truncate(octetos)
        self.decir(sha256=huella, octetos=octetos, tipo="application/dicom")

    def pedir(self, metodo: str = "GET", ruta: str = RUTA, **cabeceras: str) -> tuple[int, dict[str, str], bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.puerto, timeout=20)) as conexion:
            conexion.request(metodo, ruta, headers={n.replace("_", "-"): v for n, v in cabeceras.items()})
            respuesta = conexion.getresponse()
            return respuesta.status, dict(respuesta.getheaders()), respuesta.read()

    def abrir(self, recibe: int | None = None) -> socket.socket:
        """A client that has asked for the file, and has not read any of it."""
        enchufe = socket.socket()
        if recibe:
            enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, recibe)
        enchufe.settimeout(20)
        enchufe.connect(("127.0.0.1", self.puerto))
        enchufe.sendall(f"GET {RUTA} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return enchufe


@pytest.fixture(scope="module")
def servida(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Puerta]:
    puerta = Puerta(tmp_path_factory.mktemp("almacen"))
    yield puerta
    puerta.cerrar()


@pytest.fixture
def puerta(servida: Puerta) -> Puerta:
    servida.guardar()
    servida.propietario.pedidos.clear()
    return servida


def test_el_archivo_llega_entero_con_su_tipo_su_huella_y_un_nombre_que_no_dice_nada(puerta: Puerta) -> None:
    estado, cabeceras, cuerpo = puerta.pedir(Accept_Encoding="gzip")
    assert estado == 200
    assert hashlib.sha256(cuerpo).hexdigest() == HUELLA
    esperadas = {
        "Content-Type": "application/dicom",
        "Content-Length": str(len(LIMPIO)),
        "ETag": ETIQUETA,
        "Accept-Ranges": "bytes",
        "Content-Disposition": 'attachment; filename="i-1.dcm"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }
    assert {n: v for n, v in cabeceras.items() if n in esperadas} == esperadas
    assert "Content-Encoding" not in cabeceras
    assert puerta.propietario.pedidos == [RUTA]


@pytest.mark.parametrize(
    ("tipo", "dicho", "nombre"),
    [("image/png", "image/png", "i-1.png"), (None, "application/octet-stream", "i-1.bin")],
    ids=["de su tipo", "de antes de que se dijera"],
)
def test_lo_publicado_se_baja_por_su_conjunto_de_datos(
    puerta: Puerta, tipo: str | None, dicho: str, nombre: str
) -> None:
    puerta.guardar(tipo=tipo)
    estado, cabeceras, cuerpo = puerta.pedir(ruta=DE_DATASET)
    assert (estado, hashlib.sha256(cuerpo).hexdigest(), cabeceras["Content-Type"]) == (200, HUELLA, dicho)
    assert cabeceras["Content-Disposition"] == f'attachment; filename="{nombre}"'
    assert puerta.propietario.pedidos == [DE_DATASET]
    puerta.propietario.dicho = {}
    assert puerta.pedir(ruta=DE_DATASET)[0] == 404


def test_head_dice_lo_mismo_sin_el_archivo(puerta: Puerta) -> None:
    _, del_get, _ = puerta.pedir()
    estado, cabeceras, cuerpo = puerta.pedir("HEAD", Range="bytes=0-9")
    assert (estado, cuerpo) == (200, b"")
    sin_hora = {"Date", "X-Correlation-Id"}
    assert {n: v for n, v in cabeceras.items() if n not in sin_hora} == {
        n: v for n, v in del_get.items() if n not in sin_hora
    }


TOTAL = len(LIMPIO)
RANGOS: list[tuple[str, int, int]] = [
    ("bytes=0-0", 0, 1),
    ("bytes=10-19", 10, 20),
    ("bytes=128-", 128, TOTAL),
    ("bytes=-5", TOTAL - 5, TOTAL),
    (f"bytes=-{TOTAL * 3}", 0, TOTAL),
    (f"bytes={TOTAL - 2}-{TOTAL * 9}", TOTAL - 2, TOTAL),
    # Over the edge between two pieces as they are read.
    ("bytes=4194300-4194310", 4194300, 4194311),
    ("BYTES=1-2", 1, 3),
]


@pytest.mark.parametrize(("rango", "desde", "hasta"), RANGOS)
def test_un_rango(puerta: Puerta, rango: str, desde: int, hasta: int) -> None:
    estado, cabeceras, cuerpo = puerta.pedir(Range=rango)
    assert cuerpo == LIMPIO[desde:hasta]
    entero = hasta - desde == TOTAL
    assert estado == (200 if entero else 206)
    assert cabeceras.get("Content-Range") == (None if entero else f"bytes {desde}-{hasta - 1}/{TOTAL}")
    assert cabeceras["ETag"] == ETIQUETA


@pytest.mark.parametrize("rango", ["bytes=5-1", "bytes=0-1,5-6", "lineas=0-1", "bytes=", "bytes=a-b", "bytes=-", "x"])
def test_lo_que_no_es_un_solo_tramo_es_el_archivo_entero(puerta: Puerta, rango: str) -> None:
    assert puerta.pedir(Range=rango)[::2] == (200, LIMPIO)


@pytest.mark.parametrize("rango", [f"bytes={TOTAL}-", f"bytes={TOTAL}-{TOTAL + 5}", "bytes=-0"])
def test_un_tramo_que_no_hay(puerta: Puerta, rango: str) -> None:
    estado, cabeceras, cuerpo = puerta.pedir(Range=rango)
    assert (estado, cabeceras["Content-Range"]) == (416, f"bytes */{TOTAL}")
    assert json.loads(cuerpo)["status"] == 416


@pytest.mark.parametrize(
    ("condiciones", "estado"),
    [
        ({"If_None_Match": ETIQUETA}, 304),
        ({"If_None_Match": f'"x", W/{ETIQUETA}'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": ETIQUETA, "Range": "bytes=0-1"}, 304),
        ({"If_None_Match": '"x"'}, 200),
        ({"If_Match": ETIQUETA}, 200),
        ({"If_Match": "*"}, 200),
        ({"If_Match": '"x"'}, 412),
        ({"If_Match": f"W/{ETIQUETA}"}, 412),
        ({"Range": "bytes=0-1", "If_Range": ETIQUETA}, 206),
        ({"Range": "bytes=0-1", "If_Range": f"W/{ETIQUETA}"}, 200),
        ({"Range": "bytes=0-1", "If_Range": '"x"'}, 200),
        ({"Range": "bytes=0-1", "If_Range": "Wed, 21 Oct 2026 07:28:00 GMT"}, 200),
    ],
)
def test_una_condicion(puerta: Puerta, condiciones: dict[str, str], estado: int) -> None:
    dicho, cabeceras, cuerpo = puerta.pedir(**condiciones)
    assert dicho == estado
    if estado == 304:
        assert (cabeceras["ETag"], cuerpo) == (ETIQUETA, b"")
    if estado == 206:
        assert cuerpo == LIMPIO[:2]


@pytest.mark.parametrize("estado", ["PENDIENTE", "CUARENTENA", "FALLIDA", "RECHAZADA", "ANONIMIZADA"])
def test_sin_archivo_se_dice_como_esta_la_imagen_y_donde_se_ve(puerta: Puerta, estado: str) -> None:
    puerta.decir(estado)
    dicho, cabeceras, cuerpo = puerta.pedir()
    assert (dicho, cabeceras["Content-Type"]) == (404, "application/problem+json")
    problema = json.loads(cuerpo)
    assert (problema["estado"], problema["consulta"]) == (estado, "/procesar/imagenes/i-1")
    assert estado in problema["detail"]
    informe = "/procesar/imagenes/i-1/informe" if estado not in ("RECHAZADA", "ANONIMIZADA") else None
    assert problema.get("informe") == informe
    assert ("Retry-After" in cabeceras) == (estado == "PENDIENTE")


def test_de_una_imagen_que_nadie_conoce_no_hay_archivo(puerta: Puerta) -> None:
    puerta.propietario.dicho = {}
    assert puerta.pedir()[0] == 404


def test_un_resultado_que_se_perdio_no_se_da_por_ausencia_del_almacen(puerta: Puerta) -> None:
    puerta.almacen.borrar(RESULTADOS + HUELLA)
    with capture_logs() as lineas:
        estado, cabeceras, cuerpo = puerta.pedir(X_Correlation_Id="c-77")
    assert (estado, cabeceras["Content-Type"]) == (500, "application/problem+json")
    assert "Retry-After" not in cabeceras
    problema = json.loads(cuerpo)
    assert "avise al operador" in problema["detail"]
    assert problema["correlacion"] == "c-77"
    (linea,) = (linea for linea in lineas if linea["log_level"] == "error")
    assert linea["sha256"] == HUELLA
    assert puerta.pedir("HEAD")[0] == 200


def test_sin_almacen_se_dice_que_se_espere_y_se_ve_en_la_salud(puerta: Puerta) -> None:
    """Whatever else the door does goes on without it."""

    def del_almacen() -> dict[str, Any]:
        with closing(http.client.HTTPConnection("127.0.0.1", puerta.puerto, timeout=20)) as conexion:
            conexion.request("GET", "/salud/lista")
            respuesta = conexion.getresponse()
            assert respuesta.status == 200
            return dict(json.loads(respuesta.read())["informativas"]["almacen"])

    assert del_almacen() == {"lista": True, "detalle": None}
    aparte = puerta.carpeta / RESULTADOS
    aparte.rename(puerta.carpeta / "aparte")
    aparte.write_text("no es una carpeta")
    try:
        estado, cabeceras, _ = puerta.pedir()
        assert (estado, cabeceras["Retry-After"]) == (503, "2")
        assert del_almacen() == {"lista": False, "detalle": "no responde (GenericError)"}
    finally:
        aparte.unlink()
        (puerta.carpeta / "aparte").rename(aparte)
    assert puerta.pedir()[0] == 200


def test_lo_que_el_almacen_no_da_entero_se_corta(puerta: Puerta) -> None:
    puerta.decir(sha256=HUELLA, octetos=TOTAL + 1, tipo="application/dicom")
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        puerta.pedir()
    puerta.guardar()
    assert puerta.pedir()[0] == 200


def test_quien_no_lee_pierde_su_sitio_y_quien_lee_despacio_no(puerta: Puerta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conexiones, "ENVIO_S", 600.0)
    monkeypatch.setattr(cuerpo_que_llega, "ESPERA_S", 0.5)
    monkeypatch.setattr(cuerpo_que_llega, "RITMO", 1024 * 1024)
    with puerta.abrir(recibe=4096) as parado, puerta.abrir(recibe=65536) as modesto:
        leido = bytearray()
        while len(leido) < TOTAL:
            trozo = modesto.recv(65536)
            assert trozo
            leido += trozo
            time.sleep(0.006)  # its pace: in all it is waited for longer than who reads nothing
            if len(leido) >= TOTAL + leido.find(b"\r\n\r\n") + 4:
                break
        assert hashlib.sha256(leido.partition(b"\r\n\r\n")[2]).hexdigest() == HUELLA
        with suppress(ConnectionResetError):
            while parado.recv(1024 * 1024):
                pass
    assert puerta.pedir()[0] == 200


def test_las_de_mas_esperan_fuera_y_lo_demas_se_atiende(puerta: Puerta) -> None:
    abiertos = [puerta.abrir(recibe=4096) for _ in range(2)]
    try:
        assert all(a.recv(12) == b"HTTP/1.1 200" for a in abiertos)
        estado, cabeceras, _ = puerta.pedir()
        assert (estado, "Retry-After" in cabeceras) == (503, True)
        assert puerta.pedir("HEAD")[0] == 200
        assert puerta.pedir(If_None_Match=ETIQUETA)[0] == 304
        with closing(http.client.HTTPConnection("127.0.0.1", puerta.puerto, timeout=20)) as conexion:
            conexion.request("POST", "/procesar/procesar-imagen", IMAGEN.encode(), {"Content-Type": "application/json"})
            assert conexion.getresponse().status == 202
    finally:
        for enchufe in abiertos:
            enchufe.close()
    _esperar(lambda: puerta.pedir()[0] == 200)


def test_lo_que_esta_en_mano_de_quien_no_lee_es_poco_y_se_suelta(
    puerta: Puerta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for two pieces, a third client costs the slowest of them its place."""
    monkeypatch.setattr(conexiones, "EN_MANO", almacen_de_objetos.TROZO + 1)
    monkeypatch.setattr(conexiones, "DESPACIO_S", 0.05)
    with puerta.abrir(recibe=4096) as parado:
        assert parado.recv(12) == b"HTTP/1.1 200"
        _esperar(lambda: puerta.pedir()[0] == 200 and parado.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0)


def test_la_memoria_no_crece_con_el_archivo(puerta: Puerta) -> None:
    """Of this process, which holds the door and the client."""
    _memoria(puerta, 96 * 1024 * 1024, 32 * 1024 * 1024)


@pytest.mark.largo
def test_dos_gigas_no_cuestan_memoria(puerta: Puerta) -> None:
    _memoria(puerta, MUCHOS, 64 * 1024 * 1024)


def _memoria(puerta: Puerta, octetos: int, margen: int) -> None:
    puerta.pedir()
    puerta.agrandar(octetos)
    antes = psutil.Process().memory_info().rss
    with puerta.abrir(recibe=65536) as cliente:
        # What is written to who does not read yet.
        assert select.select([cliente], [], [], 30)[0]
        pico = psutil.Process().memory_info().rss
        leidos, veces, sitio = 0, 0, bytearray(256 * 1024)
        while leidos < octetos:
            leido = cliente.recv_into(sitio)
            assert leido
            leidos += leido
            veces += 1
            if veces % 200 == 0:
                pico = max(pico, psutil.Process().memory_info().rss)
    assert pico - antes < margen


def _esperar(cumple: Callable[[], bool]) -> None:
    limite = time.monotonic() + 20
    while not cumple():
        assert time.monotonic() < limite
        time.sleep(0.02)
