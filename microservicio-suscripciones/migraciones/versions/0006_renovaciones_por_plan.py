"""An index for the renewals of a plan: those of one that has left the catalogue are passed over, unread."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX suscripciones_plan_renueva ON suscripciones (plan_codigo, renueva, id) WHERE renueva IS NOT NULL;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
