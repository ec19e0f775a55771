import hashlib
import random
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import certifi
import pytest

from plataforma.descargas import JMETER, PULSAR, Bajada, Jar, Programa, _olvidar_parciales
from plataforma.errores import ErrorPlataforma


def test_cada_maquina_recibe_solo_sus_bibliotecas_nativas() -> None:
    linux, mac = PULSAR.jars("linux-x86_64"), PULSAR.jars("osx-aarch_64")
    assert any("linux-x86_64" in jar.coordenadas for jar in linux)
    assert not any("osx" in jar.coordenadas or "aarch_64" in jar.coordenadas for jar in linux)
    assert not any("linux" in jar.coordenadas for jar in mac)


@pytest.mark.parametrize(("programa", "cuantos"), [(PULSAR, 300), (JMETER, 140)], ids=str)
def test_ningun_archivo_pisa_a_otro(programa: Programa, cuantos: int) -> None:
    archivos = [jar.archivo for jar in programa.jars()]
    assert len(archivos) == len(set(archivos)) > cuantos


def test_un_archivo_danado_no_cuenta(tmp_path: Path) -> None:
    jar = Jar("g:a:jar:1", hashlib.sha256(b"entero").hexdigest())
    assert not jar.esta_en(tmp_path)
    (tmp_path / "g.a-1.jar").write_bytes(b"enter")
    assert not jar.esta_en(tmp_path)
    (tmp_path / "g.a-1.jar").write_bytes(b"entero")
    assert jar.esta_en(tmp_path)


CONTENIDO = random.Random(7).randbytes(1_000_000)
JAR = Jar("org.uno:dos:jar:3.1", hashlib.sha256(CONTENIDO).hexdigest())


class Repositorio(ThreadingHTTPServer):
    """A Maven repository that has one file, and breaks off each answer after so many octets."""

    def __init__(self, contenido: bytes, cortes: Sequence[int] = (), *, con_rangos: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), _Respuesta)
        self.contenido = contenido
        self.cortes = list(cortes)
        self.con_rangos = con_rangos
        self.pedidos: list[str | None] = []
        """What range each request asked for."""
        self.enviados = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/maven2"


class _Respuesta(BaseHTTPRequestHandler):
    server: Repositorio

    def do_GET(self) -> None:
        repositorio, rango = self.server, self.headers["Range"]
        repositorio.pedidos.append(rango)
        if self.path != "/maven2/org/uno/dos/3.1/dos-3.1.jar":
            self.send_error(404)
            return
        desde = int(rango.removeprefix("bytes=").removesuffix("-")) if rango and repositorio.con_rangos else 0
        cuerpo = repositorio.contenido[desde:]
        if desde and not cuerpo:
            self.send_error(416)
            return
        self.send_response(206 if desde else 200)
        if desde:
            total = len(repositorio.contenido)
            self.send_header("Content-Range", f"bytes {desde}-{total - 1}/{total}")
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        enviado = cuerpo[: repositorio.cortes.pop(0)] if repositorio.cortes else cuerpo
        repositorio.enviados += len(enviado)
        # Less than was said, then the end: the connection broke off.
        self.wfile.write(enviado)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def sirviendo(repositorio: Repositorio) -> Iterator[Repositorio]:
    with repositorio:
        hilo = threading.Thread(target=repositorio.serve_forever, kwargs={"poll_interval": 0.01})
        hilo.start()
        try:
            yield repositorio
        finally:
            repositorio.shutdown()
            hilo.join()


def test_una_descarga_que_se_corta_sigue_donde_iba(tmp_path: Path) -> None:
    """As often as it breaks off, as long as something arrives."""
    with sirviendo(Repositorio(CONTENIDO, [200_000] * 4)) as repositorio:
        JAR.descargar(Bajada(repositorio.url), tmp_path)
    assert (tmp_path / JAR.archivo).read_bytes() == CONTENIDO
    assert [archivo.name for archivo in tmp_path.iterdir()] == [JAR.archivo]
    primero, *siguientes = repositorio.pedidos
    assert primero is None
    assert siguientes == sorted(siguientes)
    assert len(siguientes) == 4
    # What came twice is less than one buffer a time.
    assert len(CONTENIDO) <= repositorio.enviados < len(CONTENIDO) + 4 * 65536


def test_lo_que_llego_antes_de_un_corte_definitivo_no_se_pide_otra_vez(tmp_path: Path) -> None:
    """A start that was ended, or had no network any more, and the next one."""
    with sirviendo(Repositorio(CONTENIDO, [700_000, *[0] * 10])) as repositorio:
        with pytest.raises(ErrorPlataforma, match="whatever arrived is kept"):
            JAR.descargar(Bajada(repositorio.url), tmp_path)
        repositorio.cortes = []
        antes = repositorio.enviados
        JAR.descargar(Bajada(repositorio.url), tmp_path)
        assert repositorio.enviados - antes < 400_000
    assert (tmp_path / JAR.archivo).read_bytes() == CONTENIDO


@pytest.mark.parametrize("con_rangos", [True, False])
@pytest.mark.parametrize("guardado", [b"de otra cosa" * 10, CONTENIDO[:999], CONTENIDO + b"de mas"])
def test_lo_guardado_que_no_es_suyo_se_descarta_y_lo_que_no_admite_partes_llega_entero(
    tmp_path: Path, con_rangos: bool, guardado: bytes
) -> None:
    (tmp_path / JAR.parcial).write_bytes(guardado)
    with sirviendo(Repositorio(CONTENIDO, con_rangos=con_rangos)) as repositorio:
        JAR.descargar(Bajada(repositorio.url), tmp_path)
    assert [archivo.name for archivo in tmp_path.iterdir()] == [JAR.archivo]
    assert (tmp_path / JAR.archivo).read_bytes() == CONTENIDO


def test_lo_parcial_de_otra_version_no_cuenta_y_se_olvida(tmp_path: Path) -> None:
    otro = Jar(JAR.coordenadas, "0" * 64)
    for jar in (JAR, otro):
        (tmp_path / jar.parcial).write_bytes(CONTENIDO[:10])
    _olvidar_parciales(tmp_path, [JAR])
    assert [archivo.name for archivo in tmp_path.iterdir()] == [JAR.parcial]


def test_lo_que_no_es_el_archivo_fijado_no_se_guarda(tmp_path: Path) -> None:
    with (
        sirviendo(Repositorio(CONTENIDO[::-1])) as repositorio,
        pytest.raises(ErrorPlataforma, match="does not have the pinned SHA-256"),
    ):
        JAR.descargar(Bajada(repositorio.url), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_quien_para_la_bajada_suelta_lo_que_esta_bajando(tmp_path: Path) -> None:
    bajada = Bajada("http://127.0.0.1:1")
    bajada.parar()
    with pytest.raises(ErrorPlataforma, match="told to stop"):
        JAR.descargar(bajada, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="the system's store is a file on Linux alone")
def test_confia_en_quien_el_sistema_confia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A company's proxy shows a certificate of the company's own: the system's store has it, and certifi's has not."""
    certificado, clave = tmp_path / "certificado.pem", tmp_path / "clave.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=proxy",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", clave, "-out", certificado],
        check=True, capture_output=True,
    )  # fmt: skip
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "ninguno").mkdir()
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "ninguno"))
    repositorio = Repositorio(CONTENIDO)
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(certificado, clave)
    repositorio.socket = contexto.wrap_socket(repositorio.socket, server_side=True)
    with sirviendo(repositorio):
        url = repositorio.url.replace("http:", "https:")
        monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
        with pytest.raises(ErrorPlataforma, match="CERTIFICATE_VERIFY_FAILED"):
            JAR.descargar(Bajada(url), tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificado))
        JAR.descargar(Bajada(url), tmp_path)
    assert (tmp_path / JAR.archivo).read_bytes() == CONTENIDO
