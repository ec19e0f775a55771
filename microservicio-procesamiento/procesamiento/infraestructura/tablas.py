"""This service's own tables."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

METADATOS = sa.MetaData()

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
)
