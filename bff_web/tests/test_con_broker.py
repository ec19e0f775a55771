"""The door as it is run, on a real broker: what is on the topic after a 202, and what a bad request leaves behind."""

import hashlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
import pulsar
import pytest
import urllib3
from tests.puerta_viva import Puerta, en_marcha

from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import Comando
from contratos import Mensaje, ejemplos
from contratos.procesamiento import AnonimizarImagen, AnonimizarPaquete, ArchivoPedido
from plataforma.proveedores import Servidores
from plataforma.puertos import LOCAL
from seedwork.infraestructura import avro
from seedwork.infraestructura.cloudevents import de_propiedades
from seedwork.infraestructura.publicador import crear_cliente
from seedwork.pruebas.taller import esperar

pytestmark = pytest.mark.integracion

SUSCRIPCION = json.loads(ejemplos.SUSCRIPCION)


@pytest.fixture(scope="module")
def puerta(servidores: Servidores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Puerta]:
    temporal = tmp_path_factory.mktemp("puerta")
    with en_marcha(servidores, temporal) as puerta:
        yield puerta
        puerta.proceso.terminate()
        assert puerta.proceso.wait(60) == 0, "it ends by itself; how soon, the experiments measure"
    assert list(temporal.iterdir()) == []


@pytest.mark.parametrize(
    ("orden", "dice"),
    [("preparar", "no se puede hacer ahora (ErrorDeAprovisionamiento): GET /clusters: 404"), ("otra", "«otra»")],
)
def test_lo_que_no_puede_preparar_lo_dice_en_una_linea(servidores: Servidores, orden: str, dice: str) -> None:
    entorno = os.environ | {
        "PULSAR_ADMIN_URL": f"{servidores.admin_url}/nada",
        "IDEMPOTENCIA_SECRETO": "secreto de las pruebas",
    }
    hecho = subprocess.run(
        [sys.executable, "-m", "bff_web", orden], env=entorno, capture_output=True, text=True, check=False
    )
    assert (hecho.returncode, hecho.stdout, len(hecho.stderr.splitlines())) == (1, "", 1)
    assert dice in hecho.stderr


def leer(servidores: Servidores, tipo: type[Mensaje], id_comando: object) -> tuple[Mensaje, pulsar.Message]:
    cliente = crear_cliente(servidores.pulsar_url)
    try:
        lector = cliente.create_reader(tipo.topico, pulsar.MessageId.earliest)
        while True:
            original = lector.read_next(10_000)
            if original.properties()["ce_id"] == id_comando:
                return avro.decodificar(
                    tipo, original.data(), sobre=de_propiedades(original.properties(), "")
                ), original
    finally:
        cliente.close()


@pytest.mark.parametrize("comando", [c for c in COMANDOS if c.cuerpo], ids=lambda c: c.mensaje.__name__)
def test_lo_aceptado_esta_en_el_topico_como_dice_el_contrato(
    servidores: Servidores, puerta: Puerta, comando: Comando
) -> None:
    assert comando.cuerpo is not None
    ejemplo = comando.cuerpo.model_json_schema()["examples"][0]
    estado, aceptado = puerta.json("POST", re.sub(r"\{\w+\}", "x-1", comando.rutas[0]), ejemplo)
    assert estado == 202
    mensaje, original = leer(servidores, comando.mensaje, aceptado["id_comando"])
    propiedades = original.properties()
    assert propiedades["ce_type"] == comando.mensaje.tipo
    assert propiedades["ce_source"] == "/saludtech/bff"
    assert propiedades["ce_correlationid"] == aceptado["id_comando"]
    assert propiedades["ce_subject"] == original.partition_key() == aceptado[comando.recurso.id]
    assert "ce_traceparent" in propiedades
    assert mensaje == comando.cuerpo.model_validate(ejemplo).mensaje(str(aceptado[comando.recurso.id]))


def test_un_paquete_que_viene_archivo_a_archivo_esta_en_el_topico_y_en_el_almacen(
    servidores: Servidores, puerta: Puerta
) -> None:
    partes = [("archivos", ("a.dcm", b"uno")), ("metadatos", ("m.csv", b"archivo\n")), ("archivos", ("b.dcm", b"dos"))]
    cuerpo, tipo = urllib3.encode_multipart_formdata(partes)
    dichas = {"Content-Type": tipo, "Idempotency-Key": "paquete-1"}
    respuesta = puerta.pedir("POST", "/procesar/paquetes", cuerpo, **dichas)
    aceptado = json.loads(respuesta.read())
    assert respuesta.status == 202, aceptado
    mensaje, original = leer(servidores, AnonimizarPaquete, aceptado["id_comando"])
    assert isinstance(mensaje, AnonimizarPaquete)
    propiedades = original.properties()
    assert propiedades["ce_subject"] == original.partition_key() == mensaje.id_paquete == aceptado["id_paquete"]
    assert "ce_idempotencykey" in propiedades
    with zipfile.ZipFile(_en_disco(mensaje.paquete)) as paquete:
        assert {m: paquete.read(m) for m in paquete.namelist()} == {"a.dcm": b"uno", "b.dcm": b"dos"}
    assert _en_disco(mensaje.metadatos).read_bytes() == b"archivo\n"


def _en_disco(archivo: ArchivoPedido) -> Path:
    ruta = Path(unquote(urlsplit(archivo.uri).path))
    assert (ruta.stat().st_size, hashlib.sha256(ruta.read_bytes()).hexdigest()) == (archivo.octetos, archivo.sha256)
    return ruta


def test_una_mala_peticion_no_estorba_a_la_siguiente(puerta: Puerta) -> None:
    crear = "/suscripciones/suscripcion-comando"
    json_mib = json.dumps(SUSCRIPCION).ljust(1024 * 1024).encode()
    for ruta, cuerpo, cabeceras, esperado in (
        (crear, "{", {}, 400),
        (crear, json.dumps({"cliente": 1}), {}, 422),
        (crear, json_mib + b" ", {}, 413),
        (crear, json_mib * 5, {}, 413),
        (crear, [json_mib, b" "], {}, 413),
        (crear, [json_mib] * 5, {}, 413),
        (crear, json_mib, {"Content-Type": "text/plain"}, 415),
        ("/planes", json_mib, {}, 405),
    ):
        respuesta = puerta.pedir("POST", ruta, cuerpo, **cabeceras)
        assert respuesta.status == esperado
        assert respuesta.getheader("Content-Type") == "application/problem+json"
        respuesta.read()
        assert puerta.pedir("POST", crear, [json_mib]).read().startswith(b'{"id_comando"')


def test_lo_publicado_esta_en_la_forma_en_que_se_guarda(servidores: Servidores, puerta: Puerta) -> None:
    imagen = json.loads(ejemplos.IMAGEN) | {
        "modalidad": " Rayos  X",
        "patologia": "Neumoni\u0301a",
        "antecedentes": "Diabe\u0301tico.\n\tFumador.\n",
        "id_paciente": "Pen\u0303a^Ana/3",
    }
    rastro = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
    cuerpo = b"\xef\xbb\xbf" + json.dumps(imagen).encode()
    respuesta = puerta.pedir("POST", "/procesar/procesar-imagen", cuerpo, traceparent=f"cc-{rastro}-01-extra")
    aceptado = json.loads(respuesta.read())
    mensaje, original = leer(servidores, AnonimizarImagen, aceptado["id_comando"])
    assert isinstance(mensaje, AnonimizarImagen)
    assert (mensaje.modalidad, mensaje.patologia) == ("Rayos X", "Neumonía")
    assert (mensaje.antecedentes, mensaje.id_paciente) == ("Diabético.\n\tFumador.", "Peña^Ana/3")
    assert original.properties()["ce_traceparent"] == f"00-{rastro}-01"


CANCELAR = "/suscripciones/x-1/cancelacion-comando"


@pytest.mark.parametrize(
    ("cuerpo", "cabeceras", "esperado"),
    [
        (b"", {"Content-Type": ""}, 415),
        (b"", {"Content-Type": "text/plain"}, 415),
        (b"", {"Content-Type": "json/application"}, 202),
        (b"{}", {"Content-Encoding": "gzip"}, 415),
        (b'{"motivo": ' + b"9" * 500_000 + b"}", {}, 422),
        (b'{"motivo": null}', {}, 202),
        (b'{"motivo": null, "motivo": null}', {}, 400),
        (b"[" * 100_000, {}, 400),
        (b'{"motivo": ' + b"[" * 500_000, {}, 400),
        (('{"motivo": "' + "\u0316\u0301" * 200_000 + '"}').encode(), {}, 422),
        (('{"motivo": "a' + " " * 900_000 + 'b"}').encode(), {}, 422),
    ],
    ids=range(11),
)
def test_lo_que_otro_sitio_o_un_atacante_enviaria_no_hace_nada(
    puerta: Puerta, cuerpo: bytes, cabeceras: dict[str, str], esperado: int
) -> None:
    respuesta = puerta.pedir("POST", CANCELAR, cuerpo, **cabeceras)
    respuesta.read()
    assert respuesta.status == esperado


@pytest.mark.parametrize(
    ("peticion", "esperado"),
    [
        *((b"GET /salud/viva HTTP/1.1\r\nHost: " + host, 200) for host in (b"x", b"127.0.0.1:5005", b"[::1]:5005")),
        *(
            (b"GET /salud/viva HTTP/1.1\r\nHost: " + host, 400)
            for host in (b"", b"a b", b"a,b", b"a/b", b"u@a", b"a:x", b"a:99999", b"[::zz]", b"\xff", b"a\r\nHost: a")
        ),
        (b"GET /salud/viva HTTP/1.1\r\nAccept: */*", 400),
        (b"GET http://x/salud/viva HTTP/1.1\r\nAccept: */*", 400),
        (b"GET /salud/viva HTTP/1.0\r\nAccept: */*", 200),
        (b"GET /suscripciones?plan=%FF HTTP/1.1\r\nHost: x", 422),
        (b"GET /suscripciones?plan= HTTP/1.1\r\nHost: x", 422),
        (b"GET /suscripciones?otro=1 HTTP/1.1\r\nHost: x", 422),
    ],
)
def test_cada_peticion_tiene_un_host_y_solo_filtros_que_valen(puerta: Puerta, peticion: bytes, esperado: int) -> None:
    estado, respuesta = puerta.cruda(peticion + b"\r\nConnection: close\r\n\r\n")
    assert estado == esperado, respuesta


def test_dos_claves_de_idempotencia_no_son_una_tercera(puerta: Puerta) -> None:
    clave = b"Idempotency-Key: a\r\n"
    cruda = (
        b"POST /suscripciones/x-1/cancelacion-comando HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 2\r\nConnection: close\r\n%s\r\n{}"
    )
    assert puerta.cruda(cruda % clave)[0] == 202
    estado, respuesta = puerta.cruda(cruda % (clave * 2))
    assert (estado, b"Idempotency-Key" in respuesta) == (422, True)


NUMERO = b"1020304050"
DE_LARGO = NUMERO * 900
EN_TROZOS = (
    b"POST /suscripciones/x-1/cancelacion-comando HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked"
)


@pytest.mark.parametrize(
    ("peticion", "esperado"),
    [
        (b"GET /procesar/imagenes/CC " + NUMERO + b" HTTP/1.1\r\nHost: x", 400),
        (b"GET /procesar/imagenes/CC" + NUMERO, 400),
        (b"G" + NUMERO + b"[ / HTTP/1.1\r\nHost: x", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX " + NUMERO + b": 1", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: 1\r\n " + NUMERO, 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + NUMERO, 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + NUMERO + b"x", 400),
        (b"GET /procesar/imagenes/" + DE_LARGO + b" HTTP/1.1\r\nHost: x", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + DE_LARGO, 431),
        (b"GET / HTTP/1.1\r\nHost: x" + (b"\r\nX" + NUMERO + b": 1") * 200, 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: " + NUMERO, 417),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x" + NUMERO, 501),
        (EN_TROZOS + b"\r\n\r\nx" + NUMERO, 400),
        (EN_TROZOS + b"\r\n\r\n1\r\nx" + NUMERO, 400),
    ],
    ids=range(14),
)
def test_lo_que_ni_se_lee_se_contesta_como_lo_demas_y_no_queda_en_el_registro(
    puerta: Puerta, peticion: bytes, esperado: int
) -> None:
    """The server itself refuses it, before the application: whoever pastes a number into an address may do so."""
    estado, respuesta = puerta.cruda(peticion + b"\r\n\r\n")
    cabeza, _, cuerpo = respuesta.partition(b"\r\n\r\n")
    problema = json.loads(cuerpo)
    assert (estado, problema["status"]) == (esperado, esperado), respuesta
    assert b"Content-Type: application/problem+json" in cabeza
    assert f"Content-Length: {len(cuerpo)}".encode() in cabeza
    assert set(problema) == {"type", "title", "status", "detail"}
    assert NUMERO not in respuesta
    assert puerta.lista()
    registrado = puerta.registro.read_bytes()
    assert "petición ilegible".encode() in registrado
    assert NUMERO not in registrado


def test_un_cuerpo_cortado_no_se_toma_por_entero(puerta: Puerta) -> None:
    """Though it reads as a whole: its sender said that there was more. Only a real server reads less than that."""
    cuerpo = b'{"motivo": "ya no"}'
    estado, respuesta = puerta.cruda(
        b"POST /suscripciones/s-1/cancelacion-comando HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(cuerpo) + 40, cuerpo)
    )
    assert estado == 400, respuesta
    assert "El cuerpo no llegó entero.".encode() in respuesta


def test_ninguna_cabecera_cambia_las_direcciones_de_la_puerta(puerta: Puerta) -> None:
    for ruta, estado in (("/planes", 503), ("/x/planes", 404)):
        assert puerta.cruda(f"GET {ruta} HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /x\r\n\r\n".encode())[0] == estado


def test_quien_cuelga_a_media_peticion_no_deja_lo_que_dijo_en_el_registro(puerta: Puerta) -> None:
    antes = puerta.registro.stat().st_size
    with socket.create_connection((LOCAL, puerta.puerto), timeout=10) as enchufe:
        enchufe.sendall(b"GET /procesar/imagenes/CC" + NUMERO)
        enchufe.shutdown(socket.SHUT_WR)
        assert enchufe.recv(1) == b""
    esperar(lambda: "petición a medias".encode() in puerta.registro.read_bytes()[antes:])
    assert NUMERO not in puerta.registro.read_bytes()


@pytest.mark.largo
def test_la_puerta_no_la_retiene_quien_no_lee_ni_quien_gotea_ni_quien_calla(puerta: Puerta) -> None:
    """500 of each at once. In the long tier: the server by itself bears the same in ``make test``, where its times can
    be set, too; this asks the same of the door as it is put together."""

    def trabajadores() -> list[psutil.Process]:
        return psutil.Process(puerta.proceso.pid).children()

    def hay() -> tuple[int, int]:
        """The workers' threads, and the clients' connections to them."""
        suyas = [c for t in trabajadores() for c in t.net_connections("tcp") if c.laddr.port == puerta.puerto]
        return sum(t.num_threads() for t in trabajadores()), sum(c.status == psutil.CONN_ESTABLISHED for c in suyas)

    comando = "POST /suscripciones/s-1/cancelacion-comando HTTP/1.1\r\nHost: x\r\n"
    pide_y_no_lee = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 4
    gotea = f"{comando}Content-Type: application/json\r\nContent-Length: 90\r\n\r\n{{".encode()
    hilos, _ = hay()
    lentos = []
    for n in range(1500):
        enchufe = socket.socket()
        enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        enchufe.settimeout(30)
        enchufe.connect((LOCAL, puerta.puerto))
        enchufe.sendall((pide_y_no_lee, gotea, b"")[n % 3])
        lentos.append(enchufe)
    for _ in range(5):
        for enchufe in lentos[1::3]:
            # On a busy machine its time may be up by now.
            with suppress(OSError):
                enchufe.send(b" ")
        for _ in range(10):
            assert puerta.json("POST", CANCELAR, {"motivo": "ya no"})[0] == 202
        assert puerta.json("GET", "/planes")[0] == 503, "nobody is there to tell"
        assert puerta.lista()
    for enchufe in lentos:
        enchufe.close()
    esperar(lambda: hay()[1] <= 2)
    # Each worker has a few threads for views, and makes them when they are first needed.
    assert hay()[0] <= hilos + 2 * 32


@pytest.mark.largo  # processes that are killed
def test_un_trabajador_muerto_deja_sus_cuentas_y_ningun_archivo(
    servidores: Servidores, puerta: Puerta, tmp_path: Path
) -> None:
    """And a door that is killed as a whole leaves nothing to the next one."""

    def cuentas() -> float:
        texto = otra.pedir("GET", "/metrics").read().decode()
        return sum(float(c) for c in re.findall(r'^saludtech_http_segundos_count\{.*"404".*\} (.*)$', texto, re.M))

    def archivos() -> set[str]:
        return {a.name for a in tmp_path.glob("*/*.db")}

    def trabajadores() -> set[int]:
        return {hijo.pid for hijo in psutil.Process(otra.proceso.pid).children()}

    with en_marcha(servidores, tmp_path) as otra:
        esperar(lambda: len(trabajadores()) == 2)
        for _ in range(6):
            for _ in range(10):
                # A connection each, so that both workers count.
                assert otra.cruda(b"GET /nada HTTP/1.0\r\n\r\n")[0] == 404
            antes, muerto = cuentas(), min(trabajadores())
            os.kill(muerto, signal.SIGKILL)
            esperar(lambda muerto=muerto: muerto not in trabajadores() and len(trabajadores()) == 2)
            esperar(lambda muerto=muerto: not any(f"_{muerto}." in nombre for nombre in archivos()))
            esperar(otra.lista)
            assert cuentas() == antes == cuentas()
        vivos = {*map(str, trabajadores()), str(otra.proceso.pid), "muertos"}
        assert {nombre.rpartition("_")[2].removesuffix(".db") for nombre in archivos()} <= vivos
        carpetas = set(tmp_path.iterdir())
        hijos = psutil.Process(otra.proceso.pid).children()
        otra.proceso.kill()
        psutil.wait_procs(hijos, timeout=30)
        assert set(tmp_path.iterdir()) == carpetas, "nobody was there to remove it"
    with en_marcha(servidores, tmp_path):
        assert len(carpetas & set(tmp_path.iterdir())) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_quien_le_mandan_parar_sigue_sirviendo_y_dice_que_se_va(servidores: Servidores, tmp_path: Path) -> None:
    """So a balancer finds out and sends elsewhere, and nobody is refused meanwhile (contract §7)."""
    temporal = tmp_path / "puerta"
    temporal.mkdir()
    with en_marcha(servidores, temporal, DRENAJE_S="6") as puerta:
        antigua = http.client.HTTPConnection(LOCAL, puerta.puerto, timeout=10)

        def pedir(conexion: http.client.HTTPConnection, ruta: str, cuerpo: object = None) -> tuple[int, str | None]:
            conexion.request(
                "POST" if cuerpo else "GET",
                ruta,
                cuerpo and json.dumps(cuerpo),
                {"Content-Type": "application/json"},
            )
            respuesta = conexion.getresponse()
            respuesta.read()
            return respuesta.status, respuesta.getheader("Connection")

        def trafico() -> int:
            nueva = http.client.HTTPConnection(LOCAL, puerta.puerto, timeout=10)
            estado, _ = pedir(nueva, "/salud/trafico")
            nueva.close()
            return estado

        assert pedir(antigua, "/salud/trafico") == (200, None)
        puerta.proceso.send_signal(signal.SIGTERM)
        esperar(lambda: [trafico() for _ in range(8)] == [503] * 8)
        assert puerta.proceso.poll() is None
        ruta = "/suscripciones/suscripcion-comando"
        assert pedir(antigua, ruta, SUSCRIPCION) == (202, "close")
        assert pedir(http.client.HTTPConnection(LOCAL, puerta.puerto, timeout=10), ruta, SUSCRIPCION) == (202, "close")
        assert puerta.proceso.wait(60) == 0


def test_una_conexion_sin_peticiones_se_cierra_a_su_tiempo(servidores: Servidores, tmp_path: Path) -> None:
    """Not before, where its time is longer: a balancer's request must not cross the door's goodbye."""
    temporal = tmp_path / "puerta"
    temporal.mkdir()
    with en_marcha(servidores, temporal, BFF_INACTIVIDAD_S="1") as puerta:
        with socket.create_connection((LOCAL, puerta.puerto), timeout=15) as ociosa:
            ociosa.sendall(b"GET /salud/viva HTTP/1.1\r\nHost: x\r\n\r\n")
            recibido = b""
            while trozo := ociosa.recv(65536):
                recibido += trozo
        assert recibido.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" not in recibido.lower()
