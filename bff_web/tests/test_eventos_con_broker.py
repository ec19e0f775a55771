"""Streams of events at the door as it is run, on a real broker (ADR 53)."""

import http.client
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.puerta_viva import Puerta, en_marcha

from contratos import Mensaje
from contratos.suscripciones import SuscripcionCreada
from plataforma.proveedores import Servidores
from plataforma.puertos import LOCAL
from seedwork.infraestructura.publicador import Publicador
from seedwork.pruebas.sobres import sobre_nuevo

pytestmark = pytest.mark.integracion


class Navegador:
    """A browser's end of a stream."""

    def __init__(self, puerta: Puerta, filtro: str, **cabeceras: str) -> None:
        self._conexion = http.client.HTTPConnection(LOCAL, puerta.puerto, timeout=30)
        self._conexion.request(
            "GET", f"/eventos{filtro}", headers={k.replace("_", "-"): v for k, v in cabeceras.items()}
        )
        self.respuesta = self._conexion.getresponse()
        self.id = ""

    def bloque(self) -> dict[str, str]:
        """The next block that says something."""
        while True:
            dicho: dict[str, str] = {}
            while linea := self.respuesta.readline().decode().rstrip("\n"):
                nombre, _, valor = linea.partition(": ")
                dicho[nombre] = valor
            self.id = dicho.get("id", self.id)
            if "data" in dicho:
                return dicho

    def hecho(self) -> dict[str, Any]:
        bloque = self.bloque()
        assert bloque["event"] == "hecho", bloque
        return dict(json.loads(bloque["data"]))

    def cerrar(self) -> None:
        self._conexion.close()


@pytest.fixture(scope="module")
def puerta(servidores: Servidores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Puerta]:
    with en_marcha(servidores, tmp_path_factory.mktemp("puerta")) as puerta:
        yield puerta


@pytest.fixture(scope="module")
def publicador(servidores: Servidores) -> Iterator[Publicador]:
    publicador = Publicador(servidores.pulsar_url)
    yield publicador
    publicador.cerrar()


def decir(publicador: Publicador, mensaje: Mensaje, sujeto: str) -> None:
    publicador.publicar(sobre_nuevo(mensaje, fuente="/saludtech/pruebas", sujeto=sujeto), mensaje)


def test_una_corriente_cuenta_lo_que_pasa(puerta: Puerta, publicador: Publicador) -> None:
    s = f"s-{secrets.token_hex(4)}"
    t = time.time()
    navegador = Navegador(puerta, f"?suscripcion={s}")
    print("abierta", time.time() - t)
    for _ in range(5):
        time.sleep(0.3)
        t = time.time()
        decir(publicador, SuscripcionCreada(id_suscripcion=s, id_saga="g-1", cliente_codigo="0001"), s)
        t1 = time.time()
        print(navegador.hecho(), t1 - t, time.time() - t1, len(navegador.id))
