"""The relays' lease, and indexes for what is pruned and for what lists are filtered by."""

from alembic import op

from seedwork.infraestructura import ddl

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(ddl.MENSAJERIA_V3)
    op.execute("""
        CREATE INDEX suscripciones_cliente ON suscripciones (cliente_codigo, orden);
        CREATE INDEX suscripciones_estado ON suscripciones (estado, orden);
        CREATE INDEX suscripciones_plan ON suscripciones (plan_codigo, orden);
        CREATE INDEX suscripciones_plan_estado ON suscripciones (plan_codigo, estado, orden);
        DROP INDEX ix_suscripciones_cliente_codigo;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
