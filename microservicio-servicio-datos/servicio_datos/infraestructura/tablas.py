"""This service's own tables."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

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
    sa.Column("patologia", sa.Text),
    sa.Column("region", sa.Text),
)

imagenes_por_modalidad = sa.Table(
    "imagenes_por_modalidad",
    METADATOS,
    sa.Column("modalidad", sa.Text, primary_key=True),
    sa.Column("cuantas", sa.BigInteger, nullable=False),
    sa.Column("con_archivo", sa.BigInteger, nullable=False, server_default="0"),
    comment="Anonymised images that have been heard of; the images themselves are another service's.",
)

clases = sa.Table(
    "clases",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("modalidad", sa.Text, nullable=False),
    sa.Column("patologia", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("banda_de_edad", sa.Text, nullable=False),
    sa.Column("sexo", sa.Text, nullable=False),
    sa.Column("mes", sa.Text, nullable=False),
    sa.Column("paso", sa.Integer, nullable=False, server_default="0"),
    sa.Column("k", sa.Integer),
    sa.Column("imagenes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("ultima", sa.BigInteger, nullable=False, server_default="0"),
    comment="The classes of images, and how far what is released of each has come.",
)
sa.Index("clases_publicadas", clases.c.modalidad, clases.c.id, postgresql_where=clases.c.imagenes > 0)

imagenes = sa.Table(
    "imagenes",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secuencia", sa.BigInteger, nullable=False),
    sa.Column("clase", sa.ForeignKey(clases.c.id), nullable=False, index=True),
    sa.Column("seudonimo", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("octetos", sa.BigInteger, nullable=False),
    sa.Column("pendiente", sa.Boolean, nullable=False),
    sa.Column(
        "sin_emisor",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="Nobody told who issued its patient's number: it is not released.",
    ),
    sa.Column("tipo", sa.Text, nullable=False, server_default="", comment="Its media type; empty: nobody told."),
    comment="Anonymised images that have a file, as they were last heard of; the images are another service's.",
)
sa.Index("imagenes_pendientes", imagenes.c.clase, imagenes.c.seudonimo, postgresql_where=imagenes.c.pendiente)
sa.Index("imagenes_sin_emisor", imagenes.c.clase, postgresql_where=imagenes.c.sin_emisor)

publicadas = sa.Table(
    "publicadas",
    METADATOS,
    sa.Column("orden", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("clase", sa.ForeignKey(clases.c.id), nullable=False),
    sa.Column("desde", sa.Integer, nullable=False),
    sa.Column("hasta", sa.Integer),
    sa.Column("id_imagen", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("octetos", sa.BigInteger, nullable=False),
    sa.Column("seudonimo", sa.Text, nullable=False),
    sa.Column(
        "caduca",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="Its image is known otherwise by now: it goes when enough do.",
    ),
    sa.Column("tipo", sa.Text, nullable=False, server_default=""),
    comment="What was ever released of a class, and during which of its steps.",
)
sa.Index("publicadas_clase", publicadas.c.clase, publicadas.c.orden)
sa.Index(
    "publicadas_caducas",
    publicadas.c.clase,
    publicadas.c.seudonimo,
    postgresql_where=sa.and_(publicadas.c.caduca, publicadas.c.hasta.is_(None)),
)
sa.Index("publicadas_imagen", publicadas.c.id_imagen)

versiones = sa.Table(
    "versiones",
    METADATOS,
    sa.Column("orden", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("dataset", sa.ForeignKey(datasets.c.codigo), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("fecha", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.statement_timestamp()),
    sa.Column("k", sa.Integer, nullable=False),
    sa.Column("imagenes", sa.BigInteger, nullable=False),
    sa.Column("huella", sa.Text, nullable=False),
    sa.Column("pacientes_retenidos", sa.BigInteger, nullable=False),
    sa.Column("sin_archivo", sa.BigInteger),
    sa.Column("sin_emisor", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("dataset", "version"),
    comment="The releases of each data set.",
)

composiciones = sa.Table(
    "composiciones",
    METADATOS,
    sa.Column("orden", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("dataset", sa.ForeignKey(datasets.c.codigo), nullable=False),
    sa.Column("clase", sa.ForeignKey(clases.c.id), nullable=False),
    sa.Column("desde", sa.Integer, nullable=False),
    sa.Column("hasta", sa.Integer),
    sa.Column("paso", sa.Integer, nullable=False),
    sa.Column("k", sa.Integer, nullable=False),
    sa.Column("imagenes", sa.BigInteger, nullable=False),
    sa.Column("ultima", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("dataset", "clase", "desde"),
    comment="Which step of which class is in a data set, and during which of its versions.",
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
    sa.Column("cliente_codigo", sa.Text, nullable=False, server_default="", comment="Whose it is; empty: nobody told."),
    sa.Column(
        "investigadores",
        ARRAY(sa.Text),
        nullable=False,
        server_default="{}",
        comment="Who may read its data set besides, by the sub of their tokens.",
    ),
)
sa.Index("servicios_datos_cliente", servicios_datos.c.cliente_codigo, servicios_datos.c.orden)
sa.Index("servicios_datos_estado", servicios_datos.c.estado, servicios_datos.c.orden)
sa.Index(
    "servicios_datos_vivo",
    servicios_datos.c.id_suscripcion,
    unique=True,
    postgresql_where=servicios_datos.c.estado != "TERMINADO",
)

PROPIAS = {servicios_datos.name: ("detalle",)}
"""Where what is a person's stays, and in which columns; but who may read a data set, by which queries filter."""

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
    sa.Column("cliente_codigo", sa.Text, nullable=False, server_default="", comment="Whose it is; empty: nobody told."),
    sa.Column(
        "suprimida",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="Its client is forgotten: facts that come later tell no more whose it is.",
    ),
    comment="Copies, made from the facts that have arrived: the subscriptions themselves are another service's.",
)
