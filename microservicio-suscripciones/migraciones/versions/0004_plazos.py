"""What the deadline goes by: when a saga began, and when each step was taken in."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # Of what is not over, its first step tells when it began; of all else nobody asks. The steps of before are nobody's
    # latest answer.
    op.execute("""
        ALTER TABLE suscripciones ADD COLUMN comenzada timestamptz NOT NULL DEFAULT now();
        ALTER TABLE suscripciones ALTER COLUMN comenzada DROP DEFAULT;
        UPDATE suscripciones SET comenzada = CAST(p.ocurrido AS timestamptz)
            FROM saga_pasos AS p
            WHERE saga -> 'en_curso' = 'true'::jsonb AND p.id_saga = saga ->> 'id' AND p.paso IN ('CREAR', 'CAMBIAR');
        DROP INDEX suscripciones_en_curso;
        CREATE INDEX suscripciones_en_curso ON suscripciones (comenzada) WHERE saga -> 'en_curso' = 'true'::jsonb;
        ALTER TABLE saga_pasos ADD COLUMN apuntado timestamptz NOT NULL DEFAULT 'epoch';
        ALTER TABLE saga_pasos ALTER COLUMN apuntado DROP DEFAULT;
        CREATE INDEX saga_pasos_servicio ON saga_pasos (servicio, apuntado);
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
