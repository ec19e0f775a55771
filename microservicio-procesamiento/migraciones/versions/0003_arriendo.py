"""The relays' lease, and indexes for what is pruned."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V3)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
