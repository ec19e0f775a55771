"""Sagas of all subscriptions as a list, newest first: a row for each, made of its steps."""

from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
from alembic import op

from suscripciones.aplicacion.resumen import resumir

revision = "0009"
down_revision = "0008"

_PASOS = sa.text("""
    SELECT id, id_saga, id_suscripcion, paso, recurso, resultado, requeridos, liberados, ocurrido
    FROM saga_pasos ORDER BY id_saga
""")
_RESUMEN = sa.text("""
    INSERT INTO saga_resumenes (id, id_suscripcion, estado, comenzada, terminada, ultimo, orden)
    VALUES (:id, :id_suscripcion, :estado, :comenzada, :terminada, :ultimo, :orden)
""")
_TANDA = 1000


def upgrade() -> None:
    op.execute("""
        CREATE TABLE saga_resumenes (
            id text PRIMARY KEY,
            id_suscripcion text NOT NULL,
            estado text NOT NULL CHECK (estado IN ('EN_CURSO', 'COMPLETADA', 'COMPENSADA')),
            comenzada timestamptz NOT NULL,
            terminada timestamptz,
            ultimo text NOT NULL,
            orden bigint NOT NULL
        );
        CREATE INDEX saga_resumenes_orden ON saga_resumenes (orden);
        CREATE INDEX saga_resumenes_estado ON saga_resumenes (estado, orden);
        CREATE INDEX saga_resumenes_suscripcion ON saga_resumenes (id_suscripcion);
    """)
    conexion = op.get_bind()
    pasos = conexion.execute(_PASOS, execution_options={"yield_per": _TANDA})
    tanda = []
    for _, suyos in groupby(pasos, attrgetter("id_saga")):
        resumen = resumir(list(suyos))
        tanda.append({c: getattr(resumen, c) for c in resumen.__slots__})
        if len(tanda) == _TANDA:
            conexion.execute(_RESUMEN, tanda)
            tanda = []
    if tanda:
        conexion.execute(_RESUMEN, tanda)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
