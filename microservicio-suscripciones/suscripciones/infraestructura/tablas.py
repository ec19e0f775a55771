"""This service's own tables."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATOS = sa.MetaData()

AHORA = sa.func.statement_timestamp()
"""The present instant. Not clock_timestamp(): that one may change from row to row, and so goes by no index."""


def ha_llegado(instante: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether what is due at an instant is due now."""
    return instante <= AHORA


suscripciones = sa.Table(
    "suscripciones",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("orden", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    sa.Column("secuencia", sa.Integer, nullable=False),
    sa.Column("cliente_codigo", sa.Text, nullable=False),
    sa.Column("plan_codigo", sa.Text, nullable=False),
    sa.Column("plan_nombre", sa.Text, nullable=False),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("motivo", sa.Text),
    sa.Column("saga", JSONB, nullable=False),
    sa.Column("comenzada", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("plazo", sa.TIMESTAMP(timezone=True)),
    sa.Column("detalle", sa.Text),
    sa.Column("recursos", ARRAY(sa.Text), nullable=False),
    sa.Column("renueva", sa.TIMESTAMP(timezone=True)),
)
sa.Index("suscripciones_cliente", suscripciones.c.cliente_codigo, suscripciones.c.orden)
sa.Index("suscripciones_estado", suscripciones.c.estado, suscripciones.c.orden)
sa.Index("suscripciones_plan", suscripciones.c.plan_codigo, suscripciones.c.orden)
sa.Index("suscripciones_plan_estado", suscripciones.c.plan_codigo, suscripciones.c.estado, suscripciones.c.orden)
sa.Index("suscripciones_plazo", suscripciones.c.plazo, postgresql_where=suscripciones.c.plazo.is_not(None))
sa.Index("suscripciones_renueva", suscripciones.c.renueva, postgresql_where=suscripciones.c.renueva.is_not(None))
sa.Index(
    "suscripciones_plan_renueva",
    suscripciones.c.plan_codigo,
    suscripciones.c.renueva,
    suscripciones.c.id,
    postgresql_where=suscripciones.c.renueva.is_not(None),
)
EN_CURSO = suscripciones.c.saga.op("->")(sa.literal_column("'en_curso'")) == sa.literal_column("'true'::jsonb")
"""Whose saga has not ended; the condition of an index of its own, to the letter: PostgreSQL takes ``saga['en_curso']``
for something else."""
sa.Index("suscripciones_en_curso", suscripciones.c.comenzada, postgresql_where=EN_CURSO)

clientes = sa.Table(
    "clientes",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("nombres", sa.Text, nullable=False),
    sa.Column("apellidos", sa.Text, nullable=False),
    sa.Column("usuario", sa.Text, nullable=False),
    sa.Column("rut", sa.Text, nullable=False),
    sa.Column("cedula", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
)

facturas = sa.Table(
    "facturas",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("id_suscripcion", sa.Text, nullable=False),
    sa.Column("monto", sa.Numeric(14, 2), nullable=False),
    sa.Column("moneda", sa.Text, nullable=False),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("medio", sa.Text),
    sa.Column("emitida", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("periodo", sa.TIMESTAMP(timezone=True), nullable=False),
)
sa.Index("facturas_periodo", facturas.c.id_suscripcion, facturas.c.periodo, unique=True)

PROPIAS = {
    clientes.name: ("nombres", "apellidos", "usuario", "rut", "cedula", "email"),
    suscripciones.name: ("detalle",),
    facturas.name: ("medio",),
}
"""Where what is a person's stays, and in which columns."""


def saga_pasos(nombre: str, metadatos: sa.MetaData) -> sa.Table:
    """The timeline's table; a rebuild makes a second one under another name, then swaps.

    ``ocurrido`` is whatever clock its participant goes by; ``apuntado`` is this database's, when the step was taken in.
    """
    return sa.Table(
        nombre,
        metadatos,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("id_suscripcion", sa.Text, nullable=False),
        sa.Column("id_saga", sa.Text, nullable=False),
        sa.Column("paso", sa.Text, nullable=False),
        sa.Column("servicio", sa.Text, nullable=False),
        sa.Column("recurso", sa.Text, nullable=False),
        sa.Column("requeridos", ARRAY(sa.Text), nullable=False),
        sa.Column("liberados", ARRAY(sa.Text), nullable=False),
        sa.Column("resultado", sa.Text, nullable=False),
        sa.Column("motivo", sa.Text, nullable=False),
        sa.Column("compensacion", sa.Boolean, nullable=False),
        sa.Column("ocurrido", sa.Text, nullable=False),
        sa.Column("apuntado", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("traza", sa.Text),
    )


pasos = saga_pasos("saga_pasos", METADATOS)
sa.Index("saga_pasos_saga", pasos.c.id_saga)
sa.Index("saga_pasos_suscripcion", pasos.c.id_suscripcion)
sa.Index("saga_pasos_servicio", pasos.c.servicio, pasos.c.apuntado)


def saga_resumenes(nombre: str, metadatos: sa.MetaData) -> sa.Table:
    """What lists show of each saga, made of its steps alone; a rebuild makes a second one, too."""
    return sa.Table(
        nombre,
        metadatos,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("id_suscripcion", sa.Text, nullable=False),
        sa.Column("estado", sa.Text, nullable=False),
        sa.Column("comenzada", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("terminada", sa.TIMESTAMP(timezone=True)),
        sa.Column("ultimo", sa.Text, nullable=False),
        sa.Column("orden", sa.BigInteger, nullable=False),
    )


resumenes = saga_resumenes("saga_resumenes", METADATOS)
sa.Index("saga_resumenes_orden", resumenes.c.orden)
sa.Index("saga_resumenes_estado", resumenes.c.estado, resumenes.c.orden)
sa.Index("saga_resumenes_suscripcion", resumenes.c.id_suscripcion)
