"""This service's own gauges of trouble: sagas that have not ended, their deadlines, and renewals."""

from typing import Any

import sqlalchemy as sa
from prometheus_client import Gauge

from seedwork.infraestructura.bd import segundos
from seedwork.infraestructura.metricas import CUENTA_MAXIMA, HASTA
from suscripciones.infraestructura import tablas

EN_CURSO = Gauge("saludtech_sagas_en_curso", f"Sagas that have not ended, {HASTA}", multiprocess_mode="max")
EDAD_SEGUNDOS = Gauge(
    "saludtech_saga_edad_segundos", "Age of the oldest saga that has not ended", multiprocess_mode="max"
)
ATASCADAS = Gauge(
    "saludtech_sagas_atascadas",
    f"Sagas that have not ended, and began over SAGA_TOPE_S ago, {HASTA}",
    multiprocess_mode="max",
)
PLAZOS_VENCIDOS = Gauge(
    "saludtech_saga_plazos_vencidos", f"Undecided sagas past their deadline, {HASTA}", multiprocess_mode="max"
)
RENOVACIONES_VENCIDAS = Gauge(
    "saludtech_renovaciones_vencidas",
    f"Subscriptions whose next invoice is due and not issued, {HASTA}",
    multiprocess_mode="max",
)

_S = tablas.suscripciones.c
# Those that began first: as far as is counted, none of the stuck ones is left out.
_PRIMERAS = sa.select(_S.comenzada).where(tablas.EN_CURSO).order_by(_S.comenzada).limit(CUENTA_MAXIMA).subquery()
_EDAD = tablas.AHORA - _PRIMERAS.c.comenzada
_SAGAS = sa.select(
    sa.func.count(),
    sa.func.coalesce(sa.func.extract("epoch", sa.func.max(_EDAD)), 0),
    sa.func.count().filter(segundos("tope_s") < _EDAD),
)


def _llegados(instante: sa.ColumnElement[Any]) -> sa.Select[Any]:
    primeros = sa.select(instante).where(tablas.ha_llegado(instante)).order_by(instante).limit(CUENTA_MAXIMA)
    return sa.select(sa.func.count()).select_from(primeros.subquery())


# Only what is undecided has a deadline.
_PLAZOS = _llegados(_S.plazo)
_RENOVACIONES = _llegados(_S.renueva)


def medir(motor: sa.Engine, tope_s: float) -> None:
    """Look once, and set the gauges.

    Args:
        tope_s: after so many seconds a saga should have ended.
    """
    with motor.connect() as conexion:
        cuantas, edad, atascadas = conexion.execute(_SAGAS, {"tope_s": tope_s}).one()
        vencidos = conexion.execute(_PLAZOS).scalar_one()
        por_renovar = conexion.execute(_RENOVACIONES).scalar_one()
    EN_CURSO.set(cuantas)
    EDAD_SEGUNDOS.set(float(edad))
    ATASCADAS.set(atascadas)
    PLAZOS_VENCIDOS.set(vencidos)
    RENOVACIONES_VENCIDAS.set(por_renovar)
