"""The verbs of a service's command line while a server is away, or dies under them."""

import os
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from plataforma.proveedores import Fabrica, Servidores
from seedwork.entrada.cli import crear_cli
from seedwork.infraestructura import bd
from seedwork.pruebas import cuaderno

pytestmark = pytest.mark.integracion

NADIE = "127.0.0.1:1"
Cli = Callable[..., Result]


@pytest.fixture
def cli(nueva_base: Fabrica, servidores: Servidores, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A service's verbs, and one more that runs a statement."""
    monkeypatch.setenv("DATABASE_URL", nueva_base("verbos"))
    monkeypatch.setenv("PULSAR_URL", servidores.pulsar_url)
    monkeypatch.setenv("PULSAR_ADMIN_URL", servidores.admin_url)
    app = crear_cli(lambda: cuaderno.servicio("verbos"), "cuaderno")

    @app.command()
    def sentencia(texto: str) -> None:
        motor = cuaderno.servicio("verbos").motor()
        with motor.begin() as conexion:
            conexion.execute(sa.text(texto))

    return lambda *orden: CliRunner().invoke(app, orden)


def dice(resultado: Result, *textos: str) -> None:
    """One line at the end, with these texts; no stack trace and no SQL; and exit code 1."""
    assert resultado.exit_code == 1
    assert isinstance(resultado.exception, SystemExit)
    assert resultado.stdout == ""
    # What libraries log of their retries stands before it, where a test before this one has turned the log on.
    *anotado, linea = resultado.stderr.splitlines()
    assert not [a for a in anotado if "Traceback" in a or "SELECT" in a]
    assert linea.startswith("no se puede hacer ahora (")
    assert all(t in linea for t in textos)
    assert "SELECT" not in linea


@pytest.mark.parametrize("orden", ["migrar", "preparar"])
def test_sin_base_lo_dice_en_una_linea(cli: Cli, monkeypatch: pytest.MonkeyPatch, orden: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:clave@{NADIE}/nada")
    dice(cli(orden), "OperationalError", "¿responden la base de datos y el broker?")


@pytest.mark.parametrize("orden", ["migrar", "preparar"])
def test_una_clave_equivocada_se_nombra_y_no_se_muestra(cli: Cli, monkeypatch: pytest.MonkeyPatch, orden: str) -> None:
    url = sa.make_url(os.environ["DATABASE_URL"])
    monkeypatch.setenv("DATABASE_URL", url.set(password="otra-clave").render_as_string(hide_password=False))
    resultado = cli(orden)
    dice(resultado, "OperationalError", "DATABASE_URL", f'password authentication failed for user "{url.username}"')
    assert "otra-clave" not in resultado.stderr


def test_una_base_que_no_hay_tambien(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    ajena = sa.make_url(os.environ["DATABASE_URL"]).set(database="no_hay").render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", ajena)
    dice(cli("migrar"), "DATABASE_URL", 'database "no_hay" does not exist')


def test_sin_broker_tambien(cli: Cli, servidores: Servidores, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that answers otherwise than an admin API does; with nobody there, it would be asked again for 12 s."""
    monkeypatch.setenv("PULSAR_ADMIN_URL", f"{servidores.admin_url}/nada")
    dice(cli("provisionar"), "ErrorDeAprovisionamiento", "¿responden la base de datos y el broker?")


def test_la_base_que_muere_a_mitad_tambien(cli: Cli) -> None:
    dice(cli("sentencia", "SELECT pg_terminate_backend(pg_backend_pid())"), "¿responden")


def test_sin_esquema_dice_quien_lo_pone(cli: Cli) -> None:
    dice(cli("sentencia", "SELECT 1 FROM no_hay"), "UndefinedTable", "migrar")


def test_lo_que_no_es_de_un_servidor_no_se_calla(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bd, "crear_motor", None)
    assert isinstance(cli("sentencia", "SELECT 1").exception, TypeError)
