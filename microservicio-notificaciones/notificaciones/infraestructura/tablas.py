"""This service's own tables, beside the event store's."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

METADATOS = sa.MetaData()

CANAL_ENVIOS = "envios"
"""The NOTIFY channel that wakes the sender."""


def _instante(nombre: str, **opciones: Any) -> sa.Column[datetime]:
    return sa.Column(nombre, sa.TIMESTAMP(timezone=True), **opciones)


# Its comment is its migration's. Names and addresses are here alone still; clients' codes are in the view, and their
# keys below (docs/datos-personales.md).
envios = sa.Table(
    "envios",
    METADATOS,
    sa.Column("id_notificacion", sa.Text, primary_key=True),
    sa.Column("id_suscripcion", sa.Text, nullable=False),
    sa.Column("tipo", sa.Text, nullable=False),
    sa.Column("saga", JSONB, nullable=False),
    sa.Column("paso", sa.Text),
    sa.Column("sobre", JSONB, nullable=False),
    sa.Column("nombre", sa.Text, nullable=False),
    sa.Column("direccion", sa.Text, nullable=False),
    sa.Column("datos", JSONB, nullable=False),
    sa.Column("intentos", sa.Integer, nullable=False),
    sa.Column("anular", sa.Boolean, nullable=False),
    _instante("creado", nullable=False),
    _instante("proximo", nullable=False),
    _instante("tomado_hasta"),
    comment="Deliveries that are not over. The one table with personal data; a row goes when its delivery ends.",
)
sa.Index("envios_proximo", envios.c.proximo)
sa.Index("envios_creado", envios.c.creado)
sa.Index("envios_suscripcion", envios.c.id_suscripcion)

sagas = sa.Table(
    "sagas",
    METADATOS,
    sa.Column("id_saga", sa.Text, primary_key=True),
    sa.Column("cerrada", sa.Boolean, nullable=False),
)
suscripciones = sa.Table(
    "suscripciones",
    METADATOS,
    sa.Column("id_suscripcion", sa.Text, primary_key=True),
    sa.Column("cerrada", sa.Boolean, nullable=False),
)

claves = sa.Table(
    "claves_de_cliente",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True, comment="The subscription's."),
    sa.Column("clave", sa.LargeBinary, comment="Null: destroyed, its client is forgotten."),
    comment="What clients' codes are kept under in the event store. Backups of it are kept for RESPALDOS_DIAS.",
)


def vista_notificaciones(nombre: str, metadatos: sa.MetaData) -> sa.Table:
    """The view's table; a rebuild makes a second one under another name, then swaps."""
    return sa.Table(
        nombre,
        metadatos,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("orden", sa.BigInteger, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("id_suscripcion", sa.Text, nullable=False),
        sa.Column("id_saga", sa.Text, nullable=False),
        sa.Column("cliente_codigo", sa.Text, nullable=False),
        sa.Column("tipo", sa.Text, nullable=False),
        sa.Column("canal", sa.Text, nullable=False),
        sa.Column("asunto", sa.Text, nullable=False),
        sa.Column("estado", sa.Text, nullable=False),
        sa.Column("motivo", sa.Text),
        _instante("creada", nullable=False),
        _instante("actualizada", nullable=False),
    )


vista = vista_notificaciones("vista_notificaciones", METADATOS)
sa.Index("vista_notificaciones_cliente_codigo_orden_idx", vista.c.cliente_codigo, vista.c.orden)
sa.Index("vista_notificaciones_id_suscripcion_orden_idx", vista.c.id_suscripcion, vista.c.orden)
sa.Index("vista_notificaciones_estado_orden_idx", vista.c.estado, vista.c.orden)
