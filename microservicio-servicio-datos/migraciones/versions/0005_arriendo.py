"""The relays' lease, and indexes for what is pruned and for what lists are filtered by."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V3)
    op.execute("""
        CREATE INDEX servicios_datos_estado ON servicios_datos (estado, orden);
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
