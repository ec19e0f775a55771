"""Certificates of an authority of one's own: who is known by them, and when they are made anew."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from plataforma import autoridad
from seedwork.entrada.tls import de_cliente, de_servidor

NOMBRES = {"puerta": ["localhost", "127.0.0.1"], "otra": ["otra"]}


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    autoridad.hacer(tmp_path, NOMBRES, Path.write_text)
    return tmp_path


def _conoce(carpeta: Path, ca: Path, nombre: str) -> bool:
    """Whether a client knows the door by a name, over a real connection."""
    servidor = de_servidor(carpeta / "puerta.crt", carpeta / "puerta.key")
    assert servidor is not None
    uno, otro = socket.socketpair()

    def atender() -> None:
        try:
            servidor.wrap_socket(uno, server_side=True).close()
        except OSError:
            uno.close()

    hilo = Thread(target=atender)
    hilo.start()
    try:
        de_cliente(ca).wrap_socket(otro, server_hostname=nombre).close()
    except ssl.SSLCertVerificationError:
        otro.close()
        return False
    finally:
        hilo.join(5)
    return True


def test_se_le_conoce_por_sus_nombres_y_por_su_autoridad(
    carpeta: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ajena = tmp_path_factory.mktemp("ajena")
    autoridad.hacer(ajena, {}, Path.write_text)
    assert _conoce(carpeta, carpeta / autoridad.CERTIFICADO, "localhost")
    assert _conoce(carpeta, carpeta / autoridad.CERTIFICADO, "127.0.0.1")
    assert not _conoce(carpeta, carpeta / autoridad.CERTIFICADO, "otra")
    assert not _conoce(carpeta, ajena / autoridad.CERTIFICADO, "localhost")


def test_lo_que_sirve_se_queda(carpeta: Path) -> None:
    assert autoridad.hacer(carpeta, NOMBRES, Path.write_text) == []


def test_se_rehace_el_que_no_sirve(carpeta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert autoridad.hacer(carpeta, NOMBRES | {"otra": ["otra", "una"]}, Path.write_text) == ["otra.key", "otra.crt"]
    (carpeta / "puerta.key").write_bytes((carpeta / "otra.key").read_bytes())
    assert autoridad.hacer(carpeta, {"puerta": NOMBRES["puerta"]}, Path.write_text) == ["puerta.key", "puerta.crt"]

    class Despues(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(days=autoridad.DIAS - autoridad.RESTO_DIAS + 1)

    monkeypatch.setattr(autoridad, "datetime", Despues)
    assert autoridad.hacer(carpeta, {"puerta": NOMBRES["puerta"]}, Path.write_text) == ["puerta.key", "puerta.crt"]
