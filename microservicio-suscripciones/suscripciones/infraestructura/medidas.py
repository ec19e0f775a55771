"""This service's own gauges of trouble: sagas that have not ended, their deadlines, and renewals."""

import sqlalchemy as sa
from prometheus_client import Gauge

from suscripciones.infraestructura import tablas

EN_CURSO = Gauge("saludtech_sagas_en_curso", "Sagas that have not ended", multiprocess_mode="max")
EDAD_SEGUNDOS = Gauge(
    "saludtech_saga_edad_segundos", "Age of the oldest saga that has not ended", multiprocess_mode="max"
)
ATASCADAS = Gauge(
    "saludtech_sagas_atascadas", "Sagas that have not ended, and began over SAGA_TOPE_S ago", multiprocess_mode="max"
)
PLAZOS_VENCIDOS = Gauge(
    "saludtech_saga_plazos_vencidos", "Undecided sagas past their deadline", multiprocess_mode="max"
)
RENOVACIONES_VENCIDAS = Gauge(
    "saludtech_renovaciones_vencidas", "Subscriptions whose next invoice is due and not issued", multiprocess_mode="max"
)

_S = tablas.suscripciones.c
_EDAD = tablas.AHORA - _S.comenzada
_SAGAS = sa.select(
    sa.func.count(),
    sa.func.coalesce(sa.func.extract("epoch", sa.func.max(_EDAD)), 0),
    sa.func.count().filter(sa.func.make_interval(0, 0, 0, 0, 0, 0, sa.bindparam("tope_s", type_=sa.Float)) < _EDAD),
    sa.func.count().filter(tablas.ha_llegado(_S.plazo)),
).where(tablas.EN_CURSO)
_RENOVACIONES = sa.select(sa.func.count()).where(tablas.ha_llegado(_S.renueva))


def medir(motor: sa.Engine, tope_s: float) -> None:
    """Look once, and set the gauges.

    Args:
        tope_s: after so many seconds a saga should have ended.
    """
    with motor.connect() as conexion:
        cuantas, edad, atascadas, vencidos = conexion.execute(_SAGAS, {"tope_s": tope_s}).one()
        por_renovar = conexion.execute(_RENOVACIONES).scalar_one()
    EN_CURSO.set(cuantas)
    EDAD_SEGUNDOS.set(float(edad))
    ATASCADAS.set(atascadas)
    PLAZOS_VENCIDOS.set(vencidos)
    RENOVACIONES_VENCIDAS.set(por_renovar)
