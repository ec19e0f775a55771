"""A lease's number only grows: it is no count of attempts, which may be given back."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE archivos ADD COLUMN arriendo integer NOT NULL DEFAULT 0;
        ALTER TABLE paquetes ADD COLUMN arriendo integer NOT NULL DEFAULT 0;
        UPDATE archivos SET arriendo = intentos, intentos = intentos - intentos_previos WHERE intentos > 0;
        UPDATE paquetes SET arriendo = intentos, intentos = greatest(intentos - avance, 0) WHERE intentos > 0;
        ALTER TABLE archivos DROP COLUMN intentos_previos;
        ALTER TABLE paquetes DROP COLUMN avance;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
