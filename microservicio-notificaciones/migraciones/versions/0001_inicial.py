"""The first schema: messaging, the event store, its view, closed sagas and the delivery queue."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V1)
    op.execute(ddl.ALMACEN_EVENTOS_V1)
    op.execute("""
        CREATE TABLE vista_notificaciones (
            id text PRIMARY KEY,
            orden bigint UNIQUE NOT NULL,
            version integer NOT NULL,
            id_suscripcion text NOT NULL,
            id_saga text NOT NULL,
            cliente_codigo text NOT NULL,
            tipo text NOT NULL,
            canal text NOT NULL,
            asunto text NOT NULL,
            estado text NOT NULL CHECK (estado IN ('CREADA', 'ENVIADA', 'CONFIRMADA', 'FALLIDA', 'ANULADA')),
            motivo text,
            creada timestamptz NOT NULL,
            actualizada timestamptz NOT NULL
        );
        CREATE INDEX ON vista_notificaciones (cliente_codigo, orden);
        CREATE INDEX ON vista_notificaciones (id_suscripcion, orden);
        CREATE TABLE sagas (
            id_saga text PRIMARY KEY,
            cerrada boolean NOT NULL
        );
        CREATE TABLE envios (
            id_notificacion text PRIMARY KEY,
            id_saga text NOT NULL,
            tipo text NOT NULL,
            saga jsonb NOT NULL,
            paso text,
            sobre jsonb NOT NULL,
            nombre text NOT NULL,
            direccion text NOT NULL,
            datos jsonb NOT NULL,
            intentos integer NOT NULL,
            anular boolean NOT NULL,
            creado timestamptz NOT NULL,
            proximo timestamptz NOT NULL,
            tomado_hasta timestamptz
        );
        COMMENT ON TABLE envios IS
            'Deliveries that are not over. The one table with personal data; a row goes when its delivery ends.';
        CREATE INDEX envios_proximo ON envios (proximo);
        CREATE INDEX envios_saga ON envios (id_saga);
        CREATE FUNCTION avisar_envios() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify('envios', ''); RETURN NULL; END $$;
        CREATE TRIGGER envios_avisa AFTER INSERT ON envios FOR EACH STATEMENT EXECUTE FUNCTION avisar_envios();
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
