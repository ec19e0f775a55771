"""What is a person's, or a queue's, lies in tables whose rows go; what became of it stays in those that were there."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # They fill and empty: left to itself, the server would look at them too seldom.
    op.execute("""
        CREATE TABLE archivos_por_ver (
            id text PRIMARY KEY,
            uri text NOT NULL,
            sha256 text NOT NULL,
            paquete text,
            metadatos jsonb,
            sobre jsonb,
            arriendo integer NOT NULL,
            intentos integer NOT NULL,
            proximo timestamptz,
            apartado timestamptz,
            conservar_hasta timestamptz,
            despejadas text[] NOT NULL,
            CHECK (proximo IS NULL OR metadatos IS NOT NULL)
        ) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01);
        CREATE TABLE paquetes_por_abrir (
            id text PRIMARY KEY,
            uri text NOT NULL,
            uri_metadatos text,
            sobre jsonb NOT NULL,
            arriendo integer NOT NULL,
            intentos integer NOT NULL,
            proximo timestamptz NOT NULL
        ) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01);
        INSERT INTO archivos_por_ver
            SELECT id, uri, sha256, paquete, metadatos, sobre, arriendo, intentos, proximo, NULL,
                conservar_hasta,
                ARRAY(
                    SELECT DISTINCT d ->> 'motivo' FROM jsonb_path_query(decisiones, '$.*') AS d
                    WHERE d ->> 'decision' = 'LIBERADA' ORDER BY 1
                )
            FROM archivos WHERE uri IS NOT NULL;
        INSERT INTO paquetes_por_abrir
            SELECT id, uri, uri_metadatos, sobre, arriendo, intentos, proximo FROM paquetes WHERE proximo IS NOT NULL;
        -- Of what is not decided yet, and nobody released, there is no outcome.
        DELETE FROM archivos WHERE proximo IS NOT NULL AND decisiones = '{}';
        -- Nobody reads what an original's checksum and size were, once it is gone.
        ALTER TABLE archivos
            DROP COLUMN uri,
            DROP COLUMN sha256,
            DROP COLUMN octetos,
            DROP COLUMN paquete,
            DROP COLUMN metadatos,
            DROP COLUMN sobre,
            DROP COLUMN arriendo,
            DROP COLUMN intentos,
            DROP COLUMN proximo,
            DROP COLUMN conservar_hasta;
        ALTER TABLE paquetes
            DROP COLUMN uri,
            DROP COLUMN octetos,
            DROP COLUMN uri_metadatos,
            DROP COLUMN sobre,
            DROP COLUMN arriendo,
            DROP COLUMN intentos,
            DROP COLUMN proximo;
        DROP INDEX miembros_por_decir;
        CREATE TABLE miembros_por_decir (
            id text PRIMARY KEY,
            paquete text NOT NULL,
            lugar integer NOT NULL,
            sha256 text NOT NULL,
            octetos bigint NOT NULL,
            metadatos jsonb NOT NULL
        ) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01);
        INSERT INTO miembros_por_decir
            SELECT id, paquete, lugar, sha256, octetos, metadatos FROM miembros WHERE NOT dicho;
        ALTER TABLE miembros
            DROP COLUMN sha256,
            DROP COLUMN octetos,
            DROP COLUMN metadatos,
            DROP COLUMN dicho;

        CREATE INDEX archivos_por_ver_proximo ON archivos_por_ver (proximo) WHERE proximo IS NOT NULL;
        CREATE INDEX archivos_por_ver_sueltos ON archivos_por_ver (proximo)
            WHERE proximo IS NOT NULL AND paquete IS NULL;
        CREATE INDEX archivos_por_ver_uri ON archivos_por_ver (uri);
        CREATE INDEX archivos_por_ver_conservar_hasta ON archivos_por_ver (conservar_hasta)
            WHERE conservar_hasta IS NOT NULL;
        CREATE INDEX paquetes_por_abrir_proximo ON paquetes_por_abrir (proximo);
        CREATE INDEX paquetes_por_abrir_uri ON paquetes_por_abrir (uri);
        CREATE INDEX paquetes_por_abrir_uri_metadatos ON paquetes_por_abrir (uri_metadatos)
            WHERE uri_metadatos IS NOT NULL;
        CREATE INDEX miembros_por_decir_lugar ON miembros_por_decir (paquete, lugar);

        COMMENT ON TABLE archivos IS 'What became of each file, and what operators decided of it.';
        COMMENT ON TABLE archivos_por_ver IS
            'Files whose original may still be needed, with a person''s data; a row goes when it goes.';
        COMMENT ON TABLE paquetes IS 'What became of each package.';
        COMMENT ON TABLE paquetes_por_abrir IS
            'Packages of which something is to be done; a row goes when nothing of what was sent is left.';
        COMMENT ON TABLE miembros IS 'What became of each file of a package.';
        COMMENT ON TABLE miembros_por_decir IS
            'What was told of them, a person''s; a row goes when its command is said.';
    """)
    # A column that is dropped stays in its rows, and what rows were before stays in their pages: they are written anew.
    for tabla in ("archivos", "paquetes", "miembros"):
        op.execute(f"CLUSTER {tabla} USING {tabla}_pkey; ALTER TABLE {tabla} SET WITHOUT CLUSTER")


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
