"""The operator's view of dead letters, from the command line of a service."""

import json

import pytest
from typer.testing import CliRunner

from seedwork.entrada.cli import crear_cli
from seedwork.pruebas import cuaderno

pytestmark = pytest.mark.integracion


@pytest.fixture
def cli(taller, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", taller.url_base)
    monkeypatch.setenv("PULSAR_URL", taller.servidores.pulsar_url)
    app = crear_cli(lambda: cuaderno.servicio(taller.contexto), "cuaderno")
    return lambda *orden: CliRunner().invoke(app, ["cartas", *orden])


def test_se_listan_y_se_muestran_sin_sus_cargas(taller, cli):
    ordenes = [taller.orden(f"h-{n}", n, "falla", secreto="Ana Pérez") for n in range(3)]
    taller.enviar(*ordenes)
    with taller.consumiendo():
        taller.esperar(lambda: len(taller.cartas()) == 3)

    for _ in range(2):
        listado = cli("list")
        assert listado.exit_code == 0
        lineas = [json.loads(linea) for linea in listado.stdout.splitlines()]
        assert sorted(c["clave"] for c in lineas) == ["h-0", "h-1", "h-2"]
        assert {c["intentos"] for c in lineas} == {4}

    mostrada = cli("show", ordenes[1].sobre.id)
    carta = json.loads(mostrada.stdout)
    assert carta["id"] == ordenes[1].sobre.id
    assert carta["topico"] == taller.apuntar.topico
    assert carta["propiedades"]["carta_esquema"] == "0"
    assert "Ana" not in listado.output + mostrada.output

    assert cli("show", "ninguna").exit_code == 1
