"""Pruning on a real PostgreSQL: by age, in bounded batches, and nothing that is still needed."""

import pytest
import sqlalchemy as sa

from seedwork.infraestructura.poda import Podador

pytestmark = pytest.mark.integracion

DIAS = {"inbox": 10.0, "intentos": 10.0, "claves_idempotencia": 10.0, "lotes": 1.0, "outbox": 1.0}


def test_va_lo_viejo_y_queda_lo_demas(taller):
    with taller.motor.begin() as conexion:
        for sql in (
            "INSERT INTO inbox SELECT 'c', n::text, now() - n * interval '1 day' FROM generate_series(0, 44) n",
            "INSERT INTO intentos SELECT 'c', n::text, 't', 1, NULL, now(), now() - n * interval '1 day'"
            " FROM generate_series(0, 44) n",
            "INSERT INTO claves_idempotencia SELECT n::text, 'i', now() - n * interval '1 day'"
            " FROM generate_series(0, 44) n",
            "INSERT INTO comandos VALUES ('k', 't', 'APLICADO')",
            "INSERT INTO lotes VALUES ('viejo', 'c', '{x}', now() - interval '2 days'), ('nuevo', 'c', '{x}', now()),"
            " ('acabado', 'c', '{1,k}', now()), ('a medias', 'c', '{1,x}', now()), ('de otro', 'd', '{1,k}', now())",
            "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, carga, creado, enviado)"
            " SELECT 't', 'i', 't', 'f', 's', '', 'c', '', now() - interval '9 days', e FROM"
            " unnest(ARRAY[now() - interval '2 days', now(), NULL]) e",
        ):
            conexion.execute(sa.text(sql))

    assert Podador(taller.motor, DIAS, tope=10).podar() == 35 * 3 + 2 + 1

    for tabla, quedan in {"inbox": 10, "intentos": 10, "claves_idempotencia": 10, "lotes": 3, "outbox": 2}.items():
        assert taller.contar(f"SELECT count(*) FROM {tabla}") == quedan
    assert taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NULL") == 1
    assert Podador(taller.motor, DIAS).podar() == 0
