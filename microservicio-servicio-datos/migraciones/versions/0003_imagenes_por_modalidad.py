"""How many anonymised images there are of each modality, and which of them a data set is made of."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE datasets ADD COLUMN modalidad text;
        -- Few rows, each changed many times a second: with room on the page, a change touches no index.
        CREATE TABLE imagenes_por_modalidad (
            modalidad text PRIMARY KEY,
            cuantas bigint NOT NULL CHECK (cuantas > 0)
        ) WITH (fillfactor = 50);
        COMMENT ON TABLE imagenes_por_modalidad IS
            'Anonymised images that have been heard of; the images themselves are another service''s.';
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
