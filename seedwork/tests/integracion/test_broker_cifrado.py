"""A real broker that is talked to encrypted is known by its certificate, or nothing is said to it.

In `make test-largo`: it is a broker of its own.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pulsar
import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from rich.console import Console
from tests.seguridad.puerto_tls import revisar

from contratos.suscripciones import CrearSuscripcion
from plataforma import sondas
from plataforma.broker import BrokerIncrustado
from plataforma.descargas import PULSAR, encontrar_java
from plataforma.puertos import libres
from seedwork.infraestructura.aprovisionamiento import Aprovisionador, ErrorDeAprovisionamiento
from seedwork.infraestructura.credencial import Credencial
from seedwork.infraestructura.publicador import cerrar_cliente, crear_cliente
from seedwork.pruebas.taller import esperar

pytestmark = [pytest.mark.integracion, pytest.mark.largo]
SUITES = ",".join(
    ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"]
    + [f"TLS_ECDHE_{firma}_WITH_AES_{de}" for firma in ("ECDSA", "RSA") for de in ("256_GCM_SHA384", "128_GCM_SHA256")]
)
"""As docs/operacion.md has them."""


@dataclass(frozen=True)
class Lugar:
    puerto: int
    puerto_admin: int
    ca: Path
    ajena: Path


@pytest.fixture(scope="module")
def lugar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lugar]:
    carpeta = tmp_path_factory.mktemp("cifrado")
    autoridad = trustme.CA()
    propio = autoridad.issue_cert("localhost")
    clave = serialization.load_pem_private_key(propio.private_key_pem.bytes(), None)
    certificado, privada = carpeta / "certificado.pem", carpeta / "clave.pem"
    certificado.write_bytes(b"".join(parte.bytes() for parte in propio.cert_chain_pems))
    # Java reads no other form.
    privada.write_bytes(
        clave.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    claro, claro_admin, puerto, puerto_admin = libres(4)

    class Cifrado(BrokerIncrustado):
        def configuracion(self) -> dict[str, str]:
            return super().configuracion() | {
                "advertisedAddress": "localhost",
                "brokerServicePortTls": str(puerto),
                "webServicePortTls": str(puerto_admin),
                "tlsCertificateFilePath": str(certificado),
                "tlsKeyFilePath": str(privada),
                "tlsProtocols": "TLSv1.3,TLSv1.2",
                "tlsCiphers": SUITES,
                "webServiceTlsProtocols": "TLSv1.3,TLSv1.2",
                "webServiceTlsCiphers": SUITES,
            }

    lugar = Lugar(puerto, puerto_admin, carpeta / "ca.pem", carpeta / "ajena.pem")
    autoridad.cert_pem.write_to_path(str(lugar.ca))
    trustme.CA().cert_pem.write_to_path(str(lugar.ajena))
    broker = Cifrado(carpeta / "pulsar", claro, claro_admin, de_paso=True)
    orden = broker.preparar(encontrar_java(), PULSAR.obtener(Console(quiet=True)))
    with (carpeta / "pulsar.log").open("wb") as salida:
        proceso = subprocess.Popen(orden, env=os.environ, stdout=salida, stderr=subprocess.STDOUT)
    try:
        esperar(lambda: sondas.pulsar(broker.admin_url)() is None, 180)
        yield lugar
    finally:
        proceso.terminate()
        proceso.wait(60)


def _publica(lugar: Lugar, quien: Credencial, nombre: str = "localhost") -> bool:
    cliente = crear_cliente(f"pulsar+ssl://{nombre}:{lugar.puerto}", quien=quien, espera_s=3)
    try:
        cliente.create_producer("persistent://public/default/prueba").send(b"hola")
    except pulsar.PulsarException:
        return False
    finally:
        cerrar_cliente(cliente)
    return True


def test_se_habla_con_el_que_se_conoce_y_con_nadie_mas(lugar: Lugar) -> None:
    assert _publica(lugar, Credencial(ca=lugar.ca))
    assert not _publica(lugar, Credencial(ca=lugar.ajena)), "another authority's"
    assert not _publica(lugar, Credencial()), "one that the system does not trust"
    assert not _publica(lugar, Credencial(ca=lugar.ca), "127.0.0.1"), "by a name that the certificate does not bear"


def test_con_su_api_de_administracion_igual(lugar: Lugar) -> None:
    url = f"https://localhost:{lugar.puerto_admin}"
    Aprovisionador(url, quien=Credencial(ca=lugar.ca)).topicos([CrearSuscripcion])
    for ca in (lugar.ajena, None):
        with pytest.raises(ErrorDeAprovisionamiento):
            Aprovisionador(url, quien=Credencial(ca=ca)).topicos([CrearSuscripcion])


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("cual", "protocolo"), [("puerto", "pulsar"), ("puerto_admin", "http")])
def test_de_su_tls_nada_esta_mal(lugar: Lugar, cual: str, protocolo: str) -> None:
    assert revisar("localhost", getattr(lugar, cual), lugar.ca, protocolo) == []
