"""A list whose rows are somebody's is never shown without saying whose. Unit tests: no row is read."""

from typing import Any

import pytest
import sqlalchemy as sa

from contratos.consultas.base import Consulta, Cursor, Pagina, campo, filtro
from seedwork.infraestructura.consultas import Lista

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
