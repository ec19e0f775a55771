"""A class of images has one name: what was called a cell, too, is a class in the tables as everywhere else."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE celdas RENAME TO clases;
        ALTER TABLE imagenes RENAME celda TO clase;
        ALTER TABLE publicadas RENAME celda TO clase;
        ALTER TABLE composiciones RENAME celda TO clase;
        ALTER INDEX celdas_publicadas RENAME TO clases_publicadas;
        ALTER INDEX ix_imagenes_celda RENAME TO ix_imagenes_clase;
        ALTER INDEX publicadas_celda RENAME TO publicadas_clase;
        ALTER TABLE clases RENAME CONSTRAINT celdas_pkey TO clases_pkey;
        ALTER TABLE clases RENAME CONSTRAINT celdas_check TO clases_check;
        ALTER TABLE clases RENAME CONSTRAINT celdas_k_check TO clases_k_check;
        ALTER TABLE imagenes RENAME CONSTRAINT imagenes_celda_fkey TO imagenes_clase_fkey;
        ALTER TABLE publicadas RENAME CONSTRAINT publicadas_celda_fkey TO publicadas_clase_fkey;
        ALTER TABLE composiciones RENAME CONSTRAINT composiciones_celda_fkey TO composiciones_clase_fkey;
        ALTER TABLE composiciones
            RENAME CONSTRAINT composiciones_dataset_celda_desde_key TO composiciones_dataset_clase_desde_key;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
