"""What the query side of every service shares: pages, and the fate of a command."""

import base64
import binascii
import functools
import hashlib
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from contratos.consultas import Consulta
from contratos.consultas.comandos import DestinoComando
from seedwork.aplicacion.identidad import Acceso
from seedwork.infraestructura import bd

TAMANO_PAGINA = 50
_CURSOR = "cursor"
_PROPIO = "propio"
_SIN_DECIR = "\0"
_COMANDO = sa.select(bd.comandos).where(bd.comandos.c.id_comando == sa.bindparam("id_comando"))


class CursorInvalido(Exception):
    """The cursor is none that a page of this list, under these filters, gave out."""


class Lista:
    """A list that is shown by pages, newest first.

    Args:
        consulta: the query that asks for a page.
        seleccion: its rows.
        orden: a growing number per row, which ``seleccion`` shows under the name ``orden``.
        filtros: by each parameter of the query, and each id in its path, the column that must have its value; one that
            is not given admits any.
        dueno: the column that bears whose a row is; None for rows that are everybody's.
        igual: says in SQL that a column has a value.

    Raises:
        TypeError: a parameter has no column here, or a column is no parameter there.
    """

    def __init__(
        self,
        consulta: type[Consulta],
        seleccion: sa.Select[Any],
        orden: sa.Column[int],
        filtros: Mapping[str, sa.Column[Any]],
        *,
        dueno: sa.Column[str] | None = None,
        igual: Callable[[sa.Column[Any], sa.BindParameter[str]], sa.ColumnElement[bool]] = operator.eq,
    ) -> None:
        campos = [campo.nombre for campo in consulta.campos()]
        if {*filtros, _CURSOR} != {*campos}:
            raise TypeError(f"{consulta.__name__} se pregunta por {campos} y aquí hay {[*filtros]}")
        self._seleccion = seleccion.order_by(orden.desc()).limit(TAMANO_PAGINA + 1)
        self._orden = orden
        self._filtros = filtros if dueno is None else {**filtros, _PROPIO: dueno}
        self._igual = igual
        # Each combination is put together once: that costs more than to show a page's rows.
        self._sentencia = functools.cache(self._componer)

    def pagina(
        self, conexion: sa.Connection, pedida: Consulta, propio: str | None = _SIN_DECIR
    ) -> tuple[Sequence[sa.RowMapping], str | None]:
        """The rows of one page, and the cursor of the one after it; None after the last.

        Args:
            propio: what a row must bear as its owner's to be shown (``Acceso.propio``); None shows everybody's. A list
                whose rows are somebody's has to be told.

        Raises:
            TypeError: it was not: forgotten, that would show everybody's.
            CursorInvalido: the cursor is none that a page of this list, under these filters, gave out to that owner.
        """
        if propio == _SIN_DECIR:
            if _PROPIO in self._filtros:
                raise TypeError("las filas de esta lista son de alguien: falta decir de quién se muestran")
            propio = None
        if propio == "":
            return [], None
        valores = {nombre: valor for nombre, valor in vars(pedida).items() if valor is not None}
        if propio is not None:
            valores[_PROPIO] = propio
        sentencia = self._sentencia(tuple(valores))
        cursor: str | None = valores.pop(_CURSOR, None)
        huella = _huella(self._orden, {self._filtros[nombre]: valor for nombre, valor in valores.items()})
        if cursor is not None:
            valores[_CURSOR] = _leer(cursor, huella)
        filas = conexion.execute(sentencia, valores).mappings().all()
        visibles = filas[:TAMANO_PAGINA]
        return visibles, _escribir(visibles[-1]["orden"], huella) if len(filas) > TAMANO_PAGINA else None

    def _componer(self, dados: Sequence[str]) -> sa.Select[Any]:
        """The page's statement where these parameters are given."""
        return self._seleccion.where(
            *(
                self._igual(columna, sa.bindparam(n, type_=sa.Text))
                for n, columna in self._filtros.items()
                if n in dados
            ),
            *([self._orden < sa.bindparam(_CURSOR)] if _CURSOR in dados else ()),
        )


class LecturaDeComandos:
    """The reading side of a service that has commands: their fates. It reads on connections of its own, and locks
    nothing.
    """

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def comando(self, id_comando: str, acceso: Acceso) -> DestinoComando | None:
        """A command's fate; None until it was handled, and for whoever it is none of the business of."""
        fila = self._comando(id_comando, acceso)
        if fila is None:
            return None
        return DestinoComando(
            id_comando=fila["id_comando"],
            tipo=fila["tipo"].split(".")[-2],
            estado=fila["estado"],
            motivo=motivos.texto(fila["motivo"]),
        )

    def _comando(self, id_comando: str, acceso: Acceso) -> sa.RowMapping | None:
        """The row of its fate, where that is within reach."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(_COMANDO, {"id_comando": id_comando}).mappings().one_or_none()
        return fila if fila is not None and acceso.es_titular(fila["titular"]) else None


def _huella(orden: sa.Column[int], filtros: Mapping[sa.Column[Any], str]) -> str:
    """Tells lists and filters apart; the same in every process, and after a restart. It is no signature: a cursor that
    somebody makes up is another place among the rows that they may read anyway."""
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
