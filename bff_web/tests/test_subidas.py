"""Files at the door, over real sockets: the server, the view and the store, without a broker.

Here, in `make check`, because it needs no server of others: one is served in this process, and the store is a folder.
"""

import asyncio
import hashlib
import http.client
import json
import os
import re
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from bff_web.composicion import componer
from bff_web.config import Config
from contratos import Mensaje
from contratos.ejemplos import IMAGEN
from contratos.procesamiento import AnonimizarArchivo
from seedwork.aplicacion.almacen import base_de_almacen
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada import corriente
from seedwork.entrada.conexiones import Limites, Servidor
from seedwork.infraestructura.almacen import AlmacenDeObjetos

RUTA = "/procesar/imagenes"
CAMPOS: dict[str, str] = json.loads(IMAGEN)
DICOM = b"\0" * 128 + b"DICM" + os.urandom(200_000) + b"\r\n--no es el borde\r\n"
LIMITE = b"borde-de-prueba"
MAXIMO = 40 * 1024 * 1024


class Emisor:
    def __init__(self) -> None:
        self.publicados: list[tuple[Sobre, AnonimizarArchivo]] = []
        self.ausente = False

    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
        assert isinstance(mensaje, AnonimizarArchivo)
        self.publicados.append((sobre, mensaje))
        if self.ausente:
            raise SinConfirmacion("ausente")


class Puerta:
    """The door, served on a thread of this process."""

    def __init__(self, carpeta: Path, *, subidas: int = 2) -> None:
        self.emisor = Emisor()
        self.almacen = AlmacenDeObjetos(base_de_almacen(str(carpeta)))
        self.carpeta = carpeta
        config = Config.model_validate(
            {
                "idempotencia_secreto": "secreto de las pruebas",
                "almacen_url": str(carpeta),
                "bff_subida_maxima": MAXIMO,
            }
        )
        app = componer(config, self.emisor, lambda: None)
        enchufe = socket.create_server(("127.0.0.1", 0))
        self.puerto: int = enchufe.getsockname()[1]
        self._fin = threading.Event()
        listo = threading.Event()

        async def servir() -> None:
            servidor = Servidor(app, Limites(hilos=1, subidas=subidas))  # type: ignore[arg-type]
            servidor.escuchar([enchufe])
            listo.set()
            while not self._fin.is_set():
                await asyncio.sleep(0.02)
            await servidor.cerrar(1.0)

        self._hilo = threading.Thread(target=asyncio.run, args=(servir(),))
        self._hilo.start()
        assert listo.wait(10)

    def cerrar(self) -> None:
        self._fin.set()
        self._hilo.join()

    def conectar(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.puerto, timeout=30)

    def enviar(
        self, cuerpo: Any, clave: str | None = "k", tipo: str | None = None, **cabeceras: str
    ) -> tuple[int, dict[str, Any]]:
        dichas = {"Content-Type": tipo or f"multipart/form-data; boundary={LIMITE.decode()}"}
        dichas |= {"Idempotency-Key": clave} if clave is not None else {}
        with closing(self.conectar()) as conexion:
            conexion.request("POST", RUTA, cuerpo, dichas | {n.replace("_", "-"): v for n, v in cabeceras.items()})
            respuesta = conexion.getresponse()
            return respuesta.status, json.loads(respuesta.read())

    def guardados(self) -> list[bytes]:
        return [a.read_bytes() for a in sorted(self.carpeta.rglob("*")) if a.is_file()]


def parte(nombre: str, valor: bytes, *, archivo: str | None = None, mas: str = "") -> bytes:
    de_archivo = f'; filename="{archivo}"\r\nContent-Type: application/dicom' if archivo else ""
    cabeza = f'Content-Disposition: form-data; name="{nombre}"{de_archivo}{mas}\r\n\r\n'
    return b"--" + LIMITE + b"\r\n" + cabeza.encode() + valor + b"\r\n"


def formulario(
    campos: dict[str, str] = CAMPOS, archivo: bytes | None = DICOM, *, primero: bool = False, cierre: bool = True
) -> bytes:
    de_archivo = [parte("archivo", archivo, archivo="Pérez Ana 1024.dcm")] if archivo is not None else []
    de_campos = [parte(nombre, valor.encode()) for nombre, valor in campos.items()]
    partes = [*de_archivo, *de_campos] if primero else [*de_campos, *de_archivo]
    return b"".join(partes) + (b"--" + LIMITE + b"--\r\n" if cierre else b"")


@pytest.fixture(scope="module")
def servida(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Puerta]:
    puerta = Puerta(tmp_path_factory.mktemp("almacen"))
    yield puerta
    puerta.cerrar()


@pytest.fixture
def puerta(servida: Puerta) -> Puerta:
    servida.emisor.publicados.clear()
    servida.emisor.ausente = False
    for archivo in (servida.carpeta / "originales").glob("*"):
        archivo.unlink(missing_ok=True)
    return servida


@pytest.mark.parametrize("primero", [False, True], ids=["archivo al final", "archivo al principio"])
@pytest.mark.parametrize("a_trozos", [False, True], ids=["con largo", "a trozos"])
def test_un_archivo_llega_entero_al_almacen_y_se_pide_con_su_huella(
    puerta: Puerta, primero: bool, a_trozos: bool
) -> None:
    cuerpo: Any = formulario(primero=primero)
    if a_trozos:
        cuerpo = iter([cuerpo[i : i + 777] for i in range(0, len(cuerpo), 777)])
    estado, respuesta = puerta.enviar(cuerpo)
    assert (estado, respuesta["id_imagen"]) == (202, CAMPOS["id_imagen"])
    assert respuesta["consulta"] == f"/procesar/imagenes/{CAMPOS['id_imagen']}"
    ((sobre, mensaje),) = puerta.emisor.publicados
    assert sobre.id == respuesta["id_comando"]
    assert {c: getattr(mensaje, c) for c in CAMPOS} == CAMPOS
    assert (mensaje.archivo.sha256, mensaje.archivo.octetos) == (hashlib.sha256(DICOM).hexdigest(), len(DICOM))
    nombre = puerta.almacen.nombre(mensaje.archivo.uri)
    assert nombre is not None
    assert b"".join(puerta.almacen.leer(nombre)) == DICOM
    assert re.fullmatch(r"originales/[0-9a-f]{32}", nombre)


def test_repetido_es_el_mismo_comando_y_con_otro_archivo_es_otro(puerta: Puerta) -> None:
    una, otra_vez = puerta.enviar(formulario()), puerta.enviar(formulario(primero=True))
    assert una == otra_vez
    assert len({m.archivo.uri for _, m in puerta.emisor.publicados}) == 2
    otro = puerta.enviar(formulario(archivo=DICOM + b"x"))[1]
    assert otro["id_comando"] != una[1]["id_comando"]
    assert len({s.clave_idempotencia for s, _ in puerta.emisor.publicados}) == 1


def test_sin_confirmacion_se_dicen_los_identificadores(puerta: Puerta) -> None:
    puerta.emisor.ausente = True
    estado, respuesta = puerta.enviar(formulario())
    assert (estado, respuesta["estado"]) == (503, "DESCONOCIDO")
    assert len(puerta.guardados()) == 1  # the command may have been taken: its file stays


def test_una_referencia_en_json_lleva_donde_esta(puerta: Puerta) -> None:
    referencia = {"uri": "s3://clinica/envios/a.dcm", "sha256": "0" * 64}
    estado, _ = puerta.enviar(json.dumps({**CAMPOS, "referencia": referencia}), None, "application/json")
    assert estado == 202
    ((_, mensaje),) = puerta.emisor.publicados
    assert (mensaje.archivo.uri, mensaje.archivo.sha256, mensaje.archivo.octetos) == (*referencia.values(), 0)
    for mala in ({"uri": "http://a/b"}, {"sha256": "x"}, {"uri": "s3://a/ñ"}):
        cuerpo = json.dumps({**CAMPOS, "referencia": {**referencia, **mala}})
        assert puerta.enviar(cuerpo, None, "application/json")[0] == 422


SIN_BORDE = "multipart/form-data"
MALOS: list[tuple[str, Any, dict[str, Any], int, str]] = [
    ("sin clave", formulario(), {"clave": None}, 422, "Idempotency-Key"),
    ("clave que no vale", formulario(), {"clave": "x" * 256}, 422, "Idempotency-Key"),
    ("sin archivo", formulario(archivo=None), {}, 422, "archivo"),
    ("archivo vacío", formulario(archivo=b""), {}, 422, "archivo"),
    ("sin un campo", formulario({c: v for c, v in CAMPOS.items() if c != "modalidad"}), {}, 422, "modalidad"),
    ("campo de más", formulario(CAMPOS | {"otro": "x"}), {}, 422, "otro"),
    ("formato desconocido", formulario(CAMPOS | {"formato_imagen": "TIFF"}), {}, 422, "formato_imagen"),
    ("campo dos veces", parte("modalidad", b"x") + formulario(), {}, 422, "modalidad"),
    ("archivo dos veces", parte("archivo", b"x", archivo="x") + formulario(), {}, 422, "archivo"),
    ("no es UTF-8", parte("antecedentes", b"\xff") + formulario(), {}, 422, "antecedentes"),
    ("sin cierre", formulario(cierre=False), {}, 400, ""),
    ("cortado", formulario()[: len(DICOM) // 2], {}, 400, ""),
    ("sin borde", formulario(), {"tipo": SIN_BORDE}, 400, ""),
    ("no es multipart", b"nada de eso", {}, 400, ""),
    ("parte sin nombre", b"--" + LIMITE + b"\r\nX: y\r\n\r\nz\r\n--" + LIMITE + b"--\r\n", {}, 400, ""),
    ("en base64", parte("modalidad", b"eA==", mas="\r\nContent-Transfer-Encoding: base64") + formulario(), {}, 400, ""),
    ("parte comprimida", parte("modalidad", b"x", mas="\r\nContent-Encoding: gzip") + formulario(), {}, 400, ""),
    (
        "multipart dentro",
        b"--" + LIMITE + b'\r\nContent-Disposition: form-data; name="modalidad"\r\n'
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n" + formulario(),
        {},
        400,
        "",
    ),
    ("campos enormes", formulario(CAMPOS | {"antecedentes": "x" * 1_100_000}), {}, 413, ""),
    ("comprimido", formulario(), {"Content_Encoding": "gzip"}, 415, ""),
    ("de otra clase", formulario(), {"tipo": "multipart/mixed; boundary=x"}, 415, ""),
]


@pytest.mark.parametrize(("cuerpo", "como", "estado", "campo"), [m[1:] for m in MALOS], ids=[m[0] for m in MALOS])
def test_lo_que_no_vale_se_dice_y_nada_se_publica(
    puerta: Puerta, cuerpo: bytes, como: dict[str, Any], estado: int, campo: str
) -> None:
    dicho, respuesta = puerta.enviar(cuerpo, **{"clave": "k", **como})
    assert dicho == estado, respuesta
    assert [e["campo"] for e in respuesta.get("errores", [])] == ([campo] if campo else [])
    assert not puerta.emisor.publicados
    assert "Pérez" not in json.dumps(respuesta, ensure_ascii=False)
    assert puerta.enviar(formulario(), clave="otra")[0] == 202


def test_los_campos_que_no_valen_se_dicen_antes_de_que_venga_el_archivo(puerta: Puerta) -> None:
    with socket.create_connection(("127.0.0.1", puerta.puerto), timeout=20) as enchufe:
        enchufe.sendall(_cabeza(MAXIMO) + formulario(CAMPOS | {"fecha_ingesta": "ayer"}, b"#").partition(b"#")[0])
        # What reads the parts looks a little ahead of each.
        for _ in range(500):
            if select.select([enchufe], [], [], 0.02)[0]:
                break
            enchufe.sendall(bytes(1000))
        assert b" 422 " in enchufe.recv(200)
    assert puerta.guardados() == []


def test_lo_demasiado_grande_no_se_guarda(puerta: Puerta) -> None:
    with socket.create_connection(("127.0.0.1", puerta.puerto), timeout=20) as enchufe:
        enchufe.sendall(_cabeza(3 * MAXIMO))
        assert b" 413 " in enchufe.recv(200)
    cabeza, cola = formulario(archivo=b"#").split(b"#")
    trozos = [cabeza, *[bytes(1024 * 1024)] * (MAXIMO // 1024 // 1024 + 1), cola]
    with suppress(BrokenPipeError, ConnectionResetError):  # it is answered before all of it is sent
        assert puerta.enviar(iter(trozos))[0] == 413
    assert puerta.guardados() == []
    assert not puerta.emisor.publicados


def test_de_quien_se_va_a_medias_no_queda_nada(puerta: Puerta) -> None:
    with socket.create_connection(("127.0.0.1", puerta.puerto)) as enchufe:
        enchufe.sendall(_cabeza(MAXIMO) + formulario(archivo=bytes(12 * 1024 * 1024), cierre=False))
        _esperar(lambda: bool(list(puerta.carpeta.rglob("*#*"))))
    _esperar(lambda: not puerta.guardados())
    assert not puerta.emisor.publicados


def test_quien_envia_despacio_no_retiene_su_sitio(puerta: Puerta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corriente, "ESPERA_S", 0.2)
    with socket.create_connection(("127.0.0.1", puerta.puerto), timeout=20) as enchufe:
        enchufe.sendall(_cabeza(MAXIMO) + formulario()[:2000])
        assert b" 408 " in enchufe.recv(200)


def test_las_de_mas_esperan_fuera_y_lo_demas_se_atiende(puerta: Puerta) -> None:
    abiertas = [socket.create_connection(("127.0.0.1", puerta.puerto), timeout=20) for _ in range(2)]
    try:
        for enchufe in abiertas:
            enchufe.sendall(_cabeza(MAXIMO) + formulario()[:200_000])
        _esperar(lambda: puerta.enviar(formulario())[0] == 503)
        with closing(puerta.conectar()) as conexion:
            conexion.request("GET", "/salud/viva")
            assert conexion.getresponse().status == 200
    finally:
        for enchufe in abiertas:
            enchufe.close()
    _esperar(lambda: puerta.enviar(formulario())[0] == 202)


def test_se_pide_permiso_y_se_da(puerta: Puerta) -> None:
    cuerpo = formulario()
    with socket.create_connection(("127.0.0.1", puerta.puerto), timeout=20) as enchufe:
        enchufe.sendall(_cabeza(len(cuerpo), "Expect: 100-continue"))
        assert enchufe.recv(100).startswith(b"HTTP/1.1 100 ")
        enchufe.sendall(cuerpo)
        enchufe.shutdown(socket.SHUT_WR)
        assert b" 202 " in enchufe.recv(1000)


def test_la_memoria_no_crece_con_el_archivo(puerta: Puerta) -> None:
    """Of this process, which holds the door; what is sent is one piece over and over."""
    puerta.enviar(formulario())
    cabeza, cola = formulario(archivo=b"#").split(b"#")
    trozo, veces = bytes(64 * 1024), MAXIMO // 65536
    antes = psutil.Process().memory_info().rss
    picos: list[int] = []

    def trozos() -> Iterator[bytes]:
        yield cabeza
        for numero in range(veces):
            if numero % 64 == 0:
                picos.append(psutil.Process().memory_info().rss)
            yield trozo
        yield cola

    assert puerta.enviar(trozos(), clave="grande")[0] == 202
    assert max(picos) - antes < MAXIMO / 2
    assert puerta.emisor.publicados[-1][1].archivo.octetos == veces * len(trozo)


def _cabeza(largo: int, *mas: str) -> bytes:
    lineas = (
        f"POST {RUTA} HTTP/1.1",
        "Host: x",
        "Idempotency-Key: k",
        f"Content-Type: multipart/form-data; boundary={LIMITE.decode()}",
        f"Content-Length: {largo}",
        *mas,
    )
    return "\r\n".join(lineas).encode() + b"\r\n\r\n"


def _esperar(cumple: Callable[[], bool]) -> None:
    limite = time.monotonic() + 20
    while not cumple():
        assert time.monotonic() < limite
        time.sleep(0.02)
