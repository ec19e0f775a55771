"""What sslyze says of the TLS that an HTTP server of ours speaks, on the loopback, with its certificate verified.

In `make test-largo`: hundreds of handshakes. The broker's TLS is seedwork/tests/integracion/test_broker_cifrado.py's.
"""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from tests.seguridad.puerto_tls import revisar

from seedwork.entrada.conexiones import Limites
from seedwork.entrada.http import crear_app
from seedwork.entrada.tls import de_servidor
from seedwork.pruebas.servidor import ServidorEnHilo

pytestmark = [pytest.mark.largo, pytest.mark.timeout(1800)]


@dataclass(frozen=True)
class Lugar:
    certificado: Path
    clave: Path
    ca: Path
    ajena: Path


@pytest.fixture(scope="module")
def lugar(tmp_path_factory: pytest.TempPathFactory) -> Lugar:
    carpeta = tmp_path_factory.mktemp("tls")
    autoridad = trustme.CA()
    propio = autoridad.issue_cert("localhost")
    lugar = Lugar(*(carpeta / n for n in ("certificado.pem", "clave.pem", "ca.pem", "ajena.pem")))
    lugar.certificado.write_bytes(b"".join(parte.bytes() for parte in propio.cert_chain_pems))
    propio.private_key_pem.write_to_path(str(lugar.clave))
    autoridad.cert_pem.write_to_path(str(lugar.ca))
    trustme.CA().cert_pem.write_to_path(str(lugar.ajena))
    return lugar


def _servido(contexto: ssl.SSLContext | None) -> Iterator[int]:
    servidor = ServidorEnHilo(crear_app(), Limites(), contexto)
    yield servidor.puerto
    servidor.cerrar()


@pytest.fixture
def nuestro(lugar: Lugar) -> Iterator[int]:
    yield from _servido(de_servidor(lugar.certificado, lugar.clave))


@pytest.fixture
def descuidado(lugar: Lugar) -> Iterator[int]:
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(lugar.certificado, lugar.clave)
    contexto.maximum_version = ssl.TLSVersion.TLSv1_2
    yield from _servido(contexto)


def test_nada_esta_mal(lugar: Lugar, nuestro: int) -> None:
    assert revisar("localhost", nuestro, lugar.ca) == []


def test_otra_autoridad_y_lo_que_python_hablaria_se_hallan(lugar: Lugar, descuidado: int) -> None:
    """Else nothing found would say nothing."""
    faltas = "\n".join(revisar("localhost", descuidado, lugar.ajena))
    assert "the certificate: " in faltas
    assert "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384" in faltas
    assert "TLS 1.3 is not spoken" in faltas
