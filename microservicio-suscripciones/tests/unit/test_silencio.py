"""Neither queue is silence (contract §4): what puts a deadline off that has passed, and what does not."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from structlog.testing import capture_logs

from contratos.sagas import TransicionSaga
from seedwork.aplicacion.broker import Marcha, Posicion, SinAvance
from suscripciones.config import Config
from suscripciones.entrada import temporizadores
from suscripciones.entrada.temporizadores import PlazoDeSaga, VigilantePlazos
from suscripciones.pruebas.memoria import VencimientosMemoria

Casa = Any
PLAZO_S, TOPE_S = 120.0, 1800.0
DATOS, AVISOS = "servicio-datos", "notificaciones"


class Oyente:
    def segundos_en_orden(self) -> float:
        return 60.0


@dataclass
class Broker:
    """Where the saga's topic ends, and how far its consumer has come; None for a broker that does not tell."""

    ultimo: Posicion = (1, 0)
    atendido: Posicion | None = (1, 0)
    preguntas: list[tuple[str, str]] = field(default_factory=list)

    def mirar(self, topico: str, subscription: str) -> Marcha:
        self.preguntas.append((topico, subscription))
        if self.atendido is None:
            raise SinAvance("no contesta")
        return Marcha((self.ultimo,), (self.atendido,))


class Mesa:
    """The service in memory, its look for deadlines, and the broker that it asks."""

    def __init__(self, casa: Casa) -> None:
        self.casa = casa
        self.broker = Broker()
        self.vigilante = self.otro_vigilante()

    def otro_vigilante(self) -> VigilantePlazos:
        ajustes = PlazoDeSaga(plazo_s=PLAZO_S, tope_s=TOPE_S, proveedores=self.casa.proveedores)
        return VigilantePlazos(VencimientosMemoria(self.casa.almacen), self.casa.abrir, Oyente(), self.broker, ajustes)

    def pide(self, *numeros: int, plan: str = "pro") -> None:
        for n in numeros:
            self.casa.crear(plan, id=f"s-{n}", id_comando=f"g-{n}")

    def cambia(self, n: int, plan: str = "pro", desde: str = "basico") -> None:
        """A change of plan, of a subscription that is in force already."""
        self.casa.crear(desde, id=f"s-{n}", id_comando=f"g-{n}")
        for paso in ("CREAR", "ACTIVAR"):
            self.dice(n, paso, de="suscripciones")
        self.casa.cambiar(plan, f"c-{n}", id=f"s-{n}")

    def dice(self, n: int, paso: str, recurso: str = "", *, de: str) -> None:
        """A participant's step in the subscription's latest saga."""
        self.casa.oir(paso, recurso=recurso, de=de, id_suscripcion=f"s-{n}")

    def reserva(self, n: int) -> None:
        self.dice(n, "RESERVAR", "servicio_datos", de=DATOS)

    def responde(self, n: int) -> None:
        """Whoever provides, and then who notifies."""
        self.reserva(n)
        self.dice(n, "NOTIFICAR", de=AVISOS)

    def pasan(self, segundos: float) -> None:
        self.casa.avanzar(seconds=segundos)

    def mira(self) -> list[int]:
        """One look: all that have been refused by their deadline so far."""
        self.vigilante.vuelta()
        return self.rechazadas()

    def rechazadas(self) -> list[int]:
        dichos = self.casa.de_tipo(TransicionSaga)
        return sorted(int(p.id_suscripcion[2:]) for p in dichos if p.motivo == "PLAZO_VENCIDO")


@pytest.fixture
def mesa(casa: Casa) -> Mesa:
    return Mesa(casa)


# The service's own queue


def test_el_silencio_se_descubre_en_cuanto_pasa_el_plazo(mesa: Mesa) -> None:
    mesa.pide(1)
    mesa.pasan(PLAZO_S - 0.1)
    assert mesa.mira() == []
    mesa.pasan(0.2)
    assert mesa.mira() == [1]


def test_no_vence_mientras_falte_por_atender_lo_que_habia_en_su_topico(mesa: Mesa) -> None:
    """More is published all the time: what came later is not waited for, or there would be no end."""
    mesa.pide(1)
    mesa.pasan(PLAZO_S + 1)
    mesa.broker.ultimo, mesa.broker.atendido = (1, 900), (1, 100)
    assert mesa.mira() == []
    mesa.broker.ultimo, mesa.broker.atendido = (2, 50), (1, 899)
    assert mesa.mira() == []
    mesa.broker.ultimo, mesa.broker.atendido = (2, 80), (1, 900)
    assert mesa.mira() == [1]


def test_lo_que_se_pregunto_antes_del_plazo_no_basta(mesa: Mesa) -> None:
    """The end of the topic that was asked for while another was due says nothing of an answer that came since."""
    mesa.pide(1)
    mesa.pasan(1)
    mesa.pide(2)
    mesa.pasan(PLAZO_S - 0.5)
    mesa.broker.ultimo, mesa.broker.atendido = (1, 900), (1, 100)
    assert mesa.mira() == []
    mesa.pasan(1)
    mesa.broker.ultimo, mesa.broker.atendido = (1, 2000), (1, 950)
    assert mesa.mira() == [1]
    mesa.broker.atendido = (1, 2000)
    assert mesa.mira() == [1, 2]


def test_quien_va_atrasado_en_su_topico_no_la_da_por_callada(mesa: Mesa) -> None:
    """What it held at the deadline is handled; the answer to what was asked late lies further back."""
    mesa.pide(1)
    mesa.pasan(PLAZO_S + 1)
    mesa.broker.ultimo, mesa.broker.atendido = (1, 900), (1, 100)
    assert mesa.mira() == []
    mesa.pasan(6)
    mesa.broker.ultimo, mesa.broker.atendido = (1, 1500), (1, 901)
    assert mesa.mira() == []
    mesa.pasan(4)
    mesa.broker.ultimo, mesa.broker.atendido = (1, 1900), (1, 1500)
    assert mesa.mira() == [1]


def test_se_pregunta_una_vez_por_mirada_y_solo_si_algo_vence(mesa: Mesa) -> None:
    mesa.pide(*range(1, 30))
    mesa.mira()
    assert mesa.broker.preguntas == []
    mesa.pasan(PLAZO_S + 1)
    assert len(mesa.mira()) == 29
    assert mesa.broker.preguntas == [(TransicionSaga.topico, "suscripciones")]


def test_si_el_broker_no_dice_hasta_donde_se_espera_hasta_el_tope(mesa: Mesa) -> None:
    mesa.broker.atendido = None
    mesa.pide(1)
    mesa.pasan(TOPE_S - 1)
    with capture_logs() as dicho:
        assert (mesa.mira(), mesa.mira()) == ([], [])
    assert [d["log_level"] for d in dicho] == ["warning"], "once, not at every look"
    mesa.pasan(2)
    assert mesa.mira() == [1]


def test_un_proceso_que_empieza_de_nuevo_pregunta_de_nuevo(mesa: Mesa) -> None:
    mesa.pide(1)
    mesa.pasan(PLAZO_S + 1)
    mesa.broker.ultimo = (1, 900)
    assert mesa.mira() == []
    mesa.broker.ultimo, mesa.broker.atendido = (1, 950), (1, 900)
    mesa.vigilante = mesa.otro_vigilante()
    assert mesa.mira() == []
    mesa.broker.atendido = (1, 950)
    assert mesa.mira() == [1]


# The participants' queues


def test_la_cola_que_avanza_y_no_ha_llegado_aplaza(mesa: Mesa) -> None:
    """One in ten seconds is answered: the twentieth of thirty after 200 s."""
    for n in range(1, 31):
        mesa.pide(n)
        mesa.pasan(0.1)
    for n in range(1, 31):
        mesa.responde(n)
        mesa.pasan(10)
        assert mesa.mira() == []


def test_la_cola_que_se_para_deja_de_aplazar(mesa: Mesa) -> None:
    """Its last answer shows that it is at work for half a deadline; nobody is put off by what it told before."""
    for n in range(1, 4):
        mesa.pide(n)
        mesa.pasan(1)
    mesa.pasan(100)
    mesa.responde(1)
    mesa.pasan(PLAZO_S / 2)
    assert mesa.mira() == []
    mesa.pasan(0.1)
    assert mesa.mira() == [2, 3]


def test_quien_calla_desde_el_comienzo_no_aplaza(mesa: Mesa) -> None:
    mesa.pide(1)
    mesa.responde(1)
    mesa.pasan(1)
    mesa.pide(2)
    mesa.pasan(PLAZO_S + 0.1)
    assert mesa.mira() == [2]


def test_quien_ya_respondio_a_las_posteriores_ha_pasado_de_largo(mesa: Mesa) -> None:
    """It goes on with others, and will never come to this one."""
    for n in range(1, 40):
        mesa.pide(n)
        mesa.pasan(1)
    for n in range(2, 14):
        mesa.responde(n)
        mesa.pasan(10)
    assert mesa.mira() == [1]


def test_quien_solo_responde_a_las_posteriores_no_aplaza_ni_un_momento(mesa: Mesa) -> None:
    mesa.pide(1)
    mesa.pasan(1)
    mesa.pide(2)
    mesa.pasan(PLAZO_S - 3)
    mesa.responde(2)
    mesa.pasan(2.1)
    assert mesa.mira() == [1]


def test_lo_que_tiene_en_mano_a_la_vez_acaba_en_cualquier_orden(mesa: Mesa) -> None:
    """The second is answered some seconds after the third: that is no silence, until it lasts."""
    for n in (1, 2, 3, 4):
        mesa.pide(n)
        mesa.pasan(1)
    mesa.pasan(PLAZO_S - 10)
    mesa.responde(1)
    mesa.responde(3)
    mesa.pasan(9)
    assert mesa.mira() == []
    mesa.pasan(1.1)
    assert mesa.mira() == [2], "and the fourth waits for its turn"


def test_un_cambio_que_se_adelanta_no_dice_que_la_cola_de_las_creaciones_paso(mesa: Mesa) -> None:
    """They come by another topic, whose turn comes sooner; so do releases, which tell of no queue at all."""
    mesa.pide(1, 2)
    mesa.pasan(1)
    mesa.cambia(9)
    mesa.responde(9)
    mesa.pasan(90)
    mesa.responde(1)
    mesa.pasan(31)
    assert mesa.mira() == []
    mesa.pide(3)
    mesa.pasan(1)
    mesa.dice(3, "LIBERAR", "servicio_datos", de=DATOS)
    mesa.pasan(15)
    assert mesa.mira() == []


def test_las_creaciones_que_avanzan_aplazan_tambien_el_cambio_que_empezo_despues(mesa: Mesa) -> None:
    mesa.pide(1, 2, 3)
    mesa.pasan(1)
    mesa.cambia(9)
    mesa.pasan(90)
    mesa.responde(1)
    mesa.pasan(35)
    assert mesa.mira() == []
    mesa.responde(2)
    mesa.pasan(50)
    assert mesa.mira() == []
    mesa.pasan(30)
    assert mesa.mira() == [3, 9]


def test_cuenta_la_cola_de_quien_debe_el_paso(mesa: Mesa) -> None:
    """Reserved is reserved: the one that is awaited then is who notifies."""
    mesa.pide(1)
    mesa.pasan(1)
    mesa.pide(2, 3)
    mesa.reserva(2)
    mesa.pasan(PLAZO_S - 20)
    mesa.reserva(1)
    mesa.pasan(30)
    assert mesa.mira() == [1, 2], "servicio-datos is at work, and owes them nothing"


def test_quien_trabaja_en_otras_cartas_tambien_trabaja(mesa: Mesa) -> None:
    """Letters that tell of undos stand in one queue with those that are awaited."""
    mesa.pide(1, 2)
    mesa.pasan(1)
    mesa.pide(3)
    mesa.reserva(3)
    mesa.pasan(PLAZO_S - 20)
    mesa.dice(1, "AVISAR", de=AVISOS)
    mesa.pasan(30)
    assert mesa.mira() == [1, 2], "the third waits for its letter"


def test_de_dos_proveedores_basta_que_avance_uno_que_aun_debe(mesa: Mesa) -> None:
    mesa.pide(1, 2, plan="doble")
    mesa.pasan(PLAZO_S - 20)
    mesa.dice(1, "RESERVAR", "computo", de="computo")
    mesa.reserva(1)
    mesa.reserva(2)
    mesa.pasan(30)
    assert mesa.mira() == [1], "computo has not come to the second; nobody has notified of the first"


def test_en_todo_caso_vence_al_tope(mesa: Mesa) -> None:
    """Two thousand seconds of work, and it goes on."""
    for n in range(1, 69):
        mesa.pide(n)
    for n in range(1, 61):
        mesa.responde(n)
        assert mesa.mira() == []
        mesa.pasan(30)
    mesa.responde(61)
    assert mesa.mira() == list(range(62, 69))


def test_dos_procesos_a_la_vez_la_rechazan_una_vez(mesa: Mesa) -> None:
    mesa.pide(1)
    mesa.pasan(PLAZO_S + 1)
    otro = mesa.otro_vigilante()
    mesa.vigilante.vuelta()
    otro.vuelta()
    assert [p.paso for p in mesa.casa.de_tipo(TransicionSaga) if p.motivo == "PLAZO_VENCIDO"] == ["RECHAZAR"]


def test_las_aplazadas_no_quitan_su_turno_a_las_calladas(mesa: Mesa, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many stand in a queue that moves; of another provider's, silent one, all are found out at the first look."""
    monkeypatch.setattr(temporizadores, "TOPE", 3)
    mesa.pide(*range(1, 10))
    mesa.pide(20, plan="computo")
    mesa.pasan(PLAZO_S - 20)
    mesa.responde(1)
    mesa.pasan(21)
    assert mesa.mira() == [20]


def test_un_tope_menor_que_el_plazo_no_arranca(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/b")
    assert Config().saga_tope_s == TOPE_S
    with pytest.raises(ValueError, match="SAGA_TOPE_S no puede ser menor que SAGA_PLAZO_S, 120 s"):
        Config(saga_tope_s=119.0)
