"""This service's own gauges of trouble: sagas that have not ended, their deadlines, and renewals."""

import sqlalchemy as sa
from prometheus_client import Gauge

from contratos import sagas
from suscripciones.infraestructura import tablas

EN_CURSO = Gauge("saludtech_sagas_en_curso", "Sagas that have not ended", multiprocess_mode="max")
EDAD_SEGUNDOS = Gauge(
    "saludtech_saga_edad_segundos", "Age of the oldest saga that has not ended", multiprocess_mode="max"
)
PLAZOS_VENCIDOS = Gauge(
    "saludtech_saga_plazos_vencidos", "Undecided sagas past their deadline", multiprocess_mode="max"
)
RENOVACIONES_VENCIDAS = Gauge(
    "saludtech_renovaciones_vencidas", "Subscriptions whose next invoice is due and not issued", multiprocess_mode="max"
)

_S, _P = tablas.suscripciones.c, tablas.pasos.c
_COMIENZO = (
    sa.select(_P.ocurrido)
    .where(_P.id_saga == _S.saga["id"].astext, _P.paso.in_((sagas.CREAR, sagas.CAMBIAR)))
    .limit(1)
    .scalar_subquery()
)
_SAGAS = sa.select(
    sa.func.count(),
    sa.func.coalesce(
        sa.func.extract("epoch", sa.func.clock_timestamp() - sa.func.min(sa.cast(_COMIENZO, sa.TIMESTAMP(True)))), 0
    ),
    sa.func.count().filter(_S.plazo < sa.func.clock_timestamp()),
).where(tablas.EN_CURSO)
_RENOVACIONES = sa.select(sa.func.count()).where(_S.renueva < sa.func.clock_timestamp())


def medir(motor: sa.Engine) -> None:
    """Look once, and set the gauges."""
    with motor.connect() as conexion:
        cuantas, edad, vencidos = conexion.execute(_SAGAS).one()
        por_renovar = conexion.execute(_RENOVACIONES).scalar_one()
    EN_CURSO.set(cuantas)
    EDAD_SEGUNDOS.set(float(edad))
    PLAZOS_VENCIDOS.set(vencidos)
    RENOVACIONES_VENCIDAS.set(por_renovar)
