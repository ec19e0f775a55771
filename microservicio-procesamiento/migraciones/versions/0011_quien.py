"""Who asked for a command, whose its fate is, and the trail of who did what; whose an image and a package are."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V5)
    # What there is was nobody's to be asked for: it is no clinic's.
    op.execute("""
        ALTER TABLE imagenes ADD COLUMN clinica text NOT NULL DEFAULT '';
        COMMENT ON COLUMN imagenes.clinica IS 'Whose it is; empty: no clinic''s.';
        CREATE INDEX imagenes_clinica ON imagenes (clinica, orden);
        ALTER TABLE paquetes ADD COLUMN clinica text NOT NULL DEFAULT '';
        COMMENT ON COLUMN paquetes.clinica IS 'Whose it is; empty: no clinic''s.';
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
