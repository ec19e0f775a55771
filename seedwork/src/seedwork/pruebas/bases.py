"""A service's database on a real PostgreSQL, made once and emptied for each test."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.infraestructura.plazos import Plazos


def migrada(url: str, migraciones: Path) -> str:
    """Bring an empty database to today's schema; answers its URL.

    Args:
        migraciones: the service's folder of migrations.
    """
    motor = bd.crear_motor(url)
    migrar(motor, migraciones)
    motor.dispose()
    return url


def vaciar(motor: sa.Engine, tablas: Iterable[str]) -> None:
    """Empty these tables, and let their numbers begin anew; the audit trail too, which lets nobody do so as long as its
    trigger is on."""
    trigger = "ALTER TABLE auditoria {} TRIGGER auditoria_solo_anexar"
    with motor.begin() as conexion:
        conexion.execute(sa.text(trigger.format("DISABLE")))
        conexion.execute(sa.text(f"TRUNCATE {', '.join(tablas)} RESTART IDENTITY"))
        conexion.execute(sa.text(trigger.format("ENABLE ALWAYS")))


@contextmanager
def ajena(url: str) -> Iterator[sa.Connection]:
    """A connection of somebody who is no part of the platform: its transaction may stand still for long."""
    motor = bd.crear_motor(url, plazos=Plazos(transaccion_s=600))
    try:
        with motor.connect() as conexion:
            yield conexion
    finally:
        motor.dispose()
