"""What is kept of a service's scale, on a real PostgreSQL, by several processes at once."""

import pytest
import sqlalchemy as sa

from seedwork.aplicacion.escala import BAJADA_S, SIN_MEDIR, Rendimiento
from seedwork.infraestructura.escala import Escala, EscalaSQL

pytestmark = pytest.mark.integracion


@pytest.fixture
def escala(taller):
    return EscalaSQL(taller.motor, "cuaderno")


def envejecer(taller, segundos):
    with taller.motor.begin() as conexion:
        conexion.execute(
            sa.text("UPDATE escala SET con_falta = con_falta - make_interval(secs => :s)"), {"s": segundos}
        )


def test_de_lo_que_no_se_sabe_nada(escala):
    assert escala.leer() == Escala(SIN_MEDIR, 1, 0.0)


def test_lo_ultimo_que_se_midio_queda(taller, escala):
    escala.anotar(Rendimiento(100.0, 0.5))
    escala.anotar(Rendimiento(120.0, 0.25))
    assert EscalaSQL(taller.motor, "cuaderno").leer() == Escala(Rendimiento(120.0, 0.25), 1, 0.0)
    assert EscalaSQL(taller.motor, "otro").leer().rendimiento == SIN_MEDIR


def test_cuantas_se_desean_lo_recuerdan_todos_los_procesos(taller, escala):
    escala.guardar(1, 3)
    envejecer(taller, BAJADA_S)
    leida = EscalaSQL(taller.motor, "cuaderno").leer()
    assert leida.instancias == 3
    assert leida.sobran_s >= BAJADA_S
    assert leida.rendimiento == SIN_MEDIR
    escala.guardar(3, 3)
    assert escala.leer().sobran_s < BAJADA_S, "they are still needed"


def test_dos_que_bajan_a_la_vez_bajan_una(taller, escala):
    escala.guardar(1, 3)
    envejecer(taller, BAJADA_S)
    for _ in range(2):
        escala.guardar(3, 2)
    assert escala.leer().instancias == 2
    assert escala.guardar(3, 3) == 2, "what one read before counts no more"
    assert escala.guardar(2, 3) == 3


def test_lo_que_se_espera_de_la_base_se_cuenta(taller):
    """Statements, what is copied, and commits."""
    from seedwork.infraestructura import bd

    antes = bd.esperado()
    with taller.motor.begin() as conexion:
        conexion.execute(sa.text("SELECT pg_sleep(0.2)"))
    assert bd.esperado() - antes >= 0.2
    with taller.dueno() as conexion:
        conexion.exec_driver_sql(
            "CREATE FUNCTION tardar() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$"
        )
        conexion.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER tarda AFTER INSERT ON apuntes DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION tardar()"
        )
    conexion = taller.motor.connect()
    conexion.exec_driver_sql("INSERT INTO apuntes (hoja, linea) VALUES ('h', 1)")
    medio = bd.esperado()
    conexion.commit()
    conexion.close()
    assert bd.esperado() - medio >= 0.2
    antes = bd.esperado()
    taller.bus().procesar([taller.orden("y", 2)])
    assert bd.esperado() - antes >= 0.2, "as the bus commits"
