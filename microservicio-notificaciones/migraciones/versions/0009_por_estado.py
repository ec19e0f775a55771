"""Notifications by how they are: which ones failed, say."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("CREATE INDEX vista_notificaciones_estado_orden_idx ON vista_notificaciones (estado, orden)")


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
