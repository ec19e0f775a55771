"""Rows of before texts had a form: the operating guide's statement brings them over, on a real PostgreSQL."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from .conftest import recibido

pytestmark = pytest.mark.integracion

GUIA = Path(__file__).parents[3] / "docs/operacion.md"


def test_la_orden_de_la_guia_deja_los_textos_en_su_forma(motor: sa.Engine, bus, api) -> None:
    [orden] = re.findall(r"```sql\n(WITH f AS .*?)```", GUIA.read_text("utf-8"), re.DOTALL)
    textos = {"modalidad": "Ecografía de control", "patologia": "Neumonía"}
    bus.procesar([recibido(f"c-{n}", id_imagen=f"i-{n}", **textos) for n in (1, 2)])
    bus.procesar([recibido("c-3", id_imagen="i-3", modalidad="")])
    with motor.begin() as conexion:
        conexion.exec_driver_sql(
            "UPDATE imagenes SET modalidad = %s, patologia = %s WHERE id = 'i-1'",
            ("\u00a0Ecografi\u0301a  de\u3000\u2003control ", "Neumoni\u0301a"),
        )

    def halladas() -> list[str]:
        filtros = {"modalidad": textos["modalidad"], "patologia": textos["patologia"], "region": "Cráneo"}
        return [e["id_imagen"] for e in api.get("/procesar/imagenes", query_string=filtros).json["elementos"]]

    assert halladas() == ["i-2"]
    with motor.begin() as conexion:
        assert conexion.exec_driver_sql(orden).rowcount == 1
    assert halladas() == ["i-2", "i-1"]
