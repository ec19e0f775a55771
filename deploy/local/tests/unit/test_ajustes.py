from pathlib import Path

import pytest

from plataforma.ajustes import CAMPOS_DE_PUERTO, AjustesCompletos, leer_ajustes
from plataforma.errores import ErrorPlataforma


@pytest.fixture(autouse=True)
def _sin_entorno(monkeypatch: pytest.MonkeyPatch) -> None:
    for campo in AjustesCompletos.model_fields:
        monkeypatch.delenv(campo.upper(), raising=False)


def test_los_puertos_de_siempre(tmp_path: Path) -> None:
    ajustes = leer_ajustes(tmp_path)
    assert ajustes.puerto("bff_puerto").numero == 5005
    assert ajustes.puerto_pulsar().numero == 6650
    assert ajustes.puerto_pulsar_admin().numero == 8080


def test_el_desplazamiento_mueve_todo_lo_que_no_se_fija(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESPLAZAMIENTO", "1000")
    monkeypatch.setenv("BFF_PUERTO", "5005")
    monkeypatch.setenv("PULSAR_URL", "pulsar://127.0.0.1:7777")
    ajustes, de_siempre = leer_ajustes(tmp_path), AjustesCompletos.model_construct()
    assert ajustes.puerto("bff_puerto").numero == 5005
    assert ajustes.puerto_pulsar().numero == 7777
    assert ajustes.puerto_pulsar_admin().numero == 9080
    for campo in set(CAMPOS_DE_PUERTO) - {"bff_puerto"}:
        assert ajustes.puerto(campo).numero == getattr(de_siempre, campo) + 1000


def test_el_archivo_env_cede_ante_el_entorno(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PROCESAMIENTO=4\nBFF_PUERTO=6000\nOTRA_COSA=x\n")
    monkeypatch.setenv("PROCESAMIENTO", "2")
    ajustes = leer_ajustes(tmp_path)
    assert (ajustes.procesamiento, ajustes.puerto("bff_puerto").numero) == (2, 6000)


@pytest.mark.parametrize(
    ("variable", "valor"),
    [("PROCESAMIENTO", "0"), ("PROCESAMIENTO", "automatico"), ("BFF_PUERTO", "alto"), ("DESPLAZAMIENTO", "-1")],
)
def test_un_valor_equivocado_se_dice_con_su_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, valor: str
) -> None:
    monkeypatch.setenv(variable, valor)
    with pytest.raises(ErrorPlataforma, match=variable):
        leer_ajustes(tmp_path)
