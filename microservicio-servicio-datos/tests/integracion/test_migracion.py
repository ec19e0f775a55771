"""What the second revision makes of a database that the first release filled."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.pruebas.bases import de_dueno

pytestmark = pytest.mark.integracion

MIGRACIONES = Path(__file__).parents[2] / "migraciones"
ANTES = """
    INSERT INTO participaciones (id, id_suscripcion, reservada, activada, cerrada) VALUES
        ('g-1', 's-1', true, false, false),
        ('g-2', 's-2', true, true, false),
        ('g-3', 's-3', true, false, true),
        ('g-4', 's-4', true, true, true);
"""


def test_las_suscripciones_de_antes_se_conocen_por_sus_sagas(nueva_base):
    motor = bd.crear_motor(de_dueno(nueva_base("migracion")))
    try:
        migrar(motor, MIGRACIONES, "0001")
        with motor.begin() as conexion:
            conexion.execute(sa.text(ANTES))
        migrar(motor, MIGRACIONES)
        with motor.connect() as conexion:
            filas = conexion.execute(sa.text("SELECT * FROM suscripciones_conocidas ORDER BY id")).all()
    finally:
        motor.dispose()

    assert [tuple(f) for f in filas] == [
        ("s-1", "PENDIENTE", False, 0, "", False),
        ("s-2", "ACTIVA", True, 0, "", False),
        ("s-3", "RECHAZADA", False, 0, "", False),
        ("s-4", "RECHAZADA", False, 0, "", False),
    ]
