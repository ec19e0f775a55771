"""Whole subscriptions are closed too, and deliveries are found by their subscription."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE suscripciones (
            id_suscripcion text PRIMARY KEY,
            cerrada boolean NOT NULL
        );
        ALTER TABLE envios ADD COLUMN id_suscripcion text;
        UPDATE envios SET id_suscripcion = saga ->> 'id_suscripcion';
        ALTER TABLE envios ALTER COLUMN id_suscripcion SET NOT NULL;
        ALTER TABLE envios DROP COLUMN id_saga;
        CREATE INDEX envios_suscripcion ON envios (id_suscripcion);
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
