"""Images of whose patient's number nobody told the issuer: known, counted, and not released."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE imagenes ADD COLUMN sin_emisor boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN imagenes.sin_emisor IS 'Nobody told who issued its patient''s number: it is not released.';
        CREATE INDEX imagenes_sin_emisor ON imagenes (celda) WHERE sin_emisor;
        ALTER TABLE versiones ADD COLUMN sin_emisor bigint NOT NULL DEFAULT 0;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
