"""The watch: only its own looks close the channel; what it tells the operators, and when it looks again."""

from dataclasses import dataclass, field

import pytest

from notificaciones.aplicacion.envio import Correo, Politica
from notificaciones.aplicacion.puertos import CanalAveriado
from notificaciones.entrada.vigia import AVERIA_SEGUNDOS, OCIO_S, SEGUIDOS, Vigia
from seedwork.pruebas.entorno import EntornoSimulado


@dataclass
class Canal:
    nombre: str = "CORREO"
    averia: str = ""
    miradas: list[float] = field(default_factory=list)

    def enviar(self, correo: Correo) -> None:
        raise NotImplementedError

    def probar(self) -> None:
        if self.averia:
            raise CanalAveriado(self.averia)


@pytest.fixture
def entorno() -> EntornoSimulado:
    return EntornoSimulado()


@pytest.fixture
def canal() -> Canal:
    return Canal()


@pytest.fixture
def vigia(canal: Canal, entorno: EntornoSimulado) -> Vigia:
    return Vigia(canal, Politica(plazo_s=48, espera_s=5, pausa_s=0.5), entorno)


def test_al_empezar_no_sabe_nada_y_mira_enseguida(vigia, canal, entorno):
    assert (vigia.motivo(), vigia.cerrado) == (None, False)
    assert vigia.proxima <= entorno.monotono()


def test_lo_que_una_mirada_encuentra_cierra_hasta_que_otra_no_lo_encuentre(vigia, canal, entorno):
    canal.averia = "MAIL 530 5.7.0"
    vigia.mirar()
    entorno.reloj.avanzar(7)
    assert vigia.cerrado
    assert vigia.motivo() == "no toma cartas desde hace 7 s: MAIL 530 5.7.0"
    vigia.medir()
    assert AVERIA_SEGUNDOS.labels("CORREO")._value.get() == 7

    canal.averia = ""
    vigia.mirar()
    assert (vigia.motivo(), vigia.cerrado) == (None, False)
    vigia.medir()
    assert AVERIA_SEGUNDOS.labels("CORREO")._value.get() == 0


def test_ninguna_carta_cierra_el_canal_pero_hace_mirar(vigia, canal, entorno):
    """One mailbox whose server drops the line costs its neighbours nothing."""
    vigia.mirar()
    assert vigia.proxima - entorno.monotono() == OCIO_S
    for _ in range(100):
        vigia.averia("RCPT SMTPServerDisconnected")

    assert not vigia.cerrado
    assert 0 < vigia.proxima - entorno.monotono() <= 1, "it looks soon, and not as often as letters fail"


def test_varias_entregas_seguidas_con_averia_se_cuentan_a_los_operadores(vigia, canal):
    for n in range(SEGUIDOS):
        assert vigia.motivo() is None, n
        vigia.averia("RCPT 554 5.7.1")
    vigia.mirar()

    assert vigia.motivo() == "ninguna de las últimas 3 entregas: RCPT 554 5.7.1"
    vigia.entregada()
    assert vigia.motivo() is None


def test_las_miradas_que_encuentran_averia_se_espacian_hasta_un_tope(vigia, canal, entorno):
    canal.averia = "AUTH 535 5.7.8"
    pausas = []
    for _ in range(9):
        vigia.mirar()
        pausas.append(vigia.proxima - entorno.monotono())
        entorno.reloj.avanzar(pausas[-1])

    assert pausas[0] <= 0.6
    assert 8 <= pausas[-1] <= 12
    vigia.averia("MAIL 421")
    assert vigia.proxima - entorno.monotono() <= 0, "a letter on its way makes no difference while it is closed"
