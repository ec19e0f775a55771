"""Changes of plan, cancellations, payments and renewals."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Until now, what an active subscription holds is what its one saga required; and every plan with a price that was
    # shipped had a period of 30 days. From its next renewal on, the catalogue tells.
    op.execute("""
        ALTER TABLE suscripciones
            ADD COLUMN detalle text,
            ADD COLUMN recursos text[] NOT NULL DEFAULT '{}',
            ADD COLUMN renueva timestamptz;
        ALTER TABLE suscripciones ALTER COLUMN recursos DROP DEFAULT;
        ALTER TABLE facturas ADD COLUMN periodo timestamptz;
        UPDATE facturas SET periodo = emitida;
        ALTER TABLE facturas ALTER COLUMN periodo SET NOT NULL;
        UPDATE suscripciones SET
            recursos = ARRAY(SELECT jsonb_array_elements_text(saga -> 'requeridos')),
            renueva = (SELECT max(emitida) + interval '30 days' FROM facturas WHERE id_suscripcion = suscripciones.id)
            WHERE estado = 'ACTIVA';
        CREATE INDEX suscripciones_renueva ON suscripciones (renueva) WHERE renueva IS NOT NULL;
        CREATE UNIQUE INDEX facturas_periodo ON facturas (id_suscripcion, periodo);
        DROP INDEX ix_facturas_id_suscripcion;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
