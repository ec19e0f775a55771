"""A service's database on a real PostgreSQL, made once and emptied for each test."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.infraestructura.plazos import Plazos
from seedwork.infraestructura.roles import conceder


def de_dueno(url: str | sa.URL) -> str:
    """A test's database as its owner reaches it: by the name that the local run gives it, with the same password."""
    url = sa.make_url(url)
    return url.set(username=f"{url.username}_dueno").render_as_string(hide_password=False)


@contextmanager
def como_dueno(de: sa.Engine) -> Iterator[sa.Engine]:
    """The owner's engine on the same database, in the body: for what the role that a service runs with may not do."""
    motor = bd.crear_motor(de_dueno(de.url), plazos=Plazos(transaccion_s=600))
    try:
        yield motor
    finally:
        motor.dispose()


def migrada(url: str, migraciones: Path, hasta: str = "head") -> str:
    """Bring an empty database to a schema, today's by default, as `migrar` does; answers its URL.

    Args:
        migraciones: the service's folder of migrations.
    """
    motor = bd.crear_motor(de_dueno(url))
    migrar(motor, migraciones, hasta)
    conceder(motor, sa.make_url(url).username or "")
    motor.dispose()
    return url


def vaciar(motor: sa.Engine, tablas: Iterable[str]) -> None:
    """Empty these tables, and let their numbers begin anew; the audit trail and the events too, which let nobody do so
    as long as their triggers are on."""
    cuales = list(tablas)
    disparos = [f"ALTER TABLE {t} {{}} TRIGGER {t}_solo_anexar" for t in ("auditoria", "eventos") if t in cuales]
    with como_dueno(motor) as dueno, dueno.begin() as conexion:
        for disparo in disparos:
            conexion.execute(sa.text(disparo.format("DISABLE")))
        conexion.execute(sa.text(f"TRUNCATE {', '.join(cuales)} RESTART IDENTITY"))
        for disparo in disparos:
            conexion.execute(sa.text(disparo.format("ENABLE ALWAYS")))


@contextmanager
def ajena(url: str) -> Iterator[sa.Connection]:
    """A connection of somebody who is no part of the platform: its transaction may stand still for long."""
    motor = bd.crear_motor(url, plazos=Plazos(transaccion_s=600))
    try:
        with motor.connect() as conexion:
            yield conexion
    finally:
        motor.dispose()
