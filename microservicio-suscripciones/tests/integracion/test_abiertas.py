"""`python -m suscripciones saga abiertas`: the sagas that should have ended, and where each of them stands."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from suscripciones.__main__ import cli

pytestmark = pytest.mark.integracion

Casa = Any


def listar(*opciones: str) -> list[dict[str, Any]]:
    dicho = CliRunner().invoke(cli, ["saga", "abiertas", *opciones])
    assert dicho.exit_code == 0, dicho.output
    return [json.loads(linea) for linea in dicho.stdout.splitlines()]


def test_se_listan_las_que_pasan_del_tope_y_lo_que_consta_de_ellas(casa: Casa, motor: sa.Engine) -> None:
    casa.activar(id="s-1")
    for n in (2, 3, 4):
        casa.oir(casa.crear(f"s-{n}"))
        casa.oir(casa.paso("CREAR", id=f"s-{n}"), casa.paso("RESERVAR", "servicio_datos", id=f"s-{n}"))
    assert listar() == []
    for n, minutos in ((1, 60), (2, 29), (3, 31), (4, 90)):
        casa.ejecutar(f"UPDATE suscripciones SET comenzada = now() - interval '{minutos} min' WHERE id = 's-{n}'")

    mas_vieja, otra = listar()

    assert mas_vieja.pop("comenzada") < otra["comenzada"]
    assert mas_vieja == {
        "id_suscripcion": "s-4",
        "estado": "PENDIENTE",
        "id_saga": "g-4",
        "decidida": False,
        "requeridos": ["servicio_datos"],
        "liberados": [],
        "pasos": ["otro CREAR HECHO", "otro RESERVAR servicio_datos HECHO"],
    }
    assert otra["id_suscripcion"] == "s-3"
    assert [a["id_suscripcion"] for a in listar("--segundos", "0")] == ["s-4", "s-3", "s-2"]
