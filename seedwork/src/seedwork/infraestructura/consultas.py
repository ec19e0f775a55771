"""What the query side of every service shares: pages, and the fate of a command."""

import base64
import binascii
import functools
import hmac
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from contratos.consultas import Consulta
from contratos.consultas.comandos import DestinoComando
from seedwork.aplicacion.identidad import Acceso
from seedwork.infraestructura import bd, campos

TAMANO_PAGINA = 50
_CURSOR = "cursor"
_PROPIO = "propio"
_SIN_DECIR = "\0"
_SELLO = 16
"""Octets of what a cursor is signed with."""
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
        self._consulta = consulta
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
        de = dict(valores)
        if cursor is not None:
            valores[_CURSOR] = int(leer_cursor(cursor, self._consulta, de))
        filas = conexion.execute(sentencia, valores).mappings().all()
        visibles = filas[:TAMANO_PAGINA]
        hay_mas = len(filas) > TAMANO_PAGINA
        return visibles, escribir_cursor(str(visibles[-1]["orden"]), self._consulta, de) if hay_mas else None

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


def escribir_cursor(lugar: str, consulta: type[Consulta], de: Mapping[str, str | None]) -> str:
    """A page's cursor, signed with the ring of this process (:mod:`seedwork.infraestructura.campos`): the same in every
    process of the service, and after a restart, until the ring's first key is another.

    Args:
        lugar: where the page begins, in ASCII.
        consulta: the list that it is of.
        de: what that is filtered by, and whose it is, by name.
    """
    ambito = json.dumps([consulta.contexto, consulta.ruta, sorted(de.items()), lugar])
    return base64.urlsafe_b64encode(campos.sellar("cursores", ambito)[:_SELLO] + lugar.encode()).decode().rstrip("=")


def leer_cursor(cursor: str, consulta: type[Consulta], de: Mapping[str, str | None]) -> str:
    """Where the page begins.

    Raises:
        CursorInvalido: it is not what :func:`escribir_cursor` writes of that list.
    """
    try:
        lugar = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[_SELLO:].decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        raise CursorInvalido(cursor) from None
    if not hmac.compare_digest(cursor, escribir_cursor(lugar, consulta, de)):
        raise CursorInvalido(cursor)
    return lugar
