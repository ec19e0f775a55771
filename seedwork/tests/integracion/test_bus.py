"""The bus on a real PostgreSQL, where several are at it at the same time. What one alone does: ``tests/almacen``."""

import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa

from seedwork.aplicacion.bus import Bus, Manejador
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.recibido import Recibido
from seedwork.infraestructura import bd
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas import cuaderno
from seedwork.pruebas.sobres import recibido, sobre_nuevo

pytestmark = pytest.mark.integracion

TODO = ("apuntes", "inbox", "outbox", "comandos", "claves_idempotencia", "lotes", "esperas")


@dataclass
class Mesa:
    """A notebook's bus and its database."""

    motor: sa.Engine
    contexto: str

    def bus(self, manejador: Manejador | None = None) -> Bus:
        return cuaderno.hacer_bus(self.motor, self.contexto, manejador)

    def orden(self, hoja: str, linea: int, modo: str = "") -> Recibido:
        apuntar, _ = cuaderno.mensajes(self.contexto)
        mensaje = apuntar(hoja=hoja, linea=linea, modo=modo)
        return recibido(sobre_nuevo(mensaje, fuente="/pruebas", sujeto=hoja), mensaje)

    def apuntes(self) -> list[tuple[str, int]]:
        return [(f.hoja, f.linea) for f in self.leer("SELECT hoja, linea FROM apuntes ORDER BY id")]

    def cuentas(self) -> dict[str, int]:
        return {tabla: self.leer(f"SELECT count(*) FROM {tabla}")[0][0] for tabla in TODO}

    def destino(self, orden: Recibido) -> str:
        sql = f"SELECT estado || coalesce(' ' || motivo, '') FROM comandos WHERE id_comando = '{orden.sobre.id}'"
        return self.leer(sql)[0][0]

    def leer(self, sql: str) -> Any:
        with self.motor.connect() as conexion:
            return conexion.execute(sa.text(sql)).all()

    def esperar_a_que_alguien_espere(self) -> None:
        """Until a transaction waits for another one's lock."""
        limite = time.monotonic() + 30
        while not self.leer("SELECT FROM pg_locks WHERE NOT granted"):
            assert time.monotonic() < limite, "nobody waits"
            time.sleep(0.01)


@pytest.fixture
def mesa(nueva_base) -> Iterator[Mesa]:
    motor = bd.crear_motor(nueva_base("cuaderno"), conexiones=24)
    cuaderno.preparar(motor)
    yield Mesa(motor, f"cuaderno-{secrets.token_hex(4)}")
    motor.dispose()


def test_veinte_copias_a_la_vez_son_una(mesa):
    orden = mesa.orden("h", 1, "duerme:0.01")

    with ThreadPoolExecutor(20) as hilos:
        list(hilos.map(lambda _: mesa.bus().procesar([orden]), range(20)))

    assert mesa.apuntes() == [("h", 1)]
    assert mesa.cuentas()["outbox"] == 1


def test_de_veinte_copias_de_quien_espera_cuenta_una_vez_cada_vuelta(mesa):
    """Each that comes after the first was made to wait is an older copy."""
    orden = mesa.orden("h", 1, "tras:otra")

    with ThreadPoolExecutor(20) as hilos:
        esperan = list(hilos.map(lambda _: mesa.bus().procesar([orden]), range(20)))

    assert sorted(map(len, esperan)) == [0] * 19 + [1]
    assert mesa.leer("SELECT vuelta FROM esperas") == [(1,)]
    assert mesa.cuentas()["outbox"] == 1
    assert mesa.cuentas()["inbox"] == 0


def test_estado_bandeja_y_salida_se_confirman_juntos(mesa):
    orden = mesa.orden("h", 1)

    with transacciones(mesa.motor, sa.MetaData(), EntornoReal())() as transaccion:
        unidad = cuaderno.UnidadCuaderno(transaccion, mesa.contexto)
        assert transaccion.recibir("c", {orden.sobre.id}, lote=None) == {orden.sobre.id}
        with unidad.mensaje(orden.sobre):
            unidad.apuntar("h", 1)
            unidad.anotar_aplicado()
        unidad.volcar()
        assert not any(mesa.cuentas().values()), "nobody sees anything before the commit"

    assert mesa.cuentas() == dict.fromkeys(TODO, 0) | {"apuntes": 1, "inbox": 1, "outbox": 1, "comandos": 1}


def test_quien_descarta_espera_a_quien_esta_atendiendo(mesa):
    orden = mesa.orden("h", 1)
    atendiendo, seguir = threading.Event(), threading.Event()

    def despacio(orden: Any, unidad: Any) -> None:
        atendiendo.set()
        assert seguir.wait(30)
        unidad.apuntar(orden.hoja, orden.linea)

    with ThreadPoolExecutor() as hilos:
        atendida = hilos.submit(mesa.bus(despacio).procesar, [orden])
        assert atendiendo.wait(30)
        descartada = hilos.submit(mesa.bus().descartar, orden)
        mesa.esperar_a_que_alguien_espere()
        seguir.set()
        atendida.result(30)
        assert descartada.result(30) is False

    assert mesa.destino(orden) == "APLICADO"
    assert mesa.apuntes() == [("h", 1)]


def test_quien_atiende_espera_a_quien_esta_descartando(mesa):
    """The other way round, of a command that waited: it is refused, and what comes back is known."""
    orden = mesa.orden("h", 1, "tras:otra")
    mesa.bus().procesar([orden])
    with transacciones(mesa.motor, sa.MetaData(), EntornoReal())() as transaccion:
        assert transaccion.retirar(mesa.contexto, orden.sobre.id)
        with ThreadPoolExecutor() as hilos:
            vuelve = hilos.submit(mesa.bus().procesar, [replace(orden, vuelta=1)])
            mesa.esperar_a_que_alguien_espere()
            transaccion.conexion.commit()
            assert vuelve.result(30) == []
    assert mesa.cuentas()["esperas"] == 0
    assert mesa.apuntes() == []
