"""Files at the door, over real sockets: the server, the view and the store, without a broker.

Here, in `make check`, because it needs no server of others: one is served in this process, and the store is a folder.
"""

import hashlib
import http.client
import itertools
import json
import os
import re
import select
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest

from bff_web import empaquetado
from bff_web.composicion import componer
from bff_web.config import Config
from contratos import Mensaje
from contratos.ejemplos import IMAGEN
from contratos.procesamiento import METADATOS_MAXIMO, ArchivoPedido
from seedwork.aplicacion.almacen import SinAlmacen, base_de_almacen
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada import cuerpo_que_llega
from seedwork.entrada.conexiones import Limites
from seedwork.infraestructura.almacen import AlmacenDeObjetos
from seedwork.pruebas.servidor import ServidorEnHilo

RUTA = "/procesar/imagenes"
PAQUETES = "/procesar/paquetes"
CAMPOS: dict[str, str] = json.loads(IMAGEN)
DICOM = b"\0" * 128 + b"DICM" + os.urandom(200_000) + b"\r\n--no es el borde\r\n"
LIMITE = b"borde-de-prueba"
MIB = 1024 * 1024
MAXIMO = 40 * MIB


class Emisor:
    def __init__(self) -> None:
        self.publicados: list[tuple[Sobre, Any]] = []
        self.ausente = False

    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
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
        self._servidor = ServidorEnHilo(app, Limites(hilos=1, subidas=subidas))
        self.puerto = self._servidor.puerto

    def cerrar(self) -> None:
        self._servidor.cerrar()

    def conectar(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.puerto, timeout=30)

    def enviar(
        self, cuerpo: Any, clave: str | None = "k", tipo: str | None = None, ruta: str = RUTA, **cabeceras: str
    ) -> tuple[int, dict[str, Any]]:
        dichas = {"Content-Type": tipo or f"multipart/form-data; boundary={LIMITE.decode()}"}
        dichas |= {"Idempotency-Key": clave} if clave is not None else {}
        with closing(self.conectar()) as conexion:
            conexion.request("POST", ruta, cuerpo, dichas | {n.replace("_", "-"): v for n, v in cabeceras.items()})
            respuesta = conexion.getresponse()
            return respuesta.status, json.loads(respuesta.read())

    def guardados(self) -> list[bytes]:
        contenidos = []
        for archivo in sorted(a for a in self.carpeta.rglob("*") if a.is_file()):
            with suppress(FileNotFoundError):  # The door may delete it meanwhile.
                contenidos.append(archivo.read_bytes())
        return contenidos


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
    for mala, regla in (
        ({"uri": "http://a/b"}, "gs://, s3:// o file://"),
        ({"uri": "FILE:///a/b"}, "en minúsculas"),
        ({"uri": "s3://a/ñ"}, "ASCII"),
        ({"sha256": "x"}, "64 cifras hexadecimales"),
        ({"sha256": "A" * 64}, "en minúsculas"),
    ):
        cuerpo = json.dumps({**CAMPOS, "referencia": {**referencia, **mala}})
        estado, problema = puerta.enviar(cuerpo, None, "application/json")
        assert estado == 422
        assert problema["errores"][0]["campo"] == f"referencia.{next(iter(mala))}"
        assert regla in problema["errores"][0]["motivo"]


def test_una_referencia_no_lleva_a_lo_que_otros_enviaron(puerta: Puerta) -> None:
    puerta.enviar(formulario())
    ((_, mensaje),) = puerta.emisor.publicados
    base = base_de_almacen(str(puerta.carpeta))
    for uri in (mensaje.archivo.uri, f"{base}/resultados/{'a' * 64}", f"{base}/%6f/../x"):
        cuerpo = json.dumps({**CAMPOS, "referencia": {"uri": uri, "sha256": mensaje.archivo.sha256}})
        estado, problema = puerta.enviar(cuerpo, None, "application/json")
        assert estado == 422
        motivo = "no puede llevar al almacén de la plataforma: envíe el archivo"
        assert problema["errores"] == [{"campo": "referencia.uri", "motivo": motivo}]
    assert len(puerta.emisor.publicados) == 1
    vecina = json.dumps({**CAMPOS, "referencia": {"uri": f"{base}-otro/a.dcm", "sha256": "0" * 64}})
    assert puerta.enviar(vecina, None, "application/json")[0] == 202


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
    ("parte sin cabecera", b"--" + LIMITE + b"\r\nnada--" + LIMITE + b"--\r\n", {}, 400, ""),
    ("cabecera de parte sin fin", b"--" + LIMITE + b"\r\nX: " + b"y" * 9000, {}, 400, ""),
    ("cabeceras de parte sin fin", b"--" + LIMITE + b"\r\n" + b"X: y\r\n" * 200 + formulario(), {}, 400, ""),
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
    monkeypatch.setattr(cuerpo_que_llega, "ESPERA_S", 0.2)
    with socket.create_connection(("127.0.0.1", puerta.puerto), timeout=20) as enchufe:
        enchufe.sendall(_cabeza(MAXIMO) + formulario()[:2000])
        assert b" 408 " in enchufe.recv(200)


def test_las_de_mas_esperan_fuera_y_lo_demas_se_atiende(puerta: Puerta) -> None:
    abiertas = [socket.create_connection(("127.0.0.1", puerta.puerto), timeout=20) for _ in range(2)]
    try:
        for enchufe in abiertas:
            enchufe.sendall(_cabeza(MAXIMO) + formulario()[:200_000])
        _esperar(lambda: puerta.enviar(formulario())[0] == 503)
        assert "en unos segundos" in puerta.enviar(formulario())[1]["detail"]
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


@pytest.mark.parametrize("campo", ["archivo", "paquete", "archivos"])
def test_la_memoria_no_crece_con_lo_que_viene(puerta: Puerta, campo: str) -> None:
    """Of this process, which holds the door; what is sent is one piece over and over."""
    ruta = RUTA if campo == "archivo" else PAQUETES
    campos = formulario(archivo=None, cierre=False) if campo == "archivo" else b""
    cabeza, cola = parte(campo, b"#", archivo="a").split(b"#")
    puerta.enviar(paquete(campos + cabeza, cola), ruta=ruta)
    trozo, veces = bytes(64 * 1024), MAXIMO // 65536 - 1
    antes = psutil.Process().memory_info().rss
    picos: list[int] = []

    def trozos() -> Iterator[bytes]:
        yield campos + cabeza
        for numero in range(veces):
            if numero % 64 == 0:
                picos.append(psutil.Process().memory_info().rss)
            yield trozo
        yield paquete(cola)

    assert puerta.enviar(trozos(), clave="grande", ruta=ruta)[0] == 202
    assert max(picos) - antes < MAXIMO / 2
    mensaje = puerta.emisor.publicados[-1][1]
    guardado = mensaje.archivo if campo == "archivo" else mensaje.paquete
    assert 0 <= guardado.octetos - veces * len(trozo) < 500


def _zip(*miembros: tuple[str, bytes]) -> bytes:
    escrito = BytesIO()
    with zipfile.ZipFile(escrito, "w", zipfile.ZIP_DEFLATED) as paquete:
        for nombre, contenido in miembros:
            paquete.writestr(nombre, contenido)
    return escrito.getvalue()


ZIP = _zip(("a.dcm", DICOM), ("b/c.dcm", b"x"))
METADATOS = b"archivo,id_paciente\na.dcm,0001\n"
SUELTOS = [
    ("serie 1/ñandú.dcm", DICOM),
    ("b.dcm", b""),
    ("/etc/passwd", b"\r\n--x"),
    ('c"d;e;f.dcm', os.urandom(70_000)),
]


def paquete(*partes: bytes) -> bytes:
    return b"".join(partes) + b"--" + LIMITE + b"--\r\n"


def suelto(nombre: str, contenido: bytes = b"x") -> bytes:
    return parte("archivos", contenido, archivo=nombre.replace('"', "%22"))


DE_ZIP = parte("paquete", ZIP, archivo="Pérez Ana.zip")
DE_METADATOS = parte("metadatos", METADATOS, archivo="Pérez Ana.csv")


def leido(puerta: Puerta, pedido: ArchivoPedido) -> bytes:
    nombre = puerta.almacen.nombre(pedido.uri)
    assert nombre is not None and re.fullmatch(r"originales/[0-9a-f]{32}", nombre)
    contenido = b"".join(puerta.almacen.leer(nombre))
    assert (pedido.sha256, pedido.octetos) == (hashlib.sha256(contenido).hexdigest(), len(contenido))
    return contenido


@pytest.mark.parametrize(
    ("partes", "con_metadatos"),
    [([DE_ZIP], False), ([DE_ZIP, DE_METADATOS], True), ([DE_METADATOS, DE_ZIP], True)],
    ids=["solo", "metadatos detrás", "metadatos delante"],
)
def test_un_zip_llega_como_vino_y_es_un_solo_comando(puerta: Puerta, partes: list[bytes], con_metadatos: bool) -> None:
    estado, respuesta = puerta.enviar(paquete(*partes), ruta=PAQUETES)
    ((sobre, mensaje),) = puerta.emisor.publicados
    assert (estado, respuesta) == (
        202,
        {
            "id_comando": sobre.id,
            "id_paquete": mensaje.id_paquete,
            "estado": "ACEPTADO",
            "consulta": f"/procesar/paquetes/{mensaje.id_paquete}",
            "comando": f"/procesar/comandos/{sobre.id}",
        },
    )
    assert leido(puerta, mensaje.paquete) == ZIP
    if con_metadatos:
        assert leido(puerta, mensaje.metadatos) == METADATOS
    else:
        assert mensaje.metadatos == ArchivoPedido()
    assert len(puerta.guardados()) == 1 + con_metadatos


@pytest.mark.parametrize("donde", range(len(SUELTOS) + 1))
@pytest.mark.parametrize("a_trozos", [False, True], ids=["con largo", "a trozos"])
def test_muchos_archivos_son_un_zip_con_sus_nombres_como_vinieron(puerta: Puerta, donde: int, a_trozos: bool) -> None:
    partes = [suelto(*miembro) for miembro in SUELTOS]
    partes.insert(donde, DE_METADATOS)
    cuerpo: Any = paquete(*partes)
    if a_trozos:
        cuerpo = iter([cuerpo[i : i + 777] for i in range(0, len(cuerpo), 777)])
    estado, _ = puerta.enviar(cuerpo, ruta=PAQUETES)
    assert estado == 202
    ((_, mensaje),) = puerta.emisor.publicados
    assert leido(puerta, mensaje.metadatos) == METADATOS
    with zipfile.ZipFile(BytesIO(leido(puerta, mensaje.paquete))) as hecho:
        assert hecho.testzip() is None
        assert [(m.filename, hecho.read(m)) for m in hecho.infolist()] == SUELTOS
        assert {(m.compress_type, m.date_time) for m in hecho.infolist()} == {(0, (1980, 1, 1, 0, 0, 0))}


def test_el_mismo_paquete_con_su_clave_es_el_mismo_comando_y_otro_no(puerta: Puerta) -> None:
    uno, otro = suelto("a.dcm", DICOM), suelto("b.dcm")
    una = puerta.enviar(paquete(uno, otro, DE_METADATOS), ruta=PAQUETES)[1]
    assert puerta.enviar(paquete(DE_METADATOS, uno, otro), ruta=PAQUETES)[1] == una
    distintos = [
        paquete(uno, otro),
        paquete(otro, uno, DE_METADATOS),
        paquete(suelto("A.dcm", DICOM), otro, DE_METADATOS),
        paquete(suelto("a.dcm", DICOM + b"x"), otro, DE_METADATOS),
        paquete(uno, otro, parte("metadatos", METADATOS + b"b.dcm,0002\n")),
        paquete(DE_ZIP, DE_METADATOS),
    ]
    otras = [puerta.enviar(cuerpo, ruta=PAQUETES)[1] for cuerpo in distintos]
    assert len({una["id_comando"], *(o["id_comando"] for o in otras)}) == 1 + len(distintos)
    assert {o["id_paquete"] for o in otras} == {una["id_paquete"]}
    # Of these, the service takes the first alone: a key that comes with something else is refused there.
    assert len({s.clave_idempotencia for s, _ in puerta.emisor.publicados}) == 1
    assert (
        puerta.enviar(paquete(uno, otro, DE_METADATOS), clave="otra", ruta=PAQUETES)[1]["id_paquete"]
        != una["id_paquete"]
    )


def sin_nombre(valor: bytes = b"x") -> bytes:
    return parte("archivos", valor)


MALOS_PAQUETES: list[tuple[str, list[bytes], dict[str, Any], int, str]] = [
    ("sin clave", [DE_ZIP], {"clave": None}, 422, "Idempotency-Key"),
    ("sin nada", [], {}, 422, "paquete"),
    ("sin archivos", [DE_METADATOS], {}, 422, "paquete"),
    ("las dos cosas", [DE_ZIP, suelto("a.dcm")], {}, 422, "archivos"),
    ("las dos cosas al revés", [suelto("a.dcm"), DE_METADATOS, DE_ZIP], {}, 422, "paquete"),
    ("paquete dos veces", [DE_ZIP, DE_ZIP], {}, 422, "paquete"),
    ("metadatos dos veces", [DE_METADATOS, DE_ZIP, DE_METADATOS], {}, 422, "metadatos"),
    ("metadatos dos veces entre archivos", [DE_METADATOS, suelto("a"), DE_METADATOS], {}, 422, "metadatos"),
    ("un nombre dos veces", [suelto("a"), suelto("b"), suelto("a", b"y")], {}, 422, "archivos"),
    ("sin nombre de archivo", [suelto("a"), sin_nombre()], {}, 422, "archivos"),
    ("nombre vacío, como de un navegador", [parte("archivos", b"", mas='; filename=""')], {}, 422, "archivos"),
    ("nombre de carpeta", [suelto("a/")], {}, 422, "archivos"),
    ("nombre que no es UTF-8", [suelto("a").replace(b'"a"', b'"\xff"')], {}, 422, "archivos"),
    ("nombre con un control", [suelto("a\x01b")], {}, 400, ""),
    ("campo de más", [DE_ZIP, parte("id_paciente", b"1")], {}, 422, "id_paciente"),
    ("campo de más entre archivos", [suelto("a"), parte("otro", b"1")], {}, 422, "otro"),
    ("zip vacío", [parte("paquete", b"", archivo="a.zip")], {}, 422, "paquete"),
    ("metadatos vacíos", [DE_ZIP, parte("metadatos", b"", archivo="a.csv")], {}, 422, "metadatos"),
    ("metadatos vacíos entre archivos", [suelto("a"), parte("metadatos", b"")], {}, 422, "metadatos"),
    ("cortado", [DE_METADATOS, suelto("a"), suelto("b", DICOM)[:-100_000]], {}, 400, ""),
    ("en JSON", [b"{}"], {"tipo": "application/json"}, 415, ""),
    ("de otra clase", [DE_ZIP], {"tipo": "text/plain"}, 415, ""),
]


@pytest.mark.parametrize(
    ("partes", "como", "estado", "campo"), [m[1:] for m in MALOS_PAQUETES], ids=[m[0] for m in MALOS_PAQUETES]
)
def test_de_un_paquete_que_no_vale_se_dice_por_que_y_no_queda_nada(
    puerta: Puerta, partes: list[bytes], como: dict[str, Any], estado: int, campo: str
) -> None:
    dicho, respuesta = puerta.enviar(paquete(*partes), **{"clave": "k", "ruta": PAQUETES, **como})
    assert dicho == estado, respuesta
    assert [e["campo"] for e in respuesta.get("errores", [])] == ([campo] if campo else [])
    assert not puerta.emisor.publicados
    assert not {"Pérez", "0001"} & set(re.findall(r"\w+", json.dumps(respuesta, ensure_ascii=False)))
    _esperar(lambda: not puerta.guardados())
    assert puerta.enviar(paquete(DE_ZIP), clave="otra", ruta=PAQUETES)[0] == 202


def test_archivos_de_mas_o_con_nombres_de_mas_se_rechazan(puerta: Puerta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(empaquetado, "MAXIMO_VARIOS", 3)
    cuerpos = [paquete(*(suelto(f"{n}") for n in range(cuantos))) for cuantos in (3, 4)]
    assert [puerta.enviar(c, ruta=PAQUETES)[0] for c in cuerpos] == [202, 422]
    monkeypatch.setattr(empaquetado, "MAXIMO_NOMBRES", 10)
    cuerpos = [paquete(suelto("a"), suelto("ñ" * largo)) for largo in (4, 5)]
    assert [puerta.enviar(c, ruta=PAQUETES)[0] for c in cuerpos] == [202, 422]


@pytest.mark.parametrize("campo", ["paquete", "archivos", "metadatos"])
def test_un_paquete_demasiado_grande_no_se_guarda(puerta: Puerta, campo: str) -> None:
    caben = (METADATOS_MAXIMO if campo == "metadatos" else MAXIMO) // MIB
    cabeza, cola = parte(campo, b"#", archivo="a").split(b"#")
    delante = suelto("b") if campo == "archivos" else b""

    def trozos(mebis: int) -> Iterator[bytes]:
        yield delante + cabeza
        yield from [bytes(MIB)] * mebis
        yield paquete(cola, *([DE_ZIP] if campo == "metadatos" else []))

    assert puerta.enviar(trozos(caben - 1), ruta=PAQUETES)[0] == 202
    with suppress(BrokenPipeError, ConnectionResetError):  # it is answered before all of it is sent
        estado, respuesta = puerta.enviar(trozos(caben + 1), ruta=PAQUETES)
        assert (estado, campo in respuesta["detail"]) == (413, True)
    assert len(puerta.emisor.publicados) == 1
    _esperar(lambda: len(puerta.guardados()) == (2 if campo == "metadatos" else 1))


def test_de_quien_se_va_a_medias_de_un_paquete_no_queda_nada(puerta: Puerta) -> None:
    with socket.create_connection(("127.0.0.1", puerta.puerto)) as enchufe:
        grande = parte("archivos", bytes(12 * MIB), archivo="b")
        enchufe.sendall(_cabeza(MAXIMO, ruta=PAQUETES) + DE_METADATOS + suelto("a") + grande)
        _esperar(lambda: len(list(puerta.carpeta.rglob("*#*"))) == 1 and METADATOS in puerta.guardados())
    _esperar(lambda: not puerta.guardados())
    assert not puerta.emisor.publicados


def test_un_paquete_que_viene_despacio_no_retiene_su_sitio(puerta: Puerta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuerpo_que_llega, "ESPERA_S", 0.2)
    with socket.create_connection(("127.0.0.1", puerta.puerto), timeout=20) as enchufe:
        enchufe.sendall(_cabeza(MAXIMO, ruta=PAQUETES) + suelto("a") + suelto("b")[:-3])
        assert b" 408 " in enchufe.recv(200)
    _esperar(lambda: not puerta.guardados())


def test_el_nombre_de_un_archivo_no_sale_por_ningun_aviso() -> None:
    """As a process has it: what runs the tests has filters of its own."""
    leer = "from aiohttp.multipart import parse_content_disposition as leer; import bff_web.formularios; "
    cabezas = [f'form-data; name="archivos"; filename{como}' for como in ('="Pérez;Ana;1.dcm"', "*=Pérez", "*=x'y'%ff")]
    orden = [sys.executable, "-c", leer + f"[leer(c) for c in {cabezas!r}]"]
    assert subprocess.run(orden, capture_output=True, text=True, check=True).stderr == ""


@pytest.mark.parametrize("cual", [0, 1], ids=["al primero", "al segundo"])
@pytest.mark.parametrize("partes", [[DE_METADATOS, DE_ZIP], [suelto("a"), DE_METADATOS]], ids=["zip", "archivos"])
def test_si_el_almacen_falla_un_paquete_es_503(
    puerta: Puerta, partes: list[bytes], cual: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    recibir, llamadas = AlmacenDeObjetos.recibir, itertools.count()

    async def recibir_a_veces(self: AlmacenDeObjetos, nombre: str, trozos: Any) -> Any:
        if next(llamadas) == cual:
            raise SinAlmacen("ausente")
        return await recibir(self, nombre, trozos)

    monkeypatch.setattr(AlmacenDeObjetos, "recibir", recibir_a_veces)
    estado, respuesta = puerta.enviar(paquete(*partes), ruta=PAQUETES)
    assert (estado, "id_comando" in respuesta) == (503, False)
    assert not puerta.emisor.publicados
    _esperar(lambda: not puerta.guardados())


def _cabeza(largo: int, *mas: str, ruta: str = RUTA) -> bytes:
    lineas = (
        f"POST {ruta} HTTP/1.1",
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
