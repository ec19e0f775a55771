"""This service's own tables."""

import sqlalchemy as sa

METADATOS = sa.MetaData()

expertos = sa.Table(
    "expertos",
    METADATOS,
    sa.Column("codigo", sa.Text, primary_key=True),
    sa.Column("nombres", sa.Text, nullable=False),
    sa.Column("apellidos", sa.Text, nullable=False),
    sa.Column("capacidad", sa.Integer, nullable=False),
    sa.Column("usados", sa.Integer, nullable=False, server_default="0"),
    sa.Column("vigente", sa.Boolean, nullable=False),
)

nubes = sa.Table(
    "nubes",
    METADATOS,
    sa.Column("codigo", sa.Text, primary_key=True),
    sa.Column("nombre", sa.Text, nullable=False),
    sa.Column("tipo", sa.Text, nullable=False),
    sa.Column("vigente", sa.Boolean, nullable=False),
)

datasets = sa.Table(
    "datasets",
    METADATOS,
    sa.Column("codigo", sa.Text, primary_key=True),
    sa.Column("nombre", sa.Text, nullable=False),
    sa.Column("vigente", sa.Boolean, nullable=False),
    sa.Column("modalidad", sa.Text),
)

imagenes_por_modalidad = sa.Table(
    "imagenes_por_modalidad",
    METADATOS,
    sa.Column("modalidad", sa.Text, primary_key=True),
    sa.Column("cuantas", sa.BigInteger, nullable=False),
    comment="Anonymised images that have been heard of; the images themselves are another service's.",
)

servicios_datos = sa.Table(
    "servicios_datos",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("orden", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    sa.Column("secuencia", sa.Integer, nullable=False),
    sa.Column("id_suscripcion", sa.Text, nullable=False, index=True),
    sa.Column("id_saga", sa.Text, nullable=False),
    sa.Column("experto_codigo", sa.ForeignKey(expertos.c.codigo), nullable=False),
    sa.Column("nube_codigo", sa.ForeignKey(nubes.c.codigo), nullable=False),
    sa.Column("dataset_codigo", sa.ForeignKey(datasets.c.codigo), nullable=False),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("motivo", sa.Text),
    sa.Column("detalle", sa.Text),
)
sa.Index("servicios_datos_estado", servicios_datos.c.estado, servicios_datos.c.orden)
sa.Index(
    "servicios_datos_vivo",
    servicios_datos.c.id_suscripcion,
    unique=True,
    postgresql_where=servicios_datos.c.estado != "TERMINADO",
)

participaciones = sa.Table(
    "participaciones",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("id_suscripcion", sa.Text, nullable=False, index=True),
    sa.Column("reservada", sa.Boolean, nullable=False),
    sa.Column("activada", sa.Boolean, nullable=False),
    sa.Column("cerrada", sa.Boolean, nullable=False),
)

suscripciones_conocidas = sa.Table(
    "suscripciones_conocidas",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("requiere_servicio", sa.Boolean, nullable=False),
    sa.Column("requiere_secuencia", sa.BigInteger, nullable=False),
    comment="Copies, made from the facts that have arrived: the subscriptions themselves are another service's.",
)
