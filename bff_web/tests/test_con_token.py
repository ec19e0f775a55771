"""The door and `preparar`, as they are run, on a real broker that asks who they are.

In `make test-largo`: the broker is one of its own, and takes a start. That every client of the broker's is given the
token at all, `tests/arquitectura/test_credencial.py` sees in `make check`.
"""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from contratos import ejemplos
from plataforma.credenciales import ADMINISTRADOR
from plataforma.partes import Conexiones
from plataforma.proveedores import pasajeros
from plataforma.puertos import LOCAL, libres
from seedwork.aplicacion.broker import SinAvance
from seedwork.infraestructura.avance import AtrasosPulsar, AvancePulsar
from seedwork.infraestructura.credencial import Credencial
from seedwork.pruebas.taller import esperar

pytestmark = [pytest.mark.integracion, pytest.mark.largo]


@dataclass(frozen=True)
class _Respuesta:
    estado: int
    cuerpo: bytes


def _pedir(url: str, cuerpo: bytes | None = None, **cabeceras: str) -> _Respuesta:
    try:
        pedido = urllib.request.Request(url, cuerpo, {"Content-Type": "application/json", **cabeceras})
        with urllib.request.urlopen(pedido, timeout=15) as respuesta:
            return _Respuesta(respuesta.status, respuesta.read())
    except urllib.error.HTTPError as error:
        return _Respuesta(error.code, error.read())
    except OSError as error:
        return _Respuesta(0, str(error).encode())


@contextmanager
def _proceso(orden: list[str], registro: Path, entorno: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    with registro.open("wb") as salida:
        proceso = subprocess.Popen(orden, env=os.environ | entorno, stdout=salida, stderr=subprocess.STDOUT)
    try:
        yield proceso
    finally:
        proceso.terminate()
        proceso.wait(30)


@pytest.fixture(scope="module")
def broker() -> Iterator[Conexiones]:
    with pasajeros(Console(quiet=True), de_paso=True, autenticacion="desarrollo") as corrida:
        yield corrida.plano.conexiones


def _entorno(broker: Conexiones, **mas: str) -> dict[str, str]:
    propio = {"PULSAR_URL": broker.pulsar_url, "PULSAR_ADMIN_URL": broker.pulsar_admin_url}
    propio |= {"IDEMPOTENCIA_SECRETO": "x" * 16}
    return propio | mas


def _preparar(broker: Conexiones, **mas: str) -> "subprocess.CompletedProcess[str]":
    orden = [sys.executable, "-m", "bff_web", "preparar"]
    entorno = os.environ | _entorno(broker, **mas)
    return subprocess.run(orden, env=entorno, capture_output=True, text=True, timeout=120, check=False)


def _preparado(broker: Conexiones) -> bool:
    return _preparar(broker, PULSAR_TOKEN_ADMIN=broker.tokens[ADMINISTRADOR]).returncode == 0


def test_solo_quien_administra_prepara(broker: Conexiones) -> None:
    for quien in ({}, {"PULSAR_TOKEN": broker.tokens["bff"]}, {"PULSAR_TOKEN_ADMIN": broker.tokens["bff"]}):
        sin = _preparar(broker, **quien)
        assert sin.returncode == 1
        assert "401" in sin.stderr.splitlines()[-1]
    con = _preparar(broker, PULSAR_TOKEN_ADMIN=broker.tokens[ADMINISTRADOR])
    assert (con.returncode, con.stderr) == (0, "")


def test_la_puerta_con_su_token_publica(broker: Conexiones, tmp_path: Path) -> None:
    assert _preparado(broker)
    (puerto,) = libres(1)
    url, registro = f"http://{LOCAL}:{puerto}", tmp_path / "bff.log"
    # A mounted file, as secrets come to containers.
    (tmp_path / "PULSAR_TOKEN").write_text(broker.tokens["bff"] + "\n")
    entorno = _entorno(broker, BFF_PUERTO=str(puerto), SECRETOS_DIR=str(tmp_path))
    with _proceso([sys.executable, "-m", "bff_web"], registro, entorno):
        esperar(lambda: _pedir(f"{url}/salud/lista").estado == 200, 60)
        hecho = _pedir(f"{url}/suscripciones/suscripcion-comando", ejemplos.SUSCRIPCION.encode())
        assert hecho.estado == 202, hecho.cuerpo
    assert broker.tokens["bff"] not in registro.read_text()


def test_quien_mide_dice_quien_es(broker: Conexiones) -> None:
    assert _preparado(broker)
    topico = "persistent://saludtech/suscripciones/comando-crear-suscripcion.v1"
    for cliente in (AtrasosPulsar, AvancePulsar):
        with pytest.raises(SinAvance, match="401"):
            cliente(broker.pulsar_admin_url).mirar(topico, "nadie")
        with pytest.raises(SinAvance, match="nadie no está suscrito"):
            cliente(broker.pulsar_admin_url, Credencial(broker.tokens["bff"])).mirar(topico, "nadie")


def test_la_puerta_sin_token_dice_que_no_puede_publicar(broker: Conexiones, tmp_path: Path) -> None:
    (puerto,) = libres(1)
    url = f"http://{LOCAL}:{puerto}"
    with _proceso([sys.executable, "-m", "bff_web"], tmp_path / "bff.log", _entorno(broker, BFF_PUERTO=str(puerto))):
        esperar(lambda: _pedir(f"{url}/salud/viva").estado == 200, 60)
        assert _pedir(f"{url}/salud/lista").estado == 503
        assert _pedir(f"{url}/suscripciones/suscripcion-comando", ejemplos.SUSCRIPCION.encode()).estado == 503
