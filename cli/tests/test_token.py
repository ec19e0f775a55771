"""Who asks: the token that every request bears, and the one that a development key gives."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from plataforma import identidad
from plataforma.secretos import escribir_privado
from seedwork.infraestructura.tokens import EMISOR_DESARROLLO, ClavesPublicadas, Portador, Verificador


@pytest.fixture
def claves(tmp_path: Path) -> Path:
    identidad.hacer(tmp_path, escribir_privado)
    return tmp_path


def portador(claves: Path, token: str) -> Portador:
    """As the door reads it."""
    publicadas = ClavesPublicadas(str(claves / identidad.DESARROLLO_JWKS), desarrollo=True)
    verificador = Verificador(publicadas, emisor=EMISOR_DESARROLLO, audiencia=identidad.AUDIENCIA)
    if (pendiente := verificador.preparar(token)) is not None:
        pendiente.result(5)
    return verificador.verificar(token)


def test_el_token_de_desarrollo_dice_quien_es_y_para_que(claves: Path, linea: Any) -> None:
    clave = str(claves / identidad.DESARROLLO_CLAVE)
    assert linea("token", "--rol", "cliente", "--cliente", "0001", "--clave", clave) == 0
    suyo = portador(claves, linea.salida.strip())
    assert (suyo.quien.id, suyo.quien.cliente, suyo.quien.roles) == ("cliente-0001", "0001", {"cliente"})
    assert suyo.ambitos == set(identidad.ambitos()["cliente"])
    otro = ("--rol", "operador", "--rol", "investigador", "--sujeto", "eva", "--ambito", "datasets:leer")
    assert linea("token", *otro, "--horas", "1", "--clave", clave, "--json") == 0
    assert portador(claves, linea.json["token"]).ambitos == {"datasets:leer"}
    assert linea.json["sujeto"] == portador(claves, linea.json["token"]).quien.id == "eva"
    assert 3500 < linea.json["caduca"] - time.time() < 3700
    cabeza = linea.json["token"].split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(cabeza + "=="))["typ"] == "at+jwt"


@pytest.mark.parametrize(
    "mal",
    [
        ("--rol", "cliente"),
        ("--rol", "operador", "--cliente", "0001"),
        ("--rol", "clinica", "--cliente", "0001"),
        ("--rol", "cliente", "--cliente", "00 01"),
        ("--rol", "clinica", "--clinica", ".."),
        ("--rol", "admin"),
        ("--rol", "operador", "--horas", "0"),
    ],
)
def test_lo_que_no_se_puede_ser_no_se_firma(claves: Path, linea: Any, mal: tuple[str, ...]) -> None:
    assert linea("token", *mal, "--clave", str(claves / identidad.DESARROLLO_CLAVE)) == 2


def test_sin_clave_se_dice_como_hacerla(tmp_path: Path, linea: Any) -> None:
    assert linea("token", "--rol", "operador", "--clave", str(tmp_path / "no")) == 2
    (tmp_path / "otra").write_text("{}")
    assert linea("token", "--rol", "operador", "--clave", str(tmp_path / "otra")) == 2


def test_todo_lo_que_se_pide_lleva_el_token(puerta: Any, linea: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALUDTECH_TOKEN", "a.b.c")
    assert linea("planes") == 0
    assert linea("--token", "d.e.f", "suscripcion", "cancelar", "s-1", "--motivo", "x") == 0
    assert [p.credencial for p in puerta.pedidos] == ["Bearer a.b.c", "Bearer d.e.f"]
    monkeypatch.delenv("SALUDTECH_TOKEN")
    assert linea("planes") == 0
    assert puerta.pedidos[-1].credencial is None


def test_un_token_no_viaja_en_claro_ni_con_lo_que_no_lo_es(linea: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALUDTECH_URL", "http://saludtech.example")
    assert linea("--url", "http://saludtech.example", "--token", "a.b.c", "planes") == 2
    assert linea("--token", "a\nb", "planes") == 2


@pytest.mark.parametrize("estado", [401, 403])
def test_que_no_se_pueda_es_un_rechazo(puerta: Any, linea: Any, estado: int) -> None:
    puerta.responde("GET", "/planes", (estado, {"title": "No", "status": estado, "detail": "No."}))
    assert linea("planes") == 1
