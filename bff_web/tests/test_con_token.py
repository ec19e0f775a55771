"""The door and `preparar`, as they are run, on a real broker that asks who they are.

In `make test-largo`: the broker is one of its own, and takes a start. That every client of the broker's is given the
token at all, `tests/arquitectura/test_credencial.py` sees in `make check`.
"""

import base64
import hashlib
import hmac
import json
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
from plataforma.broker import BrokerIncrustado
from plataforma.descargas import PULSAR, encontrar_java
from plataforma.puertos import LOCAL, libres
from seedwork.aplicacion.broker import SinAvance
from seedwork.infraestructura.avance import AtrasosPulsar, AvancePulsar
from seedwork.pruebas.taller import esperar

pytestmark = [pytest.mark.integracion, pytest.mark.largo]

CLAVE = os.urandom(32)


def _token(papel: str) -> str:
    def parte(que: bytes) -> bytes:
        return base64.urlsafe_b64encode(que).rstrip(b"=")

    firmado = parte(b'{"alg":"HS256"}') + b"." + parte(json.dumps({"sub": papel}).encode())
    return (firmado + b"." + parte(hmac.digest(CLAVE, firmado, hashlib.sha256))).decode()


TOKEN = _token("admin")


class _Exigente(BrokerIncrustado):
    """It asks everybody who they are, itself too."""

    def configuracion(self) -> dict[str, str]:
        propia = {
            "authenticationEnabled": "true",
            "authenticationProviders": "org.apache.pulsar.broker.authentication.AuthenticationProviderToken",
            "tokenSecretKey": "data:;base64," + base64.b64encode(CLAVE).decode(),
            "authorizationEnabled": "true",
            "superUserRoles": "admin",
            "brokerClientAuthenticationPlugin": "org.apache.pulsar.client.impl.auth.AuthenticationToken",
            "brokerClientAuthenticationParameters": f"token:{TOKEN}",
        }
        return super().configuracion() | propia


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
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerIncrustado]:
    carpeta = tmp_path_factory.mktemp("exigente")
    puerto, puerto_admin = libres(2)
    broker = _Exigente(carpeta / "pulsar", puerto, puerto_admin, de_paso=True)
    orden = broker.preparar(encontrar_java(), PULSAR.obtener(Console(quiet=True)))
    with _proceso(orden, carpeta / "pulsar.log", {}):
        espacios, quien = f"{broker.admin_url}/admin/v2/namespaces/public", {"Authorization": f"Bearer {TOKEN}"}
        esperar(lambda: b"public/default" in _pedir(espacios, **quien).cuerpo, 120)
        assert _pedir(espacios).estado == 401
        yield broker


def _entorno(broker: BrokerIncrustado, **mas: str) -> dict[str, str]:
    propio = {"PULSAR_URL": broker.url, "PULSAR_ADMIN_URL": broker.admin_url, "IDEMPOTENCIA_SECRETO": "x" * 16}
    return propio | mas


def _preparar(broker: BrokerIncrustado, **mas: str) -> "subprocess.CompletedProcess[str]":
    orden = [sys.executable, "-m", "bff_web", "preparar"]
    entorno = os.environ | _entorno(broker, **mas)
    return subprocess.run(orden, env=entorno, capture_output=True, text=True, timeout=120, check=False)


def test_sin_token_no_se_prepara_nada_y_con_el_todo(broker: BrokerIncrustado) -> None:
    sin = _preparar(broker)
    assert sin.returncode == 1
    assert "401" in sin.stderr.splitlines()[-1]
    con = _preparar(broker, PULSAR_TOKEN=TOKEN)
    assert (con.returncode, con.stderr) == (0, "")


def test_la_puerta_con_su_token_publica(broker: BrokerIncrustado, tmp_path: Path) -> None:
    assert _preparar(broker, PULSAR_TOKEN=TOKEN).returncode == 0
    (puerto,) = libres(1)
    url, registro = f"http://{LOCAL}:{puerto}", tmp_path / "bff.log"
    # A mounted file, as secrets come to containers.
    (tmp_path / "PULSAR_TOKEN").write_text(TOKEN + "\n")
    entorno = _entorno(broker, BFF_PUERTO=str(puerto), SECRETOS_DIR=str(tmp_path))
    with _proceso([sys.executable, "-m", "bff_web"], registro, entorno):
        esperar(lambda: _pedir(f"{url}/salud/lista").estado == 200, 60)
        hecho = _pedir(f"{url}/suscripciones/suscripcion-comando", ejemplos.SUSCRIPCION.encode())
        assert hecho.estado == 202, hecho.cuerpo
    assert TOKEN not in registro.read_text()


def test_quien_mide_dice_quien_es(broker: BrokerIncrustado) -> None:
    assert _preparar(broker, PULSAR_TOKEN=TOKEN).returncode == 0
    topico = "persistent://saludtech/suscripciones/comando-crear-suscripcion.v1"
    for cliente in (AtrasosPulsar, AvancePulsar):
        with pytest.raises(SinAvance, match="401"):
            cliente(broker.admin_url).mirar(topico, "nadie")
        with pytest.raises(SinAvance, match="nadie no está suscrito"):
            cliente(broker.admin_url, TOKEN).mirar(topico, "nadie")


def test_la_puerta_sin_token_dice_que_no_puede_publicar(broker: BrokerIncrustado, tmp_path: Path) -> None:
    (puerto,) = libres(1)
    url = f"http://{LOCAL}:{puerto}"
    with _proceso([sys.executable, "-m", "bff_web"], tmp_path / "bff.log", _entorno(broker, BFF_PUERTO=str(puerto))):
        esperar(lambda: _pedir(f"{url}/salud/viva").estado == 200, 60)
        assert _pedir(f"{url}/salud/lista").estado == 503
        assert _pedir(f"{url}/suscripciones/suscripcion-comando", ejemplos.SUSCRIPCION.encode()).estado == 503
