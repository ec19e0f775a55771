"""An index for deliveries by their age: while the channel is closed, those that may wait on are not read."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX envios_creado ON envios (creado);
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
