"""Who asked for a command, whose its fate is, and the trail of who did what; whose a data service is, and who may read
its data set besides."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V5)
    # Whose there is nobody told here: the next fact of its subscription does. An image is looked for in all that was
    # ever released, no longer only in what is.
    op.execute("""
        ALTER TABLE suscripciones_conocidas ADD COLUMN cliente_codigo text NOT NULL DEFAULT '';
        COMMENT ON COLUMN suscripciones_conocidas.cliente_codigo IS 'Whose it is; empty: nobody told.';
        ALTER TABLE servicios_datos ADD COLUMN cliente_codigo text NOT NULL DEFAULT '',
            ADD COLUMN investigadores text[] NOT NULL DEFAULT '{}';
        COMMENT ON COLUMN servicios_datos.cliente_codigo IS 'Whose it is; empty: nobody told.';
        COMMENT ON COLUMN servicios_datos.investigadores IS
            'Who may read its data set besides, by the sub of their tokens.';
        CREATE INDEX servicios_datos_cliente ON servicios_datos (cliente_codigo, orden);
        ALTER TABLE imagenes ADD COLUMN tipo text NOT NULL DEFAULT '';
        COMMENT ON COLUMN imagenes.tipo IS 'Its media type; empty: nobody told.';
        ALTER TABLE publicadas ADD COLUMN tipo text NOT NULL DEFAULT '';
        DROP INDEX publicadas_imagen;
        CREATE INDEX publicadas_imagen ON publicadas (id_imagen);
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
