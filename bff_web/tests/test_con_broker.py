"""The door as it is run, on a real broker: what is on the topic after a 202, and what a bad request leaves behind."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pulsar
import pytest

from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import Comando
from contratos import Mensaje, ejemplos
from plataforma.proveedores import Servidores
from plataforma.puertos import libres
from seedwork.infraestructura import avro
from seedwork.infraestructura.publicador import crear_cliente

pytestmark = pytest.mark.integracion

SUSCRIPCION = json.loads(ejemplos.SUSCRIPCION)


class Puerta:
    """The running door, asked over one connection as long as it lasts."""

    def __init__(self, puerto: int, proceso: "subprocess.Popen[bytes]") -> None:
        self.proceso = proceso
        self._conexion = http.client.HTTPConnection("127.0.0.1", puerto, timeout=10)

    def pedir(
        self, metodo: str, ruta: str, cuerpo: str | bytes | list[bytes] | None = None, **cabeceras: str
    ) -> http.client.HTTPResponse:
        """A body that is a list is sent in chunks, without its length."""
        self._conexion.request(metodo, ruta, cuerpo, {"Content-Type": "application/json"} | cabeceras)
        return self._conexion.getresponse()

    def json(self, metodo: str, ruta: str, cuerpo: object = None) -> tuple[int, dict[str, object]]:
        respuesta = self.pedir(metodo, ruta, json.dumps(cuerpo) if cuerpo else None)
        return respuesta.status, json.loads(respuesta.read())

    def lista(self) -> bool:
        try:
            return self.json("GET", "/salud/lista")[0] == 200
        except OSError:
            self._conexion.close()
            return False


@pytest.fixture(scope="module")
def puerta(servidores: Servidores) -> Iterator[Puerta]:
    (puerto,) = libres(1)
    entorno = os.environ | {
        "PULSAR_URL": servidores.pulsar_url,
        "PULSAR_ADMIN_URL": servidores.admin_url,
        "BFF_PUERTO": str(puerto),
        "IDEMPOTENCIA_SECRETO": "secreto de las pruebas",
    }
    # With no service anywhere, its topics are its own doing.
    subprocess.run([sys.executable, "-m", "bff_web", "preparar"], env=entorno, check=True)
    with subprocess.Popen([sys.executable, "-m", "bff_web"], env=entorno) as proceso:
        puerta = Puerta(puerto, proceso)
        limite = time.monotonic() + 30
        while not puerta.lista():
            assert time.monotonic() < limite
            assert proceso.poll() is None
            time.sleep(0.05)
        yield puerta
        proceso.send_signal(signal.SIGTERM)
        detenida = time.monotonic()
        assert proceso.wait(10) == 0
        assert time.monotonic() - detenida < 5


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
                return avro.decodificar(tipo, original.data()), original
    finally:
        cliente.close()


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda c: c.mensaje.__name__)
def test_lo_aceptado_esta_en_el_topico_como_dice_el_contrato(
    servidores: Servidores, puerta: Puerta, comando: Comando
) -> None:
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
