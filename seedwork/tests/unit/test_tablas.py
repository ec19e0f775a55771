"""What a table in memory has of its table on PostgreSQL."""

import pytest
import sqlalchemy as sa

from seedwork.pruebas.almacen import Definicion, Unico
from seedwork.pruebas.tablas import definicion_de

METADATOS = sa.MetaData()
cosas = sa.Table(
    "cosas",
    METADATOS,
    sa.Column("codigo", sa.Text, primary_key=True),
    sa.Column("orden", sa.BigInteger, sa.Identity(), unique=True),
    sa.Column("lugar", sa.BigInteger, unique=True),
    sa.Column("sello", sa.Text),
    sa.Column("dueno", sa.Text, index=True),
    sa.Column("estado", sa.Text),
    sa.Column("cuanto", sa.Integer, nullable=False),
    sa.Column("creada", sa.Text, nullable=False, server_default="x"),
    sa.UniqueConstraint("dueno", "lugar"),
)
sa.Index("cosas_sello", cosas.c.sello, cosas.c.dueno, unique=True)
sa.Index("cosas_viva", cosas.c.dueno, unique=True, postgresql_where=cosas.c.estado != "FIN")


def test_de_una_tabla_se_sacan_su_clave_sus_unicos_y_su_numeracion() -> None:
    unicos = [
        Unico(("dueno", "lugar")),
        Unico(("dueno",), salvo=("estado", "FIN")),
        Unico(("lugar",)),
        Unico(("sello", "dueno")),
    ]
    assert definicion_de(cosas) == Definicion("codigo", sorted(unicos, key=repr), "orden", ["codigo", "cuanto"])


@pytest.mark.parametrize("condicion", [cosas.c.estado == "FIN", cosas.c.sello.is_not(None)], ids=str)
def test_una_condicion_que_la_memoria_no_conoce_se_descubre(condicion: sa.ColumnElement[bool]) -> None:
    otra = cosas.to_metadata(sa.MetaData())
    sa.Index("cosas_otra", otra.c.sello, unique=True, postgresql_where=condicion)
    with pytest.raises(TypeError, match="cosas_otra"):
        definicion_de(otra)
