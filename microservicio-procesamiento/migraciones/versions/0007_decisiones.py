"""What operators decide of files that were kept apart, and who looks for them."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # A worker of before, which knows none of them, still writes rows; what waits to be cleaned is there to be cleaned.
    op.execute("""
        ALTER TABLE archivos
            ADD COLUMN intentos_previos integer NOT NULL DEFAULT 0,
            ADD COLUMN decisiones jsonb NOT NULL DEFAULT '{}',
            ADD CHECK (proximo IS NULL OR uri IS NOT NULL);
        CREATE INDEX imagenes_estado ON imagenes (estado, orden);
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
