"""What the relay relies on at an outbox, said once and held against both: PostgreSQL, and the one in memory."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa

from contratos import mensaje
from contratos.base import Mensaje
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.espera import Aplazado
from seedwork.aplicacion.outbox import ARRIENDO_S, Outbox, SinOutbox
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.transaccion import Saliente
from seedwork.infraestructura import avro, bd, cloudevents, ddl
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.infraestructura.roles import conceder
from seedwork.infraestructura.topicos import topico_espera
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas.almacen import Almacen
from seedwork.pruebas.bases import como_dueno
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.mensajeria import OutboxMemoria


@cache
def hecho() -> Any:
    """An event."""
    return mensaje("pruebas-outbox", "evento", sujeto="")(
        type("HechoEnCola", (Mensaje,), {"__doc__": "Something happened.", "__annotations__": {"n": int}, "n": 0})
    )


@dataclass
class Original:
    """How a command travelled."""

    topico: str
    clave: str
    carga: bytes
    propiedades: dict[str, str]
    esquema: int = 3


class MesaEnMemoria:
    """The one in memory, and what has to be done to it in a test."""

    arriendo_s = ARRIENDO_S

    def __init__(self) -> None:
        self._entorno = EntornoSimulado()
        self._almacen = Almacen(self._entorno, {})
        self.transacciones = self._almacen.transacciones

    def outbox(self) -> Outbox:
        return OutboxMemoria(self._almacen)

    def acabar_la_sesion(self) -> None:
        self._almacen.lider = None

    def sin_base(self) -> Outbox:
        almacen = Almacen(self._entorno, {})
        almacen.ausente = True
        return OutboxMemoria(almacen)

    def pasar(self, segundos: float, hasta: Callable[[], bool]) -> None:
        self._entorno.reloj.avanzar(segundos)
        assert hasta()

    def dejar_pasar(self, segundos: float) -> None:
        self._entorno.reloj.avanzar(segundos)

    def ahora(self) -> float:
        return self._entorno.monotono()

    def guardados(self) -> int:
        return len(self._almacen.outbox)


class MesaSQL:
    """The real one, whose leads are shorter: time goes by there."""

    arriendo_s = 3.0

    def __init__(self, url: str) -> None:
        self._motor = bd.crear_motor(url, conexiones=10)
        with como_dueno(self._motor) as dueno:
            with dueno.begin() as conexion:
                conexion.execute(sa.text(ddl.mensajeria()))
            conceder(dueno, self._motor.url.username or "")
        self.transacciones = transacciones(self._motor, sa.MetaData(), EntornoReal())

    def outbox(self) -> Outbox:
        return OutboxSQL(self._motor, EntornoReal(), arriendo_s=self.arriendo_s)

    def acabar_la_sesion(self) -> None:
        with self._motor.connect() as conexion:
            conexion.execute(sa.text("SELECT pg_terminate_backend(sesion, 5000) FROM mandos"))

    def sin_base(self) -> Outbox:
        return OutboxSQL(bd.crear_motor(self._motor.url.set(host="127.0.0.1", port=1)), EntornoReal())

    def guardados(self) -> int:
        with self._motor.connect() as conexion:
            return int(conexion.scalar(sa.text("SELECT count(*) FROM outbox")) or 0)

    def dejar_pasar(self, segundos: float) -> None:
        limite = self.ahora() + segundos
        self.pasar(segundos, lambda: self.ahora() > limite)

    def ahora(self) -> float:
        return time.monotonic()

    def pasar(self, segundos: float, hasta: Callable[[], bool]) -> None:
        limite = time.monotonic() + segundos + 20
        while not hasta():
            assert time.monotonic() < limite
            time.sleep(0.02)


@pytest.fixture(params=["memoria", pytest.param("postgres", marks=pytest.mark.integracion)])
def mesa(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memoria":
        yield MesaEnMemoria()
    else:
        hecha = MesaSQL(request.getfixturevalue("nueva_base")("outbox"))
        yield hecha
        hecha._motor.dispose()


@pytest.fixture
def outboxes(mesa: Any) -> Iterator[list[Outbox]]:
    """Two relays' hands on one outbox."""
    hechas = [mesa.outbox(), mesa.outbox()]
    yield hechas
    for outbox in hechas:
        outbox.soltar()


def saliente(n: int, sujeto: str = "s") -> Saliente:
    cuerpo = hecho()(n=n)
    return Saliente(Sobre.nuevo(cuerpo, fuente="/pruebas", sujeto=sujeto, entorno=EntornoReal()), cuerpo)


def guardar(mesa: Any, *salientes: Saliente) -> None:
    with mesa.transacciones() as transaccion:
        transaccion.guardar(salientes, [])


def a_bytes(carga: Any) -> bytes:
    """In memory, what a service said itself is the message."""
    return carga if isinstance(carga, bytes) else avro.codificar(carga)


def test_las_mas_antiguas_primero_y_como_han_de_viajar(mesa, outboxes):
    dichos = [saliente(n, f"s{n % 2}") for n in range(5)]
    guardar(mesa, *dichos[:3])
    guardar(mesa, *dichos[3:])
    assert outboxes[0].dirigir()
    filas = outboxes[0].pendientes(4)
    assert [f.id for f in filas] == sorted(f.id for f in filas)
    assert [(f.topico, f.clave, a_bytes(f.carga), dict(f.propiedades), f.retraso_s) for f in filas] == [
        (
            hecho().topico,
            d.sobre.sujeto,
            avro.codificar(d.mensaje),
            cloudevents.a_propiedades(d.sobre, hecho().topico),
            0,
        )
        for d in dichos[:4]
    ]
    assert outboxes[0].pendientes(4) == filas, "mirar no las cambia"


def test_lo_marcado_no_vuelve(mesa, outboxes):
    guardar(mesa, *(saliente(n) for n in range(4)))
    outboxes[0].dirigir()
    ids = [f.id for f in outboxes[0].pendientes(10)]
    outboxes[0].marcar([ids[0], ids[2]])
    assert [f.id for f in outboxes[0].pendientes(10)] == [ids[1], ids[3]]
    outboxes[0].marcar([ids[1], ids[3]])
    assert not outboxes[0].pendientes(10)


def test_lo_que_no_se_confirma_no_se_envia(mesa, outboxes):
    class Arrepentido(Exception):
        pass

    with pytest.raises(Arrepentido), mesa.transacciones() as transaccion:
        transaccion.guardar([saliente(1)], [])
        raise Arrepentido
    guardar(mesa, saliente(2))
    outboxes[0].dirigir()
    assert [a_bytes(f.carga) for f in outboxes[0].pendientes(10)] == [avro.codificar(hecho()(n=2))]


def test_lo_aplazado_viaja_como_llego_y_mas_tarde(mesa, outboxes):
    dicho = saliente(1, "asunto")
    original = Original(hecho().topico, "asunto", b"\x00como llego", {"ce_id": dicho.sobre.id, "x": "ñ"})
    with mesa.transacciones() as transaccion:
        recibido = Recibido(dicho.sobre, dicho.mensaje, original)
        transaccion.aplazar("pruebas-outbox", [Aplazado(recibido, vuelta=2, pausa_s=3.0)])
    outboxes[0].dirigir()
    (fila,) = outboxes[0].pendientes(10)
    assert (fila.topico, fila.clave, fila.carga) == (topico_espera("pruebas-outbox"), "asunto", original.carga)
    assert fila.propiedades.items() >= original.propiedades.items()
    assert (fila.propiedades["espera_vuelta"], fila.propiedades["espera_esquema"]) == ("2", "3")
    assert 0 < fila.retraso_s <= 3.0
    mesa.pasar(3.0, lambda: outboxes[0].pendientes(10)[0].retraso_s == 0)

    guardar(mesa, saliente(2))
    outboxes[0].marcar([f.id for f in outboxes[0].pendientes(10)])
    assert not outboxes[0].pendientes(10)
    assert mesa.guardados() == 1, "who waits long comes by often: it leaves nothing behind"


def test_dirige_uno_y_cuando_suelta_el_siguiente(mesa, outboxes):
    una, otra = outboxes
    guardar(mesa, saliente(1))
    assert una.dirigir() and una.dirigir()
    assert not otra.dirigir()
    with pytest.raises(SinOutbox):
        otra.pendientes(1)
    otra.soltar()
    assert not otra.dirigir()
    una.soltar()
    una.soltar()
    mesa.pasar(0, otra.dirigir)
    assert not una.dirigir()
    assert len(otra.pendientes(1)) == 1


def test_quien_pierde_su_sesion_pierde_el_mando_en_seguida(mesa, outboxes):
    una, otra = outboxes
    guardar(mesa, saliente(1))
    una.dirigir()
    (fila,) = una.pendientes(1)
    mesa.acabar_la_sesion()
    mesa.pasar(0, otra.dirigir)
    for _ in range(2):
        with pytest.raises(SinOutbox):
            una.pendientes(1)
    una.soltar()
    assert not una.dirigir()
    assert otra.pendientes(1) == [fila]
    otra.soltar()
    mesa.pasar(0, una.dirigir)


def test_quien_se_queda_quieto_pierde_el_mando_y_se_entera_antes_de_empezar_otra_ronda(mesa, outboxes):
    """Its session is there all the while: what is frozen answers nothing, and loses nothing either."""
    una, otra = outboxes
    guardar(mesa, saliente(1), saliente(2))
    una.dirigir()
    primera, segunda = una.pendientes(2)
    assert not otra.dirigir(), "aún no"
    mesa.pasar(mesa.arriendo_s, otra.dirigir)
    with pytest.raises(SinOutbox):
        una.pendientes(2)
    assert not una.dirigir()
    assert otra.pendientes(2) == [primera, segunda]


def test_lo_que_confirmo_el_broker_esta_enviado_lo_diga_quien_lo_diga_y_quien_ya_no_dirige_se_entera(mesa, outboxes):
    una, otra = outboxes
    guardar(mesa, saliente(1), saliente(2))
    una.dirigir()
    primera, segunda = una.pendientes(2)
    mesa.pasar(mesa.arriendo_s, otra.dirigir)
    for _ in range(2):
        with pytest.raises(SinOutbox):
            una.marcar([primera.id])
    assert otra.pendientes(2) == [segunda]
    otra.marcar([segunda.id])
    assert not otra.pendientes(2)


def test_quien_sigue_trabajando_conserva_el_mando(mesa, outboxes):
    una, otra = outboxes
    una.dirigir()
    comienzo = mesa.ahora()
    while mesa.ahora() - comienzo < 1.5 * mesa.arriendo_s:
        mesa.dejar_pasar(0.04 * mesa.arriendo_s)
        assert una.dirigir()
        assert not otra.dirigir()


def test_un_mando_que_caduca_sin_que_nadie_lo_tome_sigue_siendo_suyo(mesa, outboxes):
    una, otra = outboxes
    guardar(mesa, saliente(1))
    una.dirigir()
    (fila,) = una.pendientes(1)
    mesa.dejar_pasar(mesa.arriendo_s)
    una.marcar([fila.id])
    assert not una.pendientes(1)
    assert una.dirigir()
    assert not otra.dirigir()


def test_la_campana_suena_por_lo_que_se_confirma(mesa, outboxes):
    outbox = outboxes[0]
    outbox.dirigir()
    assert not outbox.pendientes(10)
    guardar(mesa, saliente(1))
    comienzo = time.monotonic()
    outbox.aguardar(30.0)
    assert time.monotonic() - comienzo < 20.0
    assert len(outbox.pendientes(10)) == 1


def test_sin_base_de_datos(mesa):
    outbox = mesa.sin_base()
    with pytest.raises(SinOutbox):
        outbox.dirigir()
    for que in (lambda: outbox.pendientes(1), lambda: outbox.marcar([1]), lambda: outbox.aguardar(0.01)):
        with pytest.raises(SinOutbox):
            que()
    outbox.soltar()
