"""Migrations: one alembic tree per service, run under a lock so that two starts can't collide."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config

_CERROJO = 0x5A1E


def migrar(motor: sa.Engine, arbol: Path, hasta: str = "head") -> None:
    """Bring the service's schema to a revision of its tree, the newest if none is named."""
    config = Config()
    config.set_main_option("script_location", str(arbol))
    with motor.begin() as conexion:
        conexion.execute(sa.select(sa.func.pg_advisory_xact_lock(_CERROJO)))
        config.attributes["connection"] = conexion
        command.upgrade(config, hasta)


def correr_entorno() -> None:
    """The body of every tree's ``env.py``."""
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()
