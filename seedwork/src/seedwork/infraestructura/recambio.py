"""A table that is made anew beside the live one, then put in its place."""

from collections.abc import Mapping

import sqlalchemy as sa

# What tells the indexes of a table apart, their names and the table's left out.
_INDICES = sa.text("""
    SELECT i.relname,
        concat(x.indisunique, x.indisprimary, regexp_replace(pg_get_indexdef(x.indexrelid), '^.*? USING ', ''))
    FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid
    WHERE x.indrelid = CAST(:tabla AS regclass)
""")


def preparar(conexion: sa.Connection, viva: str, nueva: str) -> None:
    """Make an empty twin of a table, in place of what an attempt that failed left there.

    The twin has the table's columns, constraints and indexes, but neither its triggers nor what was granted on it.
    """
    conexion.execute(sa.text(f"DROP TABLE IF EXISTS {nueva}"))
    conexion.execute(sa.text(f"CREATE TABLE {nueva} (LIKE {viva} INCLUDING ALL)"))


def relevar(conexion: sa.Connection, viva: str, nueva: str) -> None:
    """Put the twin in the table's place, under the table's name and those of its indexes and keys.

    Whoever uses the table waits until the transaction ends, and finds the new one.
    """
    anteriores = _indices(conexion, viva)
    conexion.execute(sa.text(f"DROP TABLE {viva}"))
    conexion.execute(sa.text(f"ALTER TABLE {nueva} RENAME TO {viva}"))
    for definicion, provisional in _indices(conexion, viva).items():
        conexion.execute(sa.text(f"ALTER INDEX {provisional} RENAME TO {anteriores[definicion]}"))


def _indices(conexion: sa.Connection, tabla: str) -> Mapping[str, str]:
    """A table's indexes: the name of each by what it is."""
    return {definicion: nombre for nombre, definicion in conexion.execute(_INDICES, {"tabla": tabla})}
