"""Who the trail is told works dead letters by the command line."""

import os
import pwd

import pytest
import typer
from typer.testing import CliRunner

from seedwork.entrada.cli import _quien_opera, crear_cli
from seedwork.pruebas import cuaderno


@pytest.mark.parametrize("verbo", ["replay", "discard"])
def test_donde_se_pregunta_quien_es_nadie_toca_una_carta_sin_decirlo(verbo, monkeypatch):
    """Said before the broker or the database is asked for anything: there is none here."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:c@127.0.0.1:1/b")
    monkeypatch.setenv("AUTENTICACION", "oidc")
    monkeypatch.delenv("OPERADOR", raising=False)
    hecho = CliRunner().invoke(crear_cli(lambda: cuaderno.servicio("x"), "x"), ["cartas", verbo, "--todas"])
    assert hecho.exit_code == 2 and "--operador" in hecho.output


def test_donde_no_se_pregunta_es_el_usuario_del_sistema_y_no_lo_que_diga_su_entorno(monkeypatch):
    monkeypatch.setenv("LOGNAME", "otra")
    assert _quien_opera(None, se_pregunta=False) == pwd.getpwuid(os.getuid()).pw_name
    assert _quien_opera("ana", se_pregunta=True) == "ana"


@pytest.mark.parametrize("nombre", ["", "a\n", "ñ"])
def test_lo_que_no_puede_ser_de_nadie_no_es_un_nombre(nombre):
    with pytest.raises(typer.BadParameter):
        _quien_opera(nombre, se_pregunta=True)
