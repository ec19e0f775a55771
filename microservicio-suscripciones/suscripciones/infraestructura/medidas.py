"""This service's own gauges of trouble: sagas that have not ended, their deadlines, and renewals."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from prometheus_client import Gauge

from contratos import sagas
from saga.fin import COMPENSADA, COMPLETADA
from seedwork.infraestructura.bd import segundos
from seedwork.infraestructura.metricas import CUENTA_MAXIMA, HASTA
from suscripciones import NOMBRE
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
DECIDIDAS = Gauge(
    "saludtech_sagas_decididas",
    "Sagas that were decided within a day, by how: of this service's latest 10,000 steps",
    ["estado"],
    multiprocess_mode="max",
)
DIA = timedelta(days=1)

_S, _P = tablas.suscripciones.c, tablas.pasos.c
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
_ULTIMOS = (
    sa.select(_P.paso)
    .where(_P.servicio == NOMBRE, _P.apuntado > tablas.AHORA - DIA)
    .order_by(_P.apuntado.desc())
    .limit(CUENTA_MAXIMA)
    .subquery()
)
_DECIDIDAS = sa.select(
    sa.func.count().filter(_ULTIMOS.c.paso == sagas.ACTIVAR),
    sa.func.count().filter(_ULTIMOS.c.paso.in_((sagas.RECHAZAR, sagas.CANCELAR))),
)


def contar(motor: sa.Engine, tope_s: float) -> None:
    """Count sagas, those in course and those that were decided, and set these gauges.

    Args:
        tope_s: after so many seconds a saga should have ended.
    """
    with motor.connect() as conexion:
        abiertas, edad, atascadas = conexion.execute(_SAGAS, {"tope_s": tope_s}).one()
        activadas, deshechas = conexion.execute(_DECIDIDAS).one()
    EN_CURSO.set(abiertas)
    EDAD_SEGUNDOS.set(float(edad))
    ATASCADAS.set(atascadas)
    DECIDIDAS.labels(COMPLETADA).set(activadas)
    DECIDIDAS.labels(COMPENSADA).set(deshechas)


def medir(motor: sa.Engine, tope_s: float) -> None:
    """Look once, and set all gauges.

    Args:
        tope_s: as there.
    """
    contar(motor, tope_s)
    with motor.connect() as conexion:
        vencidos = conexion.execute(_PLAZOS).scalar_one()
        por_renovar = conexion.execute(_RENOVACIONES).scalar_one()
    PLAZOS_VENCIDOS.set(vencidos)
    RENOVACIONES_VENCIDAS.set(por_renovar)
