"""How long a command waits, on a clock that the test moves, and with a broker that says what it is told."""

from itertools import pairwise
from types import SimpleNamespace

import pytest

from contratos.suscripciones import CrearSuscripcion, SuscripcionCreada
from seedwork.aplicacion.espera import Aplazado, Creacion
from seedwork.entrada import esperas
from seedwork.entrada.esperas import ESPERA_S, Esperas
from seedwork.infraestructura.avance import SinAvance

PRIMERA = Creacion(CrearSuscripcion, "suscripciones")
SEGUNDA = Creacion(SuscripcionCreada, "servicio-datos")


class Broker:
    """Where each topic ends, and how far its consumer has come."""

    def __init__(self) -> None:
        self.finales = {PRIMERA: (1, 5), SEGUNDA: (1, 0)}
        self.atendidos = {PRIMERA: (1, 5), SEGUNDA: (1, 0)}
        self.callado = False
        self.preguntas = 0

    def ultimo(self, creacion):
        self._contestar()
        return self.finales[creacion]

    def atendido(self, creacion, hasta):
        self._contestar()
        return self.atendidos[creacion] >= hasta

    def _contestar(self):
        self.preguntas += 1
        if self.callado:
            raise SinAvance("no contesta")


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
def reloj(monkeypatch):
    propio = SimpleNamespace(ahora=100.0)
    monkeypatch.setattr(esperas, "time", SimpleNamespace(monotonic=lambda: propio.ahora))
    return propio


def test_lo_que_una_etapa_crea_se_espera_en_la_siguiente(broker, reloj):
    propias = Esperas(broker)
    espera = propias.empezar(Aplazado(((PRIMERA,), (SEGUNDA,)), 0.0))
    broker.atendidos[PRIMERA] = (1, 4)
    reloj.ahora += 60
    assert not propias.agotada(espera), "la primera creación no está atendida"

    broker.atendidos[PRIMERA] = (1, 5)
    reloj.ahora += 1
    assert not propias.agotada(espera), "lo que hizo la primera puede estar en camino"
    broker.finales[SEGUNDA] = (1, 1)
    reloj.ahora += ESPERA_S + 1
    assert not propias.agotada(espera), "la segunda no está atendida"

    broker.atendidos[SEGUNDA] = (1, 1)
    reloj.ahora += 1
    assert propias.agotada(espera)


def test_ni_antes_de_diez_segundos_desde_la_primera_entrega_ni_por_lo_publicado_despues(broker, reloj):
    propias = Esperas(broker)
    nueva, de_antes = (propias.empezar(Aplazado(((PRIMERA,),), segundos)) for segundos in (0.0, ESPERA_S))
    reloj.ahora += 2
    assert propias.agotada(de_antes), "un reinicio no empieza la espera de nuevo"
    assert not propias.agotada(nueva)
    broker.finales[PRIMERA] = (2, 0)
    reloj.ahora += ESPERA_S
    assert propias.agotada(nueva), "lo que se publicó después no es asunto suyo"


def test_a_un_broker_que_calla_no_se_le_pregunta_por_un_rato(broker, reloj):
    propias = Esperas(broker)
    espera = propias.empezar(Aplazado(((PRIMERA,),), ESPERA_S))
    reloj.ahora += 2
    broker.callado = True
    assert not propias.agotada(espera)
    broker.callado = False
    assert not propias.agotada(espera)
    assert broker.preguntas == 1
    reloj.ahora += Esperas.CALLADO_S
    assert propias.agotada(espera)


def test_se_mira_cada_vez_mas_tarde_y_justo_al_acabar_el_rato(broker, reloj):
    propias = Esperas(broker)
    espera = propias.empezar(Aplazado(((PRIMERA,),), 0.0))
    miradas = []
    while reloj.ahora < 115:
        reloj.ahora = propias.proxima(espera)
        miradas.append(round(reloj.ahora - 100, 2))
    assert miradas[:7] == [0.05, 0.15, 0.35, 0.75, 1.55, 3.15, 5.15]
    assert ESPERA_S in miradas
    assert max(b - a for a, b in pairwise(miradas)) < 2.01
