"""What was sent by itself is found without all that came in packages before it; and whose a result is."""

from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX archivos_sueltos ON archivos (proximo) WHERE proximo IS NOT NULL AND paquete IS NULL;
        CREATE INDEX archivos_resultado ON archivos (resultado_sha256) WHERE resultado_sha256 IS NOT NULL;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
