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
        # Another start may be at it, for as long as that takes: it is waited for. A lock on a table is not, for long:
        # all who come later would wait behind it.
        conexion.execute(sa.text("SET LOCAL lock_timeout = 0"))
        conexion.execute(sa.select(sa.func.pg_advisory_xact_lock(_CERROJO)))
        conexion.execute(sa.text("SET LOCAL lock_timeout TO DEFAULT"))
        config.attributes["connection"] = conexion
        command.upgrade(config, hasta)


def correr_entorno() -> None:
    """The body of every tree's ``env.py``."""
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()
