"""Pruning on a real PostgreSQL: by age, in bounded batches, and nothing that is still needed."""

import pytest
import sqlalchemy as sa

from seedwork.infraestructura.poda import Podador, sin_muestras, sin_restos
from seedwork.pruebas.bases import como_dueno

pytestmark = pytest.mark.integracion

DIAS = {
    "inbox": 10.0,
    "comandos": 20.0,
    "intentos": 10.0,
    "claves_idempotencia": 10.0,
    "lotes": 1.0,
    "outbox": 1.0,
}


def test_va_lo_viejo_y_queda_lo_demas(taller):
    with taller.motor.begin() as conexion:
        for sql in (
            "INSERT INTO inbox SELECT 'c', n::text, now() - n * interval '1 day' FROM generate_series(0, 44) n",
            "INSERT INTO intentos SELECT 'c', n::text, 't', 1, NULL, now(), now() - n * interval '1 day'"
            " FROM generate_series(0, 44) n",
            "INSERT INTO claves_idempotencia SELECT n::text, 'i', now() - n * interval '1 day'"
            " FROM generate_series(0, 44) n",
            "INSERT INTO comandos VALUES ('k', 't', 'APLICADO')",
            "INSERT INTO comandos SELECT 'c' || n, 't', 'APLICADO', NULL, now() - n * interval '1 day'"
            " FROM generate_series(0, 44) n",
            "INSERT INTO lotes VALUES ('viejo', 'c', '{x}', now() - interval '2 days'), ('nuevo', 'c', '{x}', now()),"
            " ('acabado', 'c', '{1,k}', now()), ('a medias', 'c', '{1,x}', now()), ('de otro', 'd', '{1,k}', now())",
            "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, carga, creado, enviado)"
            " SELECT 't', 'i', 't', 'f', 's', '', 'c', '', now() - interval '9 days', e FROM"
            " unnest(ARRAY[now() - interval '2 days', now(), NULL]) e",
        ):
            conexion.execute(sa.text(sql))

    assert Podador(taller.motor, DIAS, tope=10).podar() == 35 * 3 + 25 + 2 + 1

    quedan = {"inbox": 10, "comandos": 21, "intentos": 10, "claves_idempotencia": 10, "lotes": 3, "outbox": 2}
    assert {tabla: taller.contar(f"SELECT count(*) FROM {tabla}") for tabla in quedan} == quedan
    assert taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NULL") == 1
    assert Podador(taller.motor, DIAS).podar() == 0


def test_lo_que_reconoce_repeticiones_queda_si_asi_se_pide(taller):
    with taller.motor.begin() as conexion:
        conexion.execute(sa.text("INSERT INTO inbox VALUES ('c', 'i', now() - interval '99 days')"))
        conexion.execute(
            sa.text("INSERT INTO comandos VALUES ('i', 't', 'APLICADO', NULL, now() - interval '99 days')")
        )
        conexion.execute(sa.text("INSERT INTO lotes VALUES ('viejo', 'c', '{x}', now() - interval '2 days')"))
    assert Podador(taller.motor, DIAS).podar(memoria=False) == 1
    assert taller.contar("SELECT count(*) FROM inbox") == taller.contar("SELECT count(*) FROM comandos") == 1
    assert Podador(taller.motor, DIAS).podar() == 2


def test_lo_que_otro_poda_en_ese_momento_no_se_espera(taller):
    with taller.motor.begin() as conexion:
        conexion.execute(
            sa.text("INSERT INTO inbox SELECT 'c', n::text, now() - interval '99 days' FROM generate_series(0, 9) n")
        )
    with taller.motor.connect() as otro:
        otro.execute(sa.text("DELETE FROM inbox WHERE ce_id < '5'"))
        assert Podador(taller.motor, DIAS, tope=2).podar() == 5
        otro.rollback()


def test_de_una_cola_el_servidor_no_guarda_muestras(taller):
    """What ANALYZE had sampled of the outbox stood in pg_statistic, for good once the outbox was empty."""
    insertar = sa.text(
        "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, carga)"
        " SELECT 't', 'i', 't', 'f', 's', '', 'c', convert_to('ana', 'UTF8') FROM generate_series(1, 90)"
    )
    columnas = "('sujeto', 'carga', 'propiedades', 'quien')"
    muestras = f"SELECT count(*) FROM pg_stats WHERE tablename = 'outbox' AND attname IN {columnas}"
    with como_dueno(taller.motor) as dueno:
        sin_muestras(dueno, {})
    with taller.dueno() as conexion:
        conexion.execute(insertar)
        conexion.execute(sa.text("ANALYZE outbox"))
    assert taller.contar("SELECT count(*) FROM pg_stats WHERE tablename = 'outbox'") > 0
    assert taller.contar(muestras) == 0


def test_lo_podado_de_una_cola_no_queda_en_su_archivo(taller):
    """PostgreSQL by itself vacuums no table of a few rows: what the outbox had sent stayed readable for good.

    Who prunes owns none of them: before 17 it is the server that does it, soon."""
    with taller.dueno() as conexion:
        conexion.execute(sa.text("CREATE TABLE envios_de_prueba (direccion text)"))
    with como_dueno(taller.motor) as dueno:
        sin_restos(dueno, ["envios_de_prueba"])
    with taller.motor.begin() as conexion:
        conexion.execute(sa.text("INSERT INTO envios_de_prueba SELECT repeat('ana', 10) FROM generate_series(1, 900)"))
        conexion.execute(sa.text("DELETE FROM envios_de_prueba"))
        conexion.execute(
            sa.text(
                "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, carga, enviado)"
                " SELECT 't', 'i', 't', 'f', 's', '', 'c', 'ana', now() - interval '2 days'"
                " FROM generate_series(1, 900)"
            )
        )
    assert taller.contar("SELECT pg_relation_size('outbox')") > 0

    podador = Podador(taller.motor, DIAS, colas=["envios_de_prueba"])
    assert podador.podar() == 900

    # Who still looks at the rows keeps them from it until the next time.
    taller.esperar(
        lambda: (
            podador.podar() == 0
            and taller.contar("SELECT pg_relation_size('outbox') + pg_relation_size('envios_de_prueba')") == 0
        )
    )
