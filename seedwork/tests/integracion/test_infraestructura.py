"""Broker and database come and go: everything goes on without hands, and no message is blamed."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pulsar
import pytest
import sqlalchemy as sa

from plataforma.puertos import libres
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.infraestructura import bd
from seedwork.infraestructura.publicador import Publicador
from seedwork.pruebas.taller import publicar

pytestmark = pytest.mark.integracion


@pytest.fixture
def administrador(servidores):
    motor = sa.create_engine(
        sa.make_url(servidores.postgres_url).set(drivername="postgresql+psycopg2"), isolation_level="AUTOCOMMIT"
    )
    yield motor
    motor.dispose()


def cortar(administrador: sa.Engine, base: str, segundos: float) -> None:
    """The database refuses everybody for a while, and ends the sessions that there are."""
    with administrador.connect() as conexion:
        conexion.execute(sa.text(f'ALTER DATABASE "{base}" ALLOW_CONNECTIONS false'))
        limite = time.monotonic() + segundos
        while time.monotonic() < limite:
            conexion.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :b"), {"b": base}
            )
            time.sleep(0.1)
        conexion.execute(sa.text(f'ALTER DATABASE "{base}" ALLOW_CONNECTIONS true'))


@pytest.mark.largo  # a database that goes, and comes back
def test_la_base_de_datos_se_va_y_vuelve(taller, administrador):
    ordenes = [taller.orden(f"h-{n % 5}", n, "duerme:0.005") for n in range(300)]
    with taller.consumiendo(lote=10), taller.corriendo(taller.relay().correr):
        taller.enviar(*ordenes)
        taller.esperar(lambda: len(taller.apuntes()) > 30)
        for _ in range(2):
            cortar(administrador, taller.motor.url.database, 1.5)
            hechos = len(taller.apuntes())
            taller.esperar(lambda h=hechos: len(taller.apuntes()) > h or h == 300)
        taller.esperar(lambda: len(taller.apuntes()) >= 300 and taller.atraso() == 0)
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NULL") == 0)

    for hoja in range(5):
        assert taller.apuntes(f"h-{hoja}") == [(f"h-{hoja}", n) for n in range(hoja, 300, 5)]
    assert taller.cartas() == []
    assert taller.contar("SELECT count(*) FROM intentos") == 0


def test_un_mensaje_que_falla_no_gasta_intentos_mientras_no_hay_base(taller, administrador):
    taller.enviar(taller.orden("a", 1, "falla:4"), taller.orden("a", 2), taller.orden("b", 1))
    with taller.consumiendo():
        taller.esperar(lambda: taller.apuntes("b"))
        cortar(administrador, taller.motor.url.database, 2.0)
        taller.esperar(lambda: len(taller.apuntes("a")) == 2 and taller.atraso() == 0)

    assert taller.apuntes("a") == [("a", 1), ("a", 2)]
    assert taller.cartas() == []


def test_el_broker_cierra_todas_las_conexiones(taller):
    with taller.consumiendo(lote=10) as consumidor, taller.corriendo(taller.relay().correr):
        for tanda in range(4):
            taller.enviar(*(taller.orden(f"h-{n % 5}", n) for n in range(tanda * 100, tanda * 100 + 100)))
            taller.desalojar()
        taller.esperar(lambda: len(taller.apuntes()) >= 400 and taller.atraso() == 0, 60)
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NULL") == 0)
        taller.esperar(consumidor.conectado)

    for hoja in range(5):
        assert taller.apuntes(f"h-{hoja}") == [(f"h-{hoja}", n) for n in range(hoja, 400, 5)]
    primeras = list(dict.fromkeys((h, n) for _, h, n in taller.publicados()))
    for hoja in range(5):
        assert [n for h, n in primeras if h == f"h-{hoja}"] == list(range(hoja, 400, 5))
    assert taller.cartas() == []


def test_un_consumidor_cerrado_se_suscribe_de_nuevo(taller):
    with taller.consumiendo() as consumidor:
        taller.enviar(taller.orden("h", 1))
        taller.esperar(lambda: taller.apuntes() == [("h", 1)])
        (toma,) = consumidor._abierta.subscription._tomas.values()
        toma.consumidor._consumer.close()
        taller.enviar(taller.orden("h", 2))
        taller.esperar(lambda: taller.apuntes() == [("h", 1), ("h", 2)])


def test_sin_broker_todos_lo_saben_a_tiempo(taller):
    (puerto,) = libres(1)
    publicador = Publicador(f"pulsar://127.0.0.1:{puerto}")
    orden = taller.orden("h", 1)

    def intentar(_: int) -> None:
        with pytest.raises(SinConfirmacion):
            publicar(publicador, orden.sobre, orden.mensaje, espera=2.0)

    comienzo = time.monotonic()
    with ThreadPoolExecutor(50) as hilos:
        list(hilos.map(intentar, range(50)))
    assert time.monotonic() - comienzo < 50, "each after its own wait, and none after that of another"
    publicador.cerrar()


def test_cincuenta_a_la_vez_usan_un_productor(taller):
    publicador = Publicador(taller.servidores.pulsar_url)
    barrera = threading.Barrier(50)

    def intentar(n: int) -> pulsar.Producer:
        orden = taller.orden("h", n)
        barrera.wait()
        publicar(publicador, orden.sobre, orden.mensaje, espera=20.0)
        return publicador._productor(orden.mensaje.topico)

    with ThreadPoolExecutor(50) as hilos:
        productores = set(map(id, hilos.map(intentar, range(50))))

    assert len(productores) == 1
    assert publicador.comprobar([taller.apuntar.topico]) is None
    assert len(taller.leer(taller.apuntar.topico)) == 50
    publicador.cerrar()


def test_cerrar_con_confirmaciones_en_camino_no_para_el_proceso(taller, capfd):
    """In this tier, since a confirmation is a real broker's: its callback waits for the lock that a client's own
    ``shutdown()`` keeps while it waits for that callback, and says so on its log after five seconds."""
    sobre = taller.orden("h", 0)
    for _ in range(4):
        publicador = Publicador(taller.servidores.pulsar_url, plazo_ms=0, esperar_cola=True)
        for n in range(600):
            publicador.enviar(sobre.mensaje.topico, b"", {"n": str(n)}, "h", lambda _: None)
        publicador.cerrar()
    assert "timed out" not in "".join(capfd.readouterr())


def test_un_proceso_bifurcado_hace_cliente_propio(taller):
    orden = taller.orden("h", 1)
    publicar(taller.publicador, orden.sobre, orden.mensaje)

    hijo = os.fork()
    if hijo == 0:
        try:
            otra = taller.orden("h", 2)
            publicar(taller.publicador, otra.sobre, otra.mensaje, espera=10.0)
            os._exit(0)
        finally:
            os._exit(1)
    limite = time.monotonic() + 30
    while not (acabado := os.waitpid(hijo, os.WNOHANG))[0]:
        assert time.monotonic() < limite, "el hijo se colgó"
        time.sleep(0.05)
    assert os.waitstatus_to_exitcode(acabado[1]) == 0

    tercera = taller.orden("h", 3)
    publicar(taller.publicador, tercera.sobre, tercera.mensaje)
    assert len(taller.leer(taller.apuntar.topico)) == 3


def test_una_conexion_que_murio_en_reposo_no_se_usa(taller, administrador):
    motor = bd.crear_motor(taller.url_base)
    with motor.connect() as una, motor.connect() as otra:
        assert una.scalar(sa.text("SELECT 1")) == otra.scalar(sa.text("SELECT 1"))
    cortar(administrador, motor.url.database, 0.3)

    with motor.connect() as conexion:
        assert conexion.scalar(sa.text("SELECT 1")) == 1
    motor.dispose()
