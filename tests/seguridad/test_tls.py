"""What sslyze says of the TLS that an HTTP server of ours speaks, and a database's as the containers have it, on the
loopback, with its certificate verified.

In `make test-largo`: hundreds of handshakes. The broker's TLS is seedwork/tests/integracion/test_broker_cifrado.py's.
"""

import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
import trustme
import yaml
from tests.seguridad.puerto_tls import RAIZ, revisar

from plataforma.postgres import SUPERUSUARIO, PostgresIncrustado
from plataforma.puertos import libres
from plataforma.sondas import postgres
from seedwork.entrada.conexiones import Limites
from seedwork.entrada.http import crear_app
from seedwork.entrada.tls import de_servidor
from seedwork.pruebas.servidor import ServidorEnHilo
from seedwork.pruebas.taller import esperar

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


@pytest.fixture
def base(lugar: Lugar, tmp_path: Path) -> Iterator[int]:
    """A PostgreSQL with the settings of TLS that docker-compose.yml gives it."""
    (puerto,) = libres(1)
    # Whoever it runs as reads them, and nobody else.
    servidor = PostgresIncrustado(tmp_path, puerto, "prueba", de_paso=True)
    orden = servidor.preparar()
    datos = tmp_path / "datos"
    de_compose = yaml.safe_load((RAIZ / "docker-compose.yml").read_text("utf-8"))["services"]["suscripciones-bd"]
    ajustes = [a for a in de_compose["command"] if a.startswith("-cssl") and "_file=" not in a]
    for nombre, de in (("cert", lugar.certificado), ("key", lugar.clave)):
        copia = datos / de.name
        copia.write_bytes(de.read_bytes())
        copia.chmod(0o600)
        os.chown(copia, datos.stat().st_uid, datos.stat().st_gid)
        ajustes.append(f"-cssl_{nombre}_file={copia}")
    proceso = subprocess.Popen([*orden, *ajustes], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        esperar(lambda: postgres(servidor.url)() is None, 60)
        yield puerto
    finally:
        proceso.terminate()
        proceso.wait(60)


@pytest.mark.integracion
def test_de_una_base_nada_esta_mal(lugar: Lugar, base: int) -> None:
    """Our own clients come in, each knowing it by its certificate."""
    como = {"host": "localhost", "port": base, "user": SUPERUSUARIO, "password": "prueba", "dbname": "postgres"}
    with closing(psycopg2.connect(**como, sslmode="verify-full", sslrootcert=str(lugar.ca))) as conexion:
        assert conexion.info.ssl_attribute("protocol") == "TLSv1.3"
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        psycopg2.connect(**como, sslmode="verify-full", sslrootcert=str(lugar.ajena))
    assert revisar("localhost", base, lugar.ca, "postgres") == []
