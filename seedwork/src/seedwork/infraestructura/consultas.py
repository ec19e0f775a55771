"""What the query side of every service shares: pages, and the fate of a command."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from seedwork.infraestructura import bd

TAMANO_PAGINA = 50


class CursorInvalido(Exception):
    """The cursor is none that a page gave out."""


def pagina(
    conexion: sa.Connection,
    consulta: sa.Select[Any],
    orden: sa.ColumnElement[int],
    cursor: str | None,
    mostrar: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """One page, newest first: ``{"elementos": […], "siguiente": cursor | null}``.

    Args:
        orden: a growing number per row, selected by ``consulta`` under the name ``orden``.
        cursor: where the page before ended.

    Raises:
        CursorInvalido: the cursor is none that a page gave out.
    """
    if cursor is not None:
        consulta = consulta.where(orden < _leer(cursor))
    filas = conexion.execute(consulta.order_by(orden.desc()).limit(TAMANO_PAGINA + 1)).mappings().all()
    visibles = filas[:TAMANO_PAGINA]
    siguiente = _escribir(visibles[-1]["orden"]) if len(filas) > TAMANO_PAGINA else None
    return {"elementos": [mostrar(f) for f in visibles], "siguiente": siguiente}


def destino_comando(conexion: sa.Connection, id_comando: str) -> dict[str, Any] | None:
    """A command's fate as its query shows it; None until it was handled."""
    tabla = bd.comandos
    fila = conexion.execute(sa.select(tabla).where(tabla.c.id_comando == id_comando)).mappings().one_or_none()
    if fila is None:
        return None
    return {
        "id_comando": fila["id_comando"],
        "tipo": fila["tipo"].split(".")[-2],
        "estado": fila["estado"],
        "motivo": motivos.texto(fila["motivo"]),
    }


def _escribir(orden: int) -> str:
    return base64.urlsafe_b64encode(str(orden).encode()).decode().rstrip("=")


def _leer(cursor: str) -> int:
    try:
        texto = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if not texto.isdigit() or len(texto) > 18:
            raise CursorInvalido(cursor)
        return int(texto)
    except (binascii.Error, UnicodeError, ValueError):
        raise CursorInvalido(cursor) from None
