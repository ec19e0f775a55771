"""The copies of the subscriptions, and the words of those who start and end data services by hand."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE servicios_datos ADD COLUMN detalle text;
        CREATE TABLE suscripciones_conocidas (
            id text PRIMARY KEY,
            estado text NOT NULL CHECK (estado IN ('PENDIENTE', 'ACTIVA', 'RECHAZADA', 'CANCELADA')),
            requiere_servicio boolean NOT NULL,
            requiere_secuencia bigint NOT NULL
        );
        COMMENT ON TABLE suscripciones_conocidas IS
            'Copies, made from the facts that have arrived: the subscriptions themselves are another service''s.';
        -- Until now only sagas that require a data service were remembered, and an undo was always a refusal.
        INSERT INTO suscripciones_conocidas
        SELECT id_suscripcion,
            CASE WHEN bool_or(cerrada) THEN 'RECHAZADA' WHEN bool_or(activada) THEN 'ACTIVA' ELSE 'PENDIENTE' END,
            bool_or(activada) AND NOT bool_or(cerrada),
            0
        FROM participaciones GROUP BY id_suscripcion;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
