"""The gauges of sagas, on a real PostgreSQL."""

import json

import pytest
import sqlalchemy as sa

from suscripciones.infraestructura import medidas

pytestmark = pytest.mark.integracion

_MEDIDAS = (
    medidas.EN_CURSO,
    medidas.EDAD_SEGUNDOS,
    medidas.ATASCADAS,
    medidas.PLAZOS_VENCIDOS,
    medidas.RENOVACIONES_VENCIDAS,
)


def decididas() -> tuple[float, float]:
    completadas, compensadas = (medidas.DECIDIDAS.labels(e)._value.get() for e in ("COMPLETADA", "COMPENSADA"))
    return completadas, compensadas


def valores() -> tuple[float, ...]:
    return tuple(medida._value.get() for medida in _MEDIDAS)


def test_cuentan_las_sagas_que_no_han_acabado_y_sus_plazos(motor: sa.Engine) -> None:
    medidas.medir(motor, 150.0)
    assert valores() == (0, 0, 0, 0, 0)

    casos = [(True, "-1 s", None), (True, "90 s", "-1 s"), (True, None, "1 d"), (False, None, "-2 d")]
    with motor.begin() as conexion:
        for n, (en_curso, plazo, renueva) in enumerate(casos):
            saga = json.dumps({"id": f"g-{n}", "en_curso": en_curso})
            conexion.exec_driver_sql(
                "INSERT INTO suscripciones"
                " (id, secuencia, cliente_codigo, plan_codigo, plan_nombre, estado, saga, comenzada, plazo, recursos,"
                " renueva) VALUES (%s, 1, 'c', 'pro', 'PRO', 'PENDIENTE', %s, now() - CAST(%s AS interval),"
                " now() + CAST(%s AS interval), '{}', now() + CAST(%s AS interval))",
                (f"s-{n}", saga, f"{n + 1} min", plazo, renueva),
            )

    medidas.medir(motor, 150.0)

    cuantas, edad, atascadas, vencidos, por_renovar = valores()
    assert (cuantas, atascadas, vencidos, por_renovar) == (3, 1, 1, 2)
    assert 180 <= edad < 240, "la más vieja de las que no han acabado"


def test_cuentan_las_sagas_que_se_decidieron_en_un_dia(motor: sa.Engine) -> None:
    medidas.contar(motor, 150.0)
    assert decididas() == (0, 0)

    casos = [
        ("CREAR", "suscripciones", "1 min"),
        ("ACTIVAR", "suscripciones", "2 min"),
        ("ACTIVAR", "suscripciones", "25 h"),
        ("RECHAZAR", "suscripciones", "3 min"),
        ("CANCELAR", "suscripciones", "23 h"),
        ("RESERVAR", "servicio-datos", "1 min"),
    ]
    with motor.begin() as conexion:
        for n, (paso, servicio, hace) in enumerate(casos):
            conexion.exec_driver_sql(
                "INSERT INTO saga_pasos VALUES (%s, 's', %s, %s, %s, '', '{}', '{}', 'HECHO', '', false,"
                " '2026-01-01T00:00:00Z', now() - CAST(%s AS interval))",
                (f"p-{n}", f"g-{n}", paso, servicio, hace),
            )

    medidas.contar(motor, 150.0)

    assert decididas() == (1, 2)
