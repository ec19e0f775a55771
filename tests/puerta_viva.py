"""The door as it is run, on its own: for tests that need a broker and no service."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from plataforma.proveedores import Servidores
from plataforma.puertos import LOCAL, libres
from seedwork.pruebas.taller import esperar


class Puerta:
    """The running door, asked over one connection as long as it lasts."""

    def __init__(self, puerto: int, proceso: "subprocess.Popen[bytes]", registro: Path) -> None:
        self.proceso = proceso
        self.registro = registro
        self.puerto = puerto
        self._conexion = http.client.HTTPConnection(LOCAL, puerto, timeout=10)

    def pedir(
        self, metodo: str, ruta: str, cuerpo: str | bytes | list[bytes] | None = None, **cabeceras: str
    ) -> http.client.HTTPResponse:
        """A body that is a list is sent in chunks, without its length."""
        self._conexion.request(metodo, ruta, cuerpo, {"Content-Type": "application/json"} | cabeceras)
        return self._conexion.getresponse()

    def cruda(self, octetos: bytes) -> tuple[int, bytes]:
        """The status of what exactly these bytes are answered, and the answer."""
        with socket.create_connection((LOCAL, self.puerto), timeout=10) as enchufe, enchufe.makefile("rb") as leido:
            enchufe.sendall(octetos)
            enchufe.shutdown(socket.SHUT_WR)
            respuesta = leido.read()
        return int(respuesta.split(b" ", 2)[1]), respuesta

    def json(self, metodo: str, ruta: str, cuerpo: object = None) -> tuple[int, dict[str, object]]:
        respuesta = self.pedir(metodo, ruta, json.dumps(cuerpo) if cuerpo else None)
        return respuesta.status, json.loads(respuesta.read())

    def lista(self) -> bool:
        try:
            return self.json("GET", "/salud/lista")[0] == 200
        except OSError:
            self._conexion.close()
            return False


@cache
def _preparar(servidores: Servidores) -> None:
    """With no service anywhere, its topics are its own doing; a broker has them from then on."""
    entorno = os.environ | {
        "PULSAR_URL": servidores.pulsar_url,
        "PULSAR_ADMIN_URL": servidores.admin_url,
        "IDEMPOTENCIA_SECRETO": "secreto de las pruebas",
    }
    subprocess.run([sys.executable, "-m", "bff_web", "preparar"], env=entorno, check=True)


@contextmanager
def en_marcha(servidores: Servidores, temporal: Path, **ajustes: str) -> Iterator[Puerta]:
    """The door, ready; it may be killed, or end, meanwhile."""
    (puerto,) = libres(1)
    entorno = os.environ | {
        "PULSAR_URL": servidores.pulsar_url,
        "PULSAR_ADMIN_URL": servidores.admin_url,
        "BFF_PUERTO": str(puerto),
        "IDEMPOTENCIA_SECRETO": "secreto de las pruebas",
        "TMPDIR": str(temporal),
        "ALMACEN_URL": str(temporal.parent / f"{temporal.name}.almacen"),
        "LOG_NIVEL": "DEBUG",
        **ajustes,
    }
    registro = temporal.parent / f"{temporal.name}.log"
    _preparar(servidores)
    with (
        registro.open("ab") as salida,
        subprocess.Popen([sys.executable, "-m", "bff_web"], env=entorno, stdout=salida, stderr=salida) as proceso,
    ):
        puerta = Puerta(puerto, proceso, registro)
        try:
            esperar(puerta.lista)
            yield puerta
        finally:
            proceso.terminate()
