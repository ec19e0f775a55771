"""The key is required, and long enough; a wrong one is not quoted."""

import base64

import pytest

from procesamiento.config import Config
from seedwork.entrada.config import cargar

BUENA = base64.b64encode(bytes(range(220, 252)) + b"\xff" * 16).decode()


@pytest.fixture(autouse=True)
def entorno(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@h/b")
    monkeypatch.setenv("SEUDONIMO_CLAVE", BUENA)


def test_la_cola_es_corta_y_la_clave_no_se_muestra():
    config = cargar(Config)
    assert (config.cola, config.seudonimo_version) == (200, 2)
    assert BUENA not in repr(config)
    assert config.seudonimo_clave.get_secret_value()[-1:] == b"\xff"


def test_vale_tambien_en_base64_para_urls(monkeypatch):
    monkeypatch.setenv("SEUDONIMO_CLAVE", BUENA.replace("+", "-").replace("/", "_"))
    assert cargar(Config).seudonimo_clave.get_secret_value()[-1:] == b"\xff"


@pytest.mark.parametrize(
    ("variable", "valor"),
    [
        ("SEUDONIMO_CLAVE", "no es base64"),
        ("SEUDONIMO_CLAVE", base64.b64encode(b"corta").decode()),
        ("SEUDONIMO_VERSION", "0"),
        ("SEUDONIMO_VERSION", "1"),
        ("SEUDONIMO_CLAVES_ANTERIORES", f'{{"2": "{BUENA}"}}'),
    ],
)
def test_un_ajuste_malo_se_nombra_y_no_se_repite(monkeypatch, capsys, variable, valor):
    monkeypatch.setenv(variable, valor)
    with pytest.raises(SystemExit):
        cargar(Config)
    dicho = capsys.readouterr().err
    assert variable in dicho
    assert valor not in dicho or variable == "SEUDONIMO_VERSION"


def test_la_clave_de_la_version_1_es_la_vigente_si_no_se_da_otra(monkeypatch):
    """An installation that never changed its key goes on recognising its images, and is told nothing to do."""
    otra = base64.b64encode(bytes(32)).decode()
    assert cargar(Config).claves[1] == cargar(Config).claves[2] != bytes(32)
    monkeypatch.setenv("SEUDONIMO_CLAVES_ANTERIORES", f'{{"1": "{otra}"}}')
    assert cargar(Config).claves[1] == bytes(32) != cargar(Config).claves[2]
