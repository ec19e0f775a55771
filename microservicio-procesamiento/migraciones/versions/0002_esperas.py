"""Commands that wait for what they name, and what it takes to send them again."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V2)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
