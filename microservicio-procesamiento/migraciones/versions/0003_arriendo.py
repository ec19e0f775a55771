"""The relays' lease, and indexes for what is pruned."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V3)
    # What no image has together must not be looked for in image after image.
    op.execute("""
        CREATE STATISTICS imagenes_filtros (mcv)
            ON left(modalidad, 64), left(patologia, 64), left(region_anatomica, 64) FROM imagenes;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
