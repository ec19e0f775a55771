"""This service's own tables."""

import sqlalchemy as sa

METADATOS = sa.MetaData()

reservas = sa.Table(
    "reservas",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("orden", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    sa.Column("secuencia", sa.Integer, nullable=False),
    sa.Column("id_suscripcion", sa.Text, nullable=False, index=True),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("pedida", sa.Boolean, nullable=False),
    sa.Column("cerrada", sa.Boolean, nullable=False),
    sa.Column("liberada", sa.Boolean, nullable=False),
)

existencias = sa.Table(
    "existencias",
    METADATOS,
    sa.Column("recurso", sa.Text, primary_key=True),
    sa.Column("capacidad", sa.Integer, nullable=False),
    sa.Column("usados", sa.Integer, nullable=False, server_default="0"),
)
