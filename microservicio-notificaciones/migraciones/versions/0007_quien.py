"""Who asked for a command, whose its fate is, and the trail of who did what."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V5)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
