"""This service's own tables."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATOS = sa.MetaData()

LARGO_INDEXADO = 64
"""Characters of a text that its index holds: a whole one may be longer than an index's row can be."""

imagenes = sa.Table(
    "imagenes",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("orden", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    sa.Column("secuencia", sa.Integer, nullable=False),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("motivo", sa.Text),
    sa.Column("seudonimo_paciente", sa.Text),
    sa.Column("modalidad", sa.Text),
    sa.Column("patologia", sa.Text),
    sa.Column("region_anatomica", sa.Text),
    sa.Column("formato_imagen", sa.Text),
    sa.Column("fuente_de_datos", sa.Text),
    sa.Column("condiciones", ARRAY(sa.Text)),
    sa.Column("fecha_ingesta", sa.Text),
    sa.Column("version_clave", sa.Integer),
    sa.Column("huella", sa.LargeBinary),
    sa.Column("clinica", sa.Text, nullable=False, server_default="", comment="Whose it is; empty: no clinic's."),
    sa.Column("paquete", sa.Text),
    sa.Column("recibida", sa.DateTime(timezone=True)),
    sa.Column("decidida", sa.DateTime(timezone=True)),
)

archivos = sa.Table(
    "archivos",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("resultado_sha256", sa.Text),
    sa.Column("resultado_octetos", sa.BigInteger),
    sa.Column("tipo", sa.Text),
    sa.Column("informe", JSONB(none_as_null=True)),
    sa.Column("decisiones", JSONB, nullable=False, server_default="{}"),
    sa.Column("vista_sha256", sa.Text),
    sa.Column("vista_octetos", sa.BigInteger),
    comment="What became of each file, and what operators decided of it.",
)

archivos_por_ver = sa.Table(
    "archivos_por_ver",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("uri", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("paquete", sa.Text),
    sa.Column("metadatos", JSONB(none_as_null=True)),
    sa.Column("sobre", JSONB(none_as_null=True)),
    sa.Column("arriendo", sa.Integer, nullable=False),
    sa.Column("intentos", sa.Integer, nullable=False),
    sa.Column("proximo", sa.DateTime(timezone=True)),
    sa.Column("apartado", sa.DateTime(timezone=True)),
    sa.Column("conservar_hasta", sa.DateTime(timezone=True)),
    sa.Column("despejadas", ARRAY(sa.Text), nullable=False),
    comment="Files whose original may still be needed, with a person's data; a row goes when it goes.",
)

paquetes = sa.Table(
    "paquetes",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secuencia", sa.Integer, nullable=False),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("motivo", sa.Text),
    sa.Column("detalle", sa.Text),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("sha256_metadatos", sa.Text, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("hechas", sa.Integer, nullable=False),
    sa.Column("cuarentena", sa.Integer, nullable=False),
    sa.Column("fallidas", sa.Integer, nullable=False),
    sa.Column("clinica", sa.Text, nullable=False, server_default="", comment="Whose it is; empty: no clinic's."),
    sa.Column("recibido", sa.DateTime(timezone=True)),
    sa.Column("orden", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    comment="What became of each package.",
)

paquetes_por_abrir = sa.Table(
    "paquetes_por_abrir",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("uri", sa.Text, nullable=False),
    sa.Column("uri_metadatos", sa.Text),
    sa.Column("sobre", JSONB, nullable=False),
    sa.Column("arriendo", sa.Integer, nullable=False),
    sa.Column("intentos", sa.Integer, nullable=False),
    sa.Column("proximo", sa.DateTime(timezone=True), nullable=False),
    comment="Packages of which something is to be done; a row goes when nothing of what was sent is left.",
)

miembros = sa.Table(
    "miembros",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("orden", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
    sa.Column("paquete", sa.Text, nullable=False),
    sa.Column("lugar", sa.Integer, nullable=False),
    sa.Column("imagen", sa.Text, nullable=False),
    sa.Column("uri", sa.Text),
    sa.Column("estado", sa.Text, nullable=False),
    sa.Column("motivo", sa.Text),
    sa.Column("espera", sa.Boolean, nullable=False),
    comment="What became of each file of a package.",
)

miembros_por_decir = sa.Table(
    "miembros_por_decir",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("paquete", sa.Text, nullable=False),
    sa.Column("lugar", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("octetos", sa.BigInteger, nullable=False),
    sa.Column("metadatos", JSONB, nullable=False),
    comment="What was told of them, a person's; a row goes when its command is said.",
)

COLAS = {
    archivos_por_ver.name: ("metadatos", "sobre", "uri"),
    paquetes_por_abrir.name: ("sobre", "uri", "uri_metadatos"),
    miembros_por_decir.name: ("metadatos",),
}
"""What a person's data pass through, and where in it they stand."""

PROPIAS = {archivos.name: ("decisiones",)}
"""Where what is a person's stays, an operator's here, and in which columns."""

sa.Index("paquetes_por_abrir_proximo", paquetes_por_abrir.c.proximo)
sa.Index("paquetes_por_abrir_uri", paquetes_por_abrir.c.uri)
sa.Index(
    "paquetes_por_abrir_uri_metadatos",
    paquetes_por_abrir.c.uri_metadatos,
    postgresql_where=paquetes_por_abrir.c.uri_metadatos.is_not(None),
)
sa.Index("paquetes_clinica", paquetes.c.clinica, paquetes.c.orden)
sa.Index("paquetes_clinica_estado", paquetes.c.clinica, paquetes.c.estado, paquetes.c.orden)
sa.Index("paquetes_estado", paquetes.c.estado, paquetes.c.orden)
sa.Index("miembros_lugar", miembros.c.paquete, miembros.c.lugar, unique=True)
sa.Index("miembros_por_decir_lugar", miembros_por_decir.c.paquete, miembros_por_decir.c.lugar)
sa.Index("miembros_de_paquete", miembros.c.paquete, miembros.c.orden)
sa.Index("miembros_estado", miembros.c.paquete, miembros.c.estado, miembros.c.orden)
sa.Index("miembros_imagen", miembros.c.imagen)
sa.Index("miembros_uri", miembros.c.uri, postgresql_where=miembros.c.uri.is_not(None))
sa.Index(
    "archivos_por_ver_proximo",
    archivos_por_ver.c.proximo,
    postgresql_where=archivos_por_ver.c.proximo.is_not(None),
)
sa.Index(
    "archivos_por_ver_sueltos",
    archivos_por_ver.c.proximo,
    postgresql_where=sa.and_(archivos_por_ver.c.proximo.is_not(None), archivos_por_ver.c.paquete.is_(None)),
)
sa.Index("archivos_resultado", archivos.c.resultado_sha256, postgresql_where=archivos.c.resultado_sha256.is_not(None))
sa.Index("archivos_vista", archivos.c.vista_sha256, postgresql_where=archivos.c.vista_sha256.is_not(None))
sa.Index("archivos_por_ver_uri", archivos_por_ver.c.uri)
sa.Index(
    "archivos_por_ver_conservar_hasta",
    archivos_por_ver.c.conservar_hasta,
    postgresql_where=archivos_por_ver.c.conservar_hasta.is_not(None),
)
sa.Index("imagenes_clinica", imagenes.c.clinica, imagenes.c.orden)
sa.Index("imagenes_clinica_estado", imagenes.c.clinica, imagenes.c.estado, imagenes.c.orden)
sa.Index("imagenes_decidida", imagenes.c.decidida)
sa.Index("imagenes_modalidad", sa.func.left(imagenes.c.modalidad, LARGO_INDEXADO), imagenes.c.orden)
sa.Index("imagenes_patologia", sa.func.left(imagenes.c.patologia, LARGO_INDEXADO), imagenes.c.orden)
sa.Index("imagenes_estado", imagenes.c.estado, imagenes.c.orden)
sa.Index("imagenes_region", sa.func.left(imagenes.c.region_anatomica, LARGO_INDEXADO), imagenes.c.orden)
