"""Who serves HTTP by a certificate is known by it; who does not agree on TLS gets nothing, and holds nobody up."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
import trustme
import urllib3

from seedwork.entrada.conexiones import Limites
from seedwork.entrada.http import crear_app
from seedwork.entrada.sonda import mirar
from seedwork.entrada.tls import de_cliente, de_servidor
from seedwork.infraestructura.credencial import Credencial
from seedwork.pruebas.servidor import ServidorEnHilo


class Lugar:
    """A server, the file of the authority that vouches for it, and that of one that does not."""

    def __init__(self, carpeta: Path) -> None:
        autoridad, otra = trustme.CA(), trustme.CA()
        certificado = autoridad.issue_cert("localhost")
        self.ca, self.ajena = carpeta / "ca.pem", carpeta / "ajena.pem"
        self.certificado, self.clave = carpeta / "certificado.pem", carpeta / "clave.pem"
        autoridad.cert_pem.write_to_path(str(self.ca))
        otra.cert_pem.write_to_path(str(self.ajena))
        for parte in certificado.cert_chain_pems:
            parte.write_to_path(str(self.certificado), append=True)
        certificado.private_key_pem.write_to_path(str(self.clave))
        app = crear_app()
        app.add_url_rule("/esquema", "esquema", lambda: flask.request.url)
        self.servidor = ServidorEnHilo(app, Limites(), de_servidor(self.certificado, self.clave))

    def pedir(self, ca: Path | None, nombre: str = "localhost", ruta: str = "/esquema") -> urllib3.BaseHTTPResponse:
        with urllib3.PoolManager(ssl_context=de_cliente(ca), retries=False, timeout=5) as http:
            return http.request("GET", f"https://{nombre}:{self.servidor.puerto}{ruta}")


@pytest.fixture(scope="module")
def lugar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lugar]:
    lugar = Lugar(tmp_path_factory.mktemp("tls"))
    yield lugar
    lugar.servidor.cerrar()


def test_a_quien_se_conoce_se_le_habla(lugar: Lugar) -> None:
    respuesta = lugar.pedir(lugar.ca)
    assert (respuesta.status, respuesta.data.decode()) == (200, f"https://localhost:{lugar.servidor.puerto}/esquema")


@pytest.mark.parametrize(("que", "nombre"), [("ca", "127.0.0.1"), ("ajena", "localhost"), (None, "localhost")])
def test_ni_otro_nombre_ni_otra_autoridad_valen(lugar: Lugar, que: str | None, nombre: str) -> None:
    with pytest.raises(urllib3.exceptions.SSLError, match=r"certificate verify failed|CERTIFICATE_VERIFY_FAILED"):
        lugar.pedir(getattr(lugar, que) if que else None, nombre)


def test_la_api_del_broker_se_pregunta_igual(lugar: Lugar) -> None:
    """By a process's credential: its authorities count, and the name."""
    url = f"https://localhost:{lugar.servidor.puerto}"
    with urllib3.PoolManager(retries=False, **Credencial(ca=lugar.ca).de_http(url)) as http:
        assert http.request("GET", f"{url}/esquema").status == 200
    with (
        urllib3.PoolManager(retries=False, **Credencial(ca=lugar.ajena).de_http(url)) as http,
        pytest.raises(urllib3.exceptions.SSLError),
    ):
        http.request("GET", f"{url}/esquema")


def test_lo_viejo_y_lo_que_va_en_claro_no_reciben_nada(lugar: Lugar) -> None:
    viejo = de_cliente(lugar.ca)
    with pytest.warns(DeprecationWarning):
        viejo.minimum_version = viejo.maximum_version = ssl.TLSVersion.TLSv1_1
    viejo.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("localhost", lugar.servidor.puerto), 5) as enchufe, pytest.raises(ssl.SSLError):
        viejo.wrap_socket(enchufe, server_hostname="localhost")
    with socket.create_connection(("localhost", lugar.servidor.puerto), 5) as enchufe:
        enchufe.sendall(b"GET /esquema HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert not enchufe.recv(100).startswith(b"HTTP/")


def test_quien_no_acaba_de_saludar_no_estorba(lugar: Lugar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seedwork.entrada.conexiones.SALUDO_S", 0.5)
    mudos = [socket.create_connection(("127.0.0.1", lugar.servidor.puerto), 5) for _ in range(20)]
    assert lugar.pedir(lugar.ca).status == 200
    for mudo in mudos:
        assert mudo.recv(100) == b"", "it was let wait"
        mudo.close()


def test_la_sonda_conoce_el_certificado_de_su_proceso(lugar: Lugar) -> None:
    assert mirar(lugar.servidor.puerto, lugar.certificado)[0]
    assert mirar(lugar.servidor.puerto, lugar.ajena) == (False, "no responde (SSLCertVerificationError)")
    assert not mirar(lugar.servidor.puerto)[0]
