"""What the role that a service runs with may do in its database; the one that owns it migrates, and grants this.

This is the one place of these rules: a table that is not named here is the service's to read, write and prune, and
none is its to alter, to empty or to drop.
"""

from collections.abc import Iterable

import sqlalchemy as sa

_LEER = ("SELECT",)
_ANEXAR = ("SELECT", "INSERT")
TRABAJAR = ("SELECT", "INSERT", "UPDATE", "DELETE")

DE_TABLAS = {
    "eventos": _ANEXAR,
    "auditoria": _ANEXAR,
    "alembic_version": _LEER,
}
"""The tables that a service may do less with than with any other (:data:`TRABAJAR`)."""

_TABLAS = sa.text("SELECT quote_ident(tablename), tablename FROM pg_tables WHERE schemaname = 'public'")
_CON_MAINTAIN = 170000
"""The version from which on PostgreSQL knows a privilege to vacuum; before, it was the owner's alone."""


def conceder(motor: sa.Engine, rol: str, colas: Iterable[str] = ()) -> None:
    """Let a role do what a service does in its database, and nothing else. Idempotent; nothing for the owner itself.

    What the owner makes later, as when a view is made anew, the role may work with as with any table.

    Args:
        motor: of the role that owns the database.
        rol: the one that the service runs with.
        colas: tables that it vacuums as soon as it has pruned them, where the server has a privilege for that.
            Elsewhere the server does so by itself (:func:`seedwork.infraestructura.poda.sin_restos`).

    Raises:
        sqlalchemy.exc.DBAPIError: the database is in trouble, or there is no such role.
    """
    with motor.begin() as conexion:
        if conexion.scalar(sa.text("SELECT current_user")) == rol:
            return
        quien = conexion.dialect.identifier_preparer.quote_identifier(rol)
        version = conexion.scalar(sa.text("SELECT current_setting('server_version_num')::integer"))

        def ordenar(*ordenes: str) -> None:
            for orden in ordenes:
                conexion.exec_driver_sql(orden.replace("%", "%%"))

        ordenar(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            f"REVOKE ALL ON SCHEMA public FROM {quien}",
            f"GRANT USAGE ON SCHEMA public TO {quien}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {', '.join(TRABAJAR)} ON TABLES TO {quien}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {quien}",
            f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {quien}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quien}",
        )
        for tabla, nombre in conexion.execute(_TABLAS).all():
            privilegios = DE_TABLAS.get(nombre, TRABAJAR)
            if nombre in colas and version >= _CON_MAINTAIN:
                privilegios = (*privilegios, "MAINTAIN")
            ordenar(
                f"REVOKE ALL ON {tabla} FROM PUBLIC, {quien}",
                f"GRANT {', '.join(privilegios)} ON {tabla} TO {quien}",
            )
