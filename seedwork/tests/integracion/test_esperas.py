"""A command for what is not known yet waits, holds up nothing else, and is refused when nothing is on its way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pulsar
import pytest
import sqlalchemy as sa

from contratos import motivos
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.paciencia import Espera, PacienciaSegunAvance
from seedwork.infraestructura import bd
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.avance import AvancePulsar
from seedwork.pruebas import cuaderno
from seedwork.pruebas.sobres import sobre_nuevo
from seedwork.pruebas.taller import publicar

pytestmark = pytest.mark.integracion


@pytest.fixture
def taller(taller):
    """With the one whose handling the waiting commands depend on."""
    Aprovisionador(taller.servidores.admin_url).subscriptions(taller.contexto, cuaderno.CREADOR, [taller.apuntado])
    return taller


def destino(taller, id):
    tabla = bd.comandos.c
    with taller.motor.connect() as conexion:
        filas = conexion.execute(sa.select(tabla.estado, tabla.motivo).where(tabla.id_comando == id))
        return [tuple(fila) for fila in filas]


@contextmanager
def creador(taller) -> Iterator[pulsar.Consumer]:
    consumidor = taller.cliente.subscribe(taller.apuntado.topico, cuaderno.CREADOR)
    try:
        yield consumidor
    finally:
        consumidor.close()


def crear(taller, cuantas=1) -> None:
    """What would make a page known is published."""
    hechos = [taller.apuntado(hoja="otra", linea=n) for n in range(cuantas)]
    for hecho in hechos:
        sobre = sobre_nuevo(hecho, fuente="/pruebas", sujeto="otra")
        publicar(taller.publicador, sobre, hecho, espera=10)


def test_espera_a_lo_que_nombra_y_no_detiene_a_nadie(taller):
    taller.enviar(*(taller.orden("a", n, "tras:b") for n in range(3)), *(taller.orden(f"h-{n}", n) for n in range(50)))

    with taller.atendiendo():
        taller.esperar(lambda: len(taller.apuntes()) == 50)
        assert taller.apuntes("a") == []
        # Behind it on its key, though it waits for nothing itself.
        taller.enviar(taller.orden("a", 3))
        taller.enviar(taller.orden("b", 0))
        taller.esperar(lambda: len(taller.apuntes("a")) == 4 and taller.atraso() == 0)

    assert taller.apuntes("a") == [("a", n) for n in range(4)]
    assert nada_queda(taller)
    assert taller.cartas() == []


def test_lo_que_nadie_crea_se_rechaza_una_vez_con_su_motivo(taller):
    ids = taller.enviar(*(taller.orden("a", n, "tras:b") for n in range(3)), repeticiones=2)

    with taller.atendiendo(espera_s=0.2):
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM comandos") == 3 and taller.atraso() == 0)

    for id in ids:
        assert destino(taller, id) == [("RECHAZADO", motivos.SUSCRIPCION_DESCONOCIDA)]
    assert taller.contar("SELECT count(*) FROM outbox WHERE propiedades IS NULL") == 3
    assert nada_queda(taller)
    assert taller.apuntes() == []
    assert taller.cartas() == []


def test_no_se_rechaza_mientras_quede_una_creacion_anterior_sin_atender(taller):
    crear(taller, 3)
    (id,) = taller.enviar(taller.orden("a", 0, "tras:b"))
    testigo = taller.orden("c", 0, "tras:d")

    with creador(taller) as atento, taller.atendiendo(espera_s=0.2):
        atento.acknowledge(atento.receive(5000))
        atento.acknowledge(atento.receive(5000))
        taller.esperar(lambda: mirado_en_vano(taller))
        assert destino(taller, id) == []
        # What is published after the command is none of its business.
        crear(taller)
        atento.acknowledge(atento.receive(5000))
        taller.esperar(lambda: destino(taller, id) == [("RECHAZADO", motivos.SUSCRIPCION_DESCONOCIDA)])
        taller.enviar(testigo)
        taller.esperar(lambda: mirado_en_vano(taller))
        assert destino(taller, testigo.sobre.id) == []


def test_la_espera_sobrevive_a_un_reinicio(taller):
    (id,) = taller.enviar(taller.orden("a", 0, "tras:b"))
    with taller.atendiendo():
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM esperas") == 1)
        taller.esperar(lambda: taller.atraso() == 0)
    assert taller.contar("SELECT count(*) FROM inbox") == 0
    with taller.motor.begin() as conexion:
        conexion.execute(sa.text("UPDATE esperas SET desde = desde - interval '60 seconds'"))

    # One that waits from now on would need more than this patience.
    with taller.atendiendo(espera_s=60.0):
        taller.esperar(lambda: destino(taller, id) == [("RECHAZADO", motivos.SUSCRIPCION_DESCONOCIDA)])
    assert nada_queda(taller)


def test_sin_noticias_del_broker_no_se_rechaza_a_nadie(taller):
    (id,) = taller.enviar(taller.orden("a", 0, "tras:b"))
    sorda = PacienciaSegunAvance(
        AvancePulsar("http://127.0.0.1:9"), EntornoReal(), Espera(minimo_s=0.2, primera_s=0.2, tope_s=0.2, breve_s=0.0)
    )

    with taller.atendiendo(paciencia=sorda):
        taller.esperar(lambda: mirado_en_vano(taller))
        assert destino(taller, id) == []
        taller.enviar(taller.orden("b", 0))
        taller.esperar(lambda: taller.apuntes("a") == [("a", 0)])


@pytest.mark.largo  # processes that are killed
def test_quinientos_que_esperan_y_pierden_su_proceso_siguen_esperando(taller):
    ids = taller.enviar(*(taller.orden(f"a-{n}", n, "tras:b") for n in range(500)))
    with taller.atendiendo():
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM esperas") == 500)
    with taller.atendiendo():
        taller.enviar(taller.orden("b", 0))
        taller.esperar(lambda: len(taller.apuntes()) == 501 and taller.atraso() == 0)
    assert taller.contar("SELECT count(*) FROM comandos WHERE estado = 'APLICADO'") == len(ids) + 1
    assert nada_queda(taller)


def test_lo_que_falla_tras_esperar_se_aparca_como_vino_y_no_hace_esperar_a_los_de_detras(taller):
    def fallar_si_ya_se_conoce(orden, unidad):
        if orden.modo and unidad.tiene("b"):
            raise ValueError
        manejar(orden, unidad)

    manejar = cuaderno._Manejador()
    mala = taller.orden("a", 0, "tras:b")
    taller.enviar(mala, taller.orden("a", 1))
    with taller.atendiendo(taller.bus(fallar_si_ya_se_conoce)):
        taller.esperar(lambda: taller.contar("SELECT count(*) FROM esperas") == 2)
        taller.enviar(taller.orden("b", 0))
        taller.esperar(lambda: taller.apuntes("a") == [("a", 1)])

    (carta,) = taller.cartas()
    propiedades = carta.properties()
    assert propiedades["ce_id"] == mala.sobre.id
    assert propiedades["carta_topico"] == taller.apuntar.topico
    assert propiedades["carta_intentos"] == "4"
    assert propiedades["carta_esquema"] == "0"
    assert not [n for n in propiedades if n.startswith("espera_")]
    assert carta.partition_key() == "a"
    assert carta.data() == taller.codificar(mala)[0]
    assert nada_queda(taller)


def nada_queda(taller) -> bool:
    """No row outlives what it counts."""
    return all(taller.contar(f"SELECT count(*) FROM {tabla}") == 0 for tabla in ("intentos", "esperas", "lotes"))


def mirado_en_vano(taller) -> bool:
    """Whether what waits was looked at long after it might have been refused."""
    return taller.contar("SELECT count(*) FROM esperas WHERE vuelta >= 4") > 0
