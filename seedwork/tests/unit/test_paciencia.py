"""How long a command waits, on a clock that the test moves, and with a broker that says what it is told."""

import random
from itertools import pairwise

import pytest

from contratos.suscripciones import CrearSuscripcion, SuscripcionCreada
from seedwork.aplicacion.broker import Marcha, SinAvance
from seedwork.aplicacion.espera import Creacion
from seedwork.aplicacion.paciencia import Espera, PacienciaSegunAvance

PRIMERA = Creacion(CrearSuscripcion, "suscripciones")
SEGUNDA = Creacion(SuscripcionCreada, "servicio-datos")
MINIMO_S = Espera.minimo_s
ENTRE_S = Espera.entre_s
CALLADO_S = Espera.callado_s


class Reloj:
    def __init__(self) -> None:
        self.azar = random.Random(1)
        self.instante = 100.0

    def monotono(self) -> float:
        return self.instante

    def ahora(self):
        raise NotImplementedError

    def id(self) -> str:
        raise NotImplementedError


class Broker:
    """Where each topic ends, and how far its consumer has come."""

    def __init__(self) -> None:
        self.finales = {PRIMERA: (1, 5), SEGUNDA: (1, 0)}
        self.atendidos = {PRIMERA: (1, 5), SEGUNDA: (1, 0)}
        self.callado = False
        self.preguntas = []

    def mirar(self, topico, subscription):
        (creacion,) = [c for c in (PRIMERA, SEGUNDA) if (c.mensaje.topico, c.consumidor) == (topico, subscription)]
        self.preguntas.append(creacion)
        if self.callado:
            raise SinAvance("no contesta")
        return Marcha((self.finales[creacion],), (self.atendidos[creacion],))


class Mesa:
    """A patience, its broker, its clock; and commands, each with its stages and since when it waits."""

    def __init__(self) -> None:
        self.broker = Broker()
        self.reloj = Reloj()
        self.paciencia = PacienciaSegunAvance(self.broker, self.reloj)

    def orden(self, *etapas, hace=0.0):
        return etapas, self.reloj.instante - hace

    def agotada(self, orden) -> bool:
        etapas, desde = orden
        return self.paciencia.agotada(etapas, self.reloj.instante - desde)

    def pasan(self, segundos, *ordenes) -> None:
        """Time, a round each tenth of a second; the commands are looked at, as if they came in each of them."""
        fin = self.reloj.instante + segundos
        while self.reloj.instante < fin - 1e-6:
            self.reloj.instante += 0.1
            for orden in ordenes:
                self.agotada(orden)
            self.paciencia.vuelta()


@pytest.fixture
def mesa():
    return Mesa()


def test_lo_que_una_etapa_crea_se_espera_en_la_siguiente(mesa):
    orden = mesa.orden((PRIMERA,), (SEGUNDA,))
    mesa.broker.atendidos[PRIMERA] = (1, 4)
    mesa.pasan(60, orden)
    assert not mesa.agotada(orden), "la primera creación no está atendida"

    mesa.broker.atendidos[PRIMERA] = (1, 5)
    mesa.pasan(1, orden)
    assert not mesa.agotada(orden), "lo que hizo la primera puede estar en camino"
    mesa.broker.finales[SEGUNDA] = (1, 1)
    mesa.pasan(ENTRE_S + 1, orden)
    assert not mesa.agotada(orden), "la segunda no está atendida"

    mesa.broker.atendidos[SEGUNDA] = (1, 1)
    mesa.pasan(1, orden)
    assert mesa.agotada(orden)


def test_entre_dos_etapas_cabe_lo_que_un_relay_congelado_retiene(mesa):
    orden, de_una = mesa.orden((PRIMERA,), (SEGUNDA,)), mesa.orden((PRIMERA,))
    mesa.pasan(MINIMO_S + 0.5, orden, de_una)
    assert mesa.agotada(de_una)
    assert not mesa.agotada(orden)
    mesa.pasan(ENTRE_S - MINIMO_S - 1, orden)
    assert ENTRE_S - 1 > 15, "por tanto tiempo puede retener un outbox quien se congela"
    assert not mesa.agotada(orden)
    mesa.pasan(2, orden)
    assert mesa.agotada(orden)


def test_cuentan_todas_las_creaciones_de_una_etapa(mesa):
    orden = mesa.orden((PRIMERA, SEGUNDA))
    mesa.broker.finales[SEGUNDA] = (1, 1)
    mesa.pasan(20, orden)
    assert not mesa.agotada(orden)
    mesa.broker.atendidos[SEGUNDA] = (1, 1)
    mesa.pasan(1, orden)
    assert mesa.agotada(orden)


def test_ni_antes_de_diez_segundos_desde_la_primera_entrega_ni_por_lo_publicado_despues(mesa):
    nueva, de_antes = mesa.orden((PRIMERA,)), mesa.orden((PRIMERA,), hace=MINIMO_S)
    mesa.pasan(2, nueva, de_antes)
    assert mesa.agotada(de_antes), "un reinicio no empieza la espera de nuevo"
    assert not mesa.agotada(nueva)
    mesa.broker.finales[PRIMERA] = (2, 0)
    mesa.pasan(MINIMO_S, nueva)
    assert mesa.agotada(nueva), "lo que se publicó después no es asunto suyo"


def test_lo_publicado_antes_si_es_asunto_suyo(mesa):
    mesa.pasan(5, mesa.orden((PRIMERA,), hace=5))
    mesa.broker.finales[PRIMERA] = (2, 0)
    orden = mesa.orden((PRIMERA,))
    mesa.pasan(20, orden)
    assert not mesa.agotada(orden)
    mesa.broker.atendidos[PRIMERA] = (2, 0)
    mesa.pasan(0.5, orden)
    assert mesa.agotada(orden)


def test_de_un_broker_que_calla_no_se_concluye_nada_y_no_se_le_pregunta_por_un_rato(mesa):
    orden = mesa.orden((PRIMERA,), hace=MINIMO_S)
    mesa.broker.callado = True
    mesa.pasan(1, orden)
    assert not mesa.agotada(orden)
    assert len(mesa.broker.preguntas) == 1
    mesa.broker.callado = False
    mesa.pasan(CALLADO_S - 1.5, orden)
    assert not mesa.agotada(orden)
    assert len(mesa.broker.preguntas) == 1
    mesa.pasan(1, orden)
    assert mesa.agotada(orden)


def test_se_pregunta_solo_por_lo_que_alguien_espera_y_no_mas_que_cada_cuarto_de_segundo(mesa):
    mesa.pasan(30)
    assert mesa.broker.preguntas == []
    breve = mesa.orden((PRIMERA,))
    mesa.agotada(breve)
    mesa.pasan(0.9)
    assert mesa.broker.preguntas == [], "casi todas las esperas acaban antes"
    mesa.agotada(mesa.orden((PRIMERA,), hace=2))
    mesa.pasan(10)
    assert 30 <= len(mesa.broker.preguntas) <= 41
    mesa.pasan(Espera.interes_s)
    antes = len(mesa.broker.preguntas)
    mesa.pasan(10)
    assert len(mesa.broker.preguntas) == antes, "ya no interesa a nadie"


def test_de_un_consumidor_muy_atrasado_se_recuerda_poco_y_basta(mesa):
    """An hour behind on a busy topic: what is kept is bounded, and the earliest command ends soon after its turn."""
    primera = mesa.orden((PRIMERA,))
    mesa.broker.finales[PRIMERA], n = (1, 6), 6
    ordenes = []
    for _ in range(3600):
        n += 1
        mesa.broker.finales[PRIMERA] = (1, n)
        ordenes.append((mesa.orden((PRIMERA,)), n))
        mesa.reloj.instante += 1
        mesa.agotada(primera)
        mesa.paciencia.vuelta()
        (historia,) = mesa.paciencia._historias.values()
        assert len(historia.pendientes) + len(historia.alcanzadas) <= 1100
    assert not mesa.agotada(primera)
    for hasta in range(0, 3600, 600):
        orden, final = ordenes[hasta]
        mesa.broker.atendidos[PRIMERA] = (1, final - 1)
        mesa.pasan(0.5, orden)
        assert not mesa.agotada(orden), "le falta lo último"
        mesa.broker.atendidos[PRIMERA] = (1, final + 40)
        mesa.pasan(0.5, orden)
        assert mesa.agotada(orden), "y no mucho más de lo suyo"


def test_una_espera_mas_larga_que_la_memoria_tambien_acaba(mesa):
    orden = mesa.orden((PRIMERA,), (SEGUNDA,), hace=3600)
    mesa.pasan(600, orden)
    assert mesa.agotada(orden)


def test_se_mira_cada_vez_mas_tarde_y_justo_al_acabar_el_rato(mesa):
    """And never all at the same instant. The broker may be a second early."""
    miradas = []
    for _ in range(200):
        segundos, propias = 0.0, []
        for vuelta in range(1, 10):
            segundos += mesa.paciencia.pausa(vuelta, segundos, en_cola=False)
            propias.append(segundos)
        miradas.append(propias)
    for propias in miradas:
        assert 0.8 <= propias[0] <= 1.2
        assert 2.4 <= propias[1] <= 3.6
        assert any(MINIMO_S <= m <= MINIMO_S + 1 for m in propias)
        assert not any(MINIMO_S - 1 <= m < MINIMO_S for m in propias)
        assert max(b - a for a, b in pairwise(propias)) <= 36
    assert max(m[-1] for m in miradas) - min(m[-1] for m in miradas) > 10


def test_los_que_solo_esperan_su_turno_vuelven_juntos_y_pronto(mesa):
    pausas = [mesa.paciencia.pausa(vuelta, segundos, en_cola=True) for vuelta in range(1, 6) for segundos in (0, 9, 99)]
    assert pausas == [p for p in (1.0, 2.0, 4.0, 4.0, 4.0) for _ in range(3)]
