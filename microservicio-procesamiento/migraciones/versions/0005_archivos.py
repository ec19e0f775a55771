"""Images that come as files: a queue of them, and what became of each."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # It fills and empties: left to itself, the server would look at it too seldom.
    op.execute("""
        CREATE TABLE archivos (
            id text PRIMARY KEY,
            uri text,
            sha256 text NOT NULL,
            octetos bigint NOT NULL,
            metadatos jsonb,
            sobre jsonb,
            intentos integer NOT NULL,
            proximo timestamptz,
            resultado_sha256 text,
            resultado_octetos bigint,
            tipo text,
            informe jsonb,
            conservar_hasta timestamptz,
            CHECK (proximo IS NULL OR metadatos IS NOT NULL)
        ) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01);
        CREATE INDEX archivos_proximo ON archivos (proximo) WHERE proximo IS NOT NULL;
        CREATE INDEX archivos_uri ON archivos (uri) WHERE uri IS NOT NULL;
        CREATE INDEX archivos_conservar_hasta ON archivos (conservar_hasta) WHERE conservar_hasta IS NOT NULL;
        ALTER TABLE imagenes DROP CONSTRAINT imagenes_estado_check, DROP CONSTRAINT imagenes_check;
        ALTER TABLE imagenes
            ADD CONSTRAINT imagenes_estado_check
                CHECK (estado IN ('PENDIENTE', 'ANONIMIZADA', 'CUARENTENA', 'FALLIDA', 'RECHAZADA')),
            ADD CONSTRAINT imagenes_check CHECK (estado <> 'ANONIMIZADA' OR seudonimo_paciente IS NOT NULL);
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
