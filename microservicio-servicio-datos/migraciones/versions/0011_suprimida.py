"""Of which subscriptions the client is forgotten."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE suscripciones_conocidas ADD COLUMN suprimida boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN suscripciones_conocidas.suprimida IS
            'Its client is forgotten: facts that come later tell no more whose it is.';
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
