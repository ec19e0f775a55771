"""What waits: for a person, files that were kept apart, and until when; for a worker, files and packages. What is done:
images per second."""

from datetime import timedelta

import sqlalchemy as sa
from prometheus_client import Gauge

from procesamiento.infraestructura.tablas import archivos_por_ver, imagenes, paquetes_por_abrir
from seedwork.aplicacion.escala import Debido
from seedwork.infraestructura.metricas import CUENTA_MAXIMA, HASTA

APARTADOS = Gauge(
    "saludtech_originales_apartados",
    f"Originals kept until an operator decides, or their days are over, {HASTA}",
    multiprocess_mode="max",
)
PLAZO_SEGUNDOS = Gauge(
    "saludtech_original_apartado_plazo_segundos",
    "Seconds until the first of them is deleted undecided; 0 for none",
    multiprocess_mode="max",
)
POR_SEGUNDO = Gauge(
    "saludtech_imagenes_por_segundo",
    "Images that are decided (clean, rejected, kept apart or failed), per second: over 10 s, or the latest 10,000",
    multiprocess_mode="mostrecent",
)
VENTANA_S = 10.0

_HASTA = archivos_por_ver.c.conservar_hasta
_PRIMEROS = sa.select(_HASTA).where(_HASTA.is_not(None)).order_by(_HASTA).limit(CUENTA_MAXIMA).subquery()
_QUEDA = sa.func.min(_PRIMEROS.c.conservar_hasta) - sa.func.statement_timestamp()
_APARTADOS = sa.select(
    sa.func.count(), sa.func.greatest(sa.func.coalesce(sa.func.extract("epoch", _QUEDA), 0), 0)
).select_from(_PRIMEROS)
_DEBIDAS = sa.union_all(
    *(
        sa.select(c.proximo)
        .where(c.proximo <= sa.func.statement_timestamp())
        .order_by(c.proximo)
        .limit(CUENTA_MAXIMA)
        .subquery()
        .select()
        for c in (archivos_por_ver.c, paquetes_por_abrir.c)
    )
).subquery()
_EDAD = sa.func.statement_timestamp() - sa.func.min(_DEBIDAS.c.proximo)
_DEBIDO = sa.select(sa.func.count(), sa.func.coalesce(sa.func.extract("epoch", _EDAD), 0)).select_from(_DEBIDAS)
_DECIDIDA = imagenes.c.decidida
_ULTIMAS = (
    sa.select(_DECIDIDA)
    .where(sa.func.statement_timestamp() - timedelta(seconds=VENTANA_S) < _DECIDIDA)
    .order_by(_DECIDIDA.desc())
    .limit(CUENTA_MAXIMA)
    .subquery()
)
_DESDE = sa.func.statement_timestamp() - sa.func.min(_ULTIMAS.c.decidida)
_RITMO = sa.select(sa.func.count(), sa.func.coalesce(sa.func.extract("epoch", _DESDE), 0)).select_from(_ULTIMAS)


def debido(motor: sa.Engine) -> Debido:
    """The files and packages that are due, of each so many at most."""
    with motor.connect() as conexion:
        filas, edad_s = conexion.execute(_DEBIDO).one()
    return Debido(filas, float(edad_s))


def contar(motor: sa.Engine) -> None:
    """Count what was decided of late, and what waits for a person, and set these gauges."""
    with motor.connect() as conexion:
        cuantas, desde_s = conexion.execute(_RITMO).one()
        apartados, queda = conexion.execute(_APARTADOS).one()
    # Where there are more, the latest of them are of a shorter time.
    ventana_s = VENTANA_S if cuantas < CUENTA_MAXIMA else max(float(desde_s), 0.001)
    POR_SEGUNDO.set(cuantas / ventana_s)
    APARTADOS.set(apartados)
    PLAZO_SEGUNDOS.set(float(queda))
