"""What the query side of every service shares: pages, and the fate of a command."""

import base64
import binascii
import hashlib
import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from seedwork.infraestructura import bd

TAMANO_PAGINA = 50


class CursorInvalido(Exception):
    """The cursor is none that a page of this list, under these filters, gave out."""


def pagina(
    conexion: sa.Connection,
    consulta: sa.Select[Any],
    orden: sa.Column[int],
    filtros: Mapping[sa.Column[Any], str | None],
    cursor: str | None,
    mostrar: Callable[[Any], dict[str, Any]],
    *,
    igual: Callable[[sa.Column[Any], str], sa.ColumnElement[bool]] = operator.eq,
) -> dict[str, Any]:
    """One page, newest first: ``{"elementos": […], "siguiente": cursor | null}``.

    Args:
        orden: a growing number per row, selected by ``consulta`` under the name ``orden``.
        filtros: the value that each of these columns must have; None admits any.
        cursor: where the page before ended. It holds for the same list and filters alone.
        igual: says in SQL that a column has a value.

    Raises:
        CursorInvalido: the cursor is none that a page of this list, under these filters, gave out.
    """
    dados = {columna: valor for columna, valor in filtros.items() if valor is not None}
    consulta = consulta.where(*(igual(columna, valor) for columna, valor in dados.items()))
    huella = _huella(orden, dados)
    if cursor is not None:
        consulta = consulta.where(orden < _leer(cursor, huella))
    filas = conexion.execute(consulta.order_by(orden.desc()).limit(TAMANO_PAGINA + 1)).mappings().all()
    visibles = filas[:TAMANO_PAGINA]
    siguiente = _escribir(visibles[-1]["orden"], huella) if len(filas) > TAMANO_PAGINA else None
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


def _huella(orden: sa.Column[int], filtros: Mapping[sa.Column[Any], str]) -> str:
    """Tells lists and filters apart; the same in every process, and after a restart."""
    partes = [str(orden), *sorted([str(columna), valor] for columna, valor in filtros.items())]
    return hashlib.blake2s(json.dumps(partes).encode(), digest_size=8).hexdigest()


def _escribir(orden: int, huella: str) -> str:
    return base64.urlsafe_b64encode(f"{orden}.{huella}".encode()).decode().rstrip("=")


def _leer(cursor: str, huella: str) -> int:
    try:
        orden, _, _ = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(".")
    except (binascii.Error, UnicodeError, ValueError):
        raise CursorInvalido(cursor) from None
    if not orden.isdigit() or len(orden) > 18 or cursor != _escribir(int(orden), huella):
        raise CursorInvalido(cursor)
    return int(orden)
