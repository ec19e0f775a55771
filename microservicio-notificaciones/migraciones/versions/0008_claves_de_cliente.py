"""What clients' codes are kept under in the event store. What was appended before stays as it was, in the clear."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE claves_de_cliente (
            id text PRIMARY KEY,
            clave bytea
        );
        COMMENT ON TABLE claves_de_cliente IS
            'What clients'' codes are kept under in the event store. Backups of it are kept for RESPALDOS_DIAS.';
        COMMENT ON COLUMN claves_de_cliente.id IS 'The subscription''s.';
        COMMENT ON COLUMN claves_de_cliente.clave IS 'Null: destroyed, its client is forgotten.';
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
