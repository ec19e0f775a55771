"""Outbox and relay on real servers: what is committed is published, no more and no less, in order per aggregate."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.outbox import SinOutbox
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas import cuaderno

pytestmark = pytest.mark.integracion

ESCRITORES, VUELTAS = 8, 90


class Arrepentido(Exception):
    pass


@contextmanager
def abrir(taller) -> Iterator[cuaderno.UnidadCuaderno]:
    """A unit of work, on its own account. It is flushed by whoever wants to go on before the commit."""
    with transacciones(taller.motor, sa.MetaData(), EntornoReal())() as transaccion:
        yield cuaderno.UnidadCuaderno(transaccion, taller.contexto)


def apuntar(taller, hoja: str, linea: int) -> None:
    with abrir(taller) as unidad:
        with unidad.por_cuenta_propia("pruebas", sujeto="s", correlacion="c"):
            unidad.apuntar(hoja, linea)
        unidad.volcar()


def escribir(taller, quien: int) -> None:
    """Transactions of one to three pages of its own, each page one line further; one in ten changes its mind."""
    azar = random.Random(quien)
    siguiente: dict[str, int] = defaultdict(int)
    for _ in range(VUELTAS):
        hojas = azar.sample([f"h{quien}-{n}" for n in range(4)], azar.randint(1, 3))
        try:
            with abrir(taller) as unidad:
                with unidad.por_cuenta_propia("pruebas", sujeto="s", correlacion="c"):
                    for hoja in hojas:
                        unidad.apuntar(hoja, siguiente[hoja])
                time.sleep(azar.random() * 0.01)
                unidad.volcar()
                time.sleep(azar.random() * 0.01)
                if azar.random() < 0.1:
                    raise Arrepentido
        except Arrepentido:
            continue
        for hoja in hojas:
            siguiente[hoja] += 1


def pendientes(taller) -> int:
    return taller.contar("SELECT count(*) FROM outbox WHERE enviado IS NULL")


@pytest.mark.parametrize("cuantos", [1, 2, 4])
def test_se_publica_lo_confirmado_y_en_orden(taller, cuantos):
    with taller.corriendo(*(taller.relay(tope=50).correr for _ in range(cuantos))):
        with ThreadPoolExecutor(ESCRITORES) as hilos:
            trabajo = hilos.map(lambda n: escribir(taller, n), range(ESCRITORES))
            for _ in range(3 if cuantos > 1 else 0):
                time.sleep(0.1)
                quitar_el_mando(taller)
            list(trabajo)
        taller.esperar(lambda: pendientes(taller) == 0)

    escritos = taller.apuntes()
    publicados = taller.publicados()
    assert len(escritos) >= 1000
    primeras = list(dict.fromkeys((hoja, linea) for _, hoja, linea in publicados))
    assert sorted(primeras) == sorted(escritos)
    assert len({id for id, _, _ in publicados}) == len(escritos)
    por_hoja: dict[str, list[int]] = defaultdict(list)
    for hoja, linea in primeras:
        por_hoja[hoja].append(linea)
    assert all(lineas == list(range(len(lineas))) for lineas in por_hoja.values())


def quitar_el_mando(taller) -> None:
    """End the session of the relay that leads."""
    with taller.motor.connect() as conexion:
        conexion.execute(sa.text("SELECT pg_terminate_backend(sesion) FROM mandos"))


def test_una_transaccion_larga_y_ajena_no_lo_para(taller):
    with taller.ajena() as larga:
        larga.execute(sa.text("INSERT INTO apuntes (hoja, linea) VALUES ('larga', 0)"))
        apuntar(taller, "corta", 0)
        with taller.corriendo(taller.relay().correr):
            taller.esperar(lambda: pendientes(taller) == 0)

    assert [(h, n) for _, h, n in taller.publicados()] == [("corta", 0)]


def test_el_aviso_lo_despierta(taller, record_property):
    tardanzas = []
    with taller.corriendo(taller.relay().correr):
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM mandos"))
        for n in range(15):
            apuntar(taller, "h", n)
            comienzo = time.monotonic()
            while pendientes(taller):
                time.sleep(0.002)
            tardanzas.append(time.monotonic() - comienzo)

    record_property("p50_ms", round(sorted(tardanzas)[7] * 1000, 1))
    assert [(h, n) for _, h, n in taller.publicados()] == [("h", n) for n in range(15)]


def test_sin_sitio_en_el_disco_se_queja_y_cuando_lo_hay_sigue(taller):
    _hacer(
        taller,
        "CREATE FUNCTION lleno() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'sin sitio' USING ERRCODE = 'disk_full'; END $$;"
        "CREATE TRIGGER lleno BEFORE UPDATE ON outbox EXECUTE FUNCTION lleno()",
    )
    relay = taller.relay()
    assert relay.espera_por is None
    with taller.corriendo(relay.correr):
        apuntar(taller, "h", 1)
        taller.esperar(lambda: isinstance(relay.espera_por, SinOutbox))
        assert isinstance(relay.espera_por.__cause__, sa.exc.DBAPIError)
        _hacer(taller, "DROP FUNCTION lleno() CASCADE")
        taller.esperar(lambda: pendientes(taller) == 0 and relay.espera_por is None)


def _hacer(taller, sql):
    with taller.dueno() as conexion:
        conexion.execute(sa.text(sql))
