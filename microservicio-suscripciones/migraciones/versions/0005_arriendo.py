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
        -- What no row has together (a free plan and RECHAZADA, say) must not be looked for in row after row.
        CREATE STATISTICS suscripciones_plan_y_estado (mcv) ON plan_codigo, estado FROM suscripciones;
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
