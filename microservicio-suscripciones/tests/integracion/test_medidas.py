"""The gauges of sagas, on a real PostgreSQL."""

import json

import pytest
import sqlalchemy as sa

from suscripciones.infraestructura import medidas

pytestmark = pytest.mark.integracion

_PASO = "'', '{}', '{}', 'HECHO', '', false"


def valores() -> tuple[float, float, float]:
    return tuple(g._value.get() for g in (medidas.EN_CURSO, medidas.EDAD_SEGUNDOS, medidas.PLAZOS_VENCIDOS))


def test_cuentan_las_sagas_que_no_han_acabado_y_sus_plazos(motor: sa.Engine) -> None:
    medidas.medir(motor)
    assert valores() == (0, 0, 0)

    with motor.begin() as conexion:
        for n, (en_curso, plazo) in enumerate([(True, "-1 s"), (True, "90 s"), (True, None), (False, None)]):
            saga = json.dumps({"id": f"g-{n}", "en_curso": en_curso})
            conexion.exec_driver_sql(
                "INSERT INTO suscripciones"
                " (id, secuencia, cliente_codigo, plan_codigo, plan_nombre, estado, saga, plazo)"
                " VALUES (%s, 1, 'c', 'pro', 'PRO', 'PENDIENTE', %s, now() + CAST(%s AS interval))",
                (f"s-{n}", saga, plazo),
            )
            conexion.exec_driver_sql(
                f"INSERT INTO saga_pasos VALUES ('p-{n}', 's-{n}', 'g-{n}', 'CREAR', 'suscripciones', {_PASO},"
                f" to_char(now() - interval '{n + 1} min', 'YYYY-MM-DD\"T\"HH24:MI:SSOF'))"
            )

    medidas.medir(motor)

    cuantas, edad, vencidos = valores()
    assert (cuantas, vencidos) == (3, 1)
    assert 180 <= edad < 240, "la más vieja de las que no han acabado"
