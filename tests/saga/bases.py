"""Looking into the services' databases, as an auditor does."""

from contextlib import closing
from typing import Any

import psycopg2


def filas(url: str, consulta: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with closing(psycopg2.connect(url)) as conexion, conexion.cursor() as cursor:
        cursor.execute(consulta)
        return list(cursor.fetchall())


def ejecutar(url: str, orden: str) -> None:
    """Run a statement and commit it."""
    with closing(psycopg2.connect(url)) as conexion, conexion, conexion.cursor() as cursor:
        cursor.execute(orden)


def volcado(url: str) -> bytes:
    """All that a database holds, as it holds it: every column of every table, raw."""
    tablas = filas(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    trozos: list[bytes] = []
    for (tabla,) in tablas:
        for fila in filas(url, f'SELECT t.* FROM public."{tabla}" AS t'):
            trozos += [bytes(v) if isinstance(v, memoryview) else str(v).encode() for v in fila]
    return b"\n".join(trozos)
