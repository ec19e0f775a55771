"""How many workers are wanted, and what one of them was seen to do."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V4)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
