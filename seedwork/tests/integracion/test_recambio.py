"""A table made anew takes the live one's place, down to the names."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from seedwork.infraestructura import bd, recambio
from seedwork.pruebas.bases import de_dueno

pytestmark = pytest.mark.integracion

NOMBRES = """
    SELECT indexname FROM pg_indexes WHERE tablename = 'cosas'
    UNION ALL SELECT conname FROM pg_constraint WHERE conrelid = 'cosas'::regclass ORDER BY 1
"""


@pytest.fixture
def motor(nueva_base) -> Iterator[sa.Engine]:
    motor = bd.crear_motor(de_dueno(nueva_base("recambio")))
    with motor.begin() as conexion:
        conexion.exec_driver_sql("""
            CREATE TABLE cosas (id text PRIMARY KEY, orden bigint UNIQUE, clase text CHECK (clase <> ''));
            CREATE INDEX las_de_una_clase ON cosas (clase, orden);
            CREATE INDEX las_sin_orden ON cosas (clase) WHERE orden IS NULL;
            INSERT INTO cosas VALUES ('vieja', 1, 'a');
        """)
    yield motor
    motor.dispose()


def test_la_nueva_ocupa_su_lugar_con_los_mismos_nombres_cuantas_veces_sea(motor):
    def nombres() -> list[str]:
        with motor.connect() as conexion:
            return list(conexion.exec_driver_sql(NOMBRES).scalars())

    antes = nombres()
    assert {"cosas_pkey", "cosas_orden_key", "las_de_una_clase", "las_sin_orden", "cosas_clase_check"} <= set(antes)
    for vuelta in range(3):
        with motor.begin() as conexion:
            recambio.preparar(conexion, "cosas", "cosas_nuevas")
        with motor.begin() as conexion:
            # What an attempt that failed left there goes.
            conexion.exec_driver_sql("INSERT INTO cosas_nuevas VALUES ('a medias', 0, 'a')")
            recambio.preparar(conexion, "cosas", "cosas_nuevas")
            conexion.exec_driver_sql(f"INSERT INTO cosas_nuevas VALUES ('{vuelta}', {vuelta}, 'a')")
            recambio.relevar(conexion, "cosas", "cosas_nuevas")
        with motor.connect() as conexion:
            assert conexion.exec_driver_sql("SELECT id FROM cosas").all() == [(str(vuelta),)]
        assert nombres() == antes
