"""A list whose rows are somebody's is never shown without saying whose, and its cursors are its own. Unit tests: no row
is read."""

import base64
from typing import Any

import pytest
import sqlalchemy as sa

from contratos.consultas.auditoria import ListarAuditoriaDeProcesamiento, ListarAuditoriaDeSuscripciones
from contratos.consultas.base import Consulta, Cursor, Pagina, campo, filtro
from seedwork.infraestructura import campos
from seedwork.infraestructura.campos import Llavero
from seedwork.infraestructura.consultas import CursorInvalido, Lista, escribir_cursor, leer_cursor

TABLA = sa.Table("cosas", sa.MetaData(), sa.Column("orden", sa.BigInteger), sa.Column("dueno", sa.Text))


class Cosas(Pagina):
    """Cosas."""

    elementos: list[int] = campo("Los números.", [1])


class ListarCosas(Consulta, contexto="pruebas", ruta="/cosas-de-alguien", respuesta=Cosas):
    """Cosas."""

    cursor: Cursor | None = filtro("Dónde empieza.")


def test_una_lista_de_alguien_no_se_muestra_sin_decir_de_quien():
    lista = Lista(ListarCosas, TABLA.select(), TABLA.c.orden, {}, dueno=TABLA.c.dueno)
    ninguna: Any = None
    with pytest.raises(TypeError, match="de quién"):
        lista.pagina(ninguna, ListarCosas())
    assert lista.pagina(ninguna, ListarCosas(), "") == ([], None)


def test_un_cursor_vale_en_su_lista_con_sus_filtros_y_no_se_cambia_ni_se_inventa():
    """The trails of two contexts are the same table, by name, and their lists the same columns."""
    suya, de = ListarAuditoriaDeProcesamiento, {"quien": "ana"}
    cursor = escribir_cursor("51", suya, de)
    assert leer_cursor(cursor, suya, de) == "51"
    octetos = base64.urlsafe_b64decode(cursor + "==")
    otro_sitio = base64.urlsafe_b64encode(octetos.replace(b"51", b"99")).decode().rstrip("=")
    with campos.con(Llavero([b"n" * 32])):
        inventado = escribir_cursor("51", suya, de)
    for malo, lista, filtros in (
        (cursor, ListarAuditoriaDeSuscripciones, de),
        (cursor, suya, {"quien": "eva"}),
        (cursor, suya, {"recurso": "ana"}),
        (cursor, suya, {}),
        (otro_sitio, suya, de),
        (inventado, suya, de),
        (cursor + "=", suya, de),
    ):
        with pytest.raises(CursorInvalido):
            leer_cursor(malo, lista, filtros)
