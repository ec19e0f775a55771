"""The watch: only its own looks close the channel; what it tells the operators, and when it looks again."""

from dataclasses import dataclass, field

import pytest

from notificaciones.aplicacion.envio import Correo, Politica
from notificaciones.aplicacion.puertos import CanalAveriado
from notificaciones.entrada.vigia import AVERIA_SEGUNDOS, OCIO_S, RECHAZADOS, SEGUIDOS, Vigia
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
    assert vigia.motivo() == "no toma correos desde hace 7 s: MAIL 530 5.7.0"
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
        vigia.averia("RCPT SMTPServerDisconnected", "ana@x.co")

    assert not vigia.cerrado
    assert 0 < vigia.proxima - entorno.monotono() <= 1, "it looks soon, and not as often as letters fail"


@pytest.mark.parametrize(
    ("aviso", "cuantos", "texto"),
    [
        ("averia", SEGUIDOS, "RCPT 554 5.7.1"),
        ("rechazada", RECHAZADOS, "RCPT 501"),
        ("rechazada", RECHAZADOS, "RCPT 550"),
    ],
)
def test_varios_destinatarios_seguidos_sin_carta_se_cuentan_a_los_operadores(vigia, aviso, cuantos, texto):
    """A relay that is set up wrong refuses everybody, by whichever code."""
    for n in range(cuantos):
        assert vigia.motivo() is None, n
        getattr(vigia, aviso)(texto, f"ana{n}@x.co")
    vigia.mirar()

    assert vigia.motivo() == f"ninguna de las últimas {cuantos} entregas: {texto}"
    vigia.entregada()
    assert vigia.motivo() is None
    getattr(vigia, aviso)(texto, "ana@x.co")
    assert vigia.motivo() is None


@pytest.mark.parametrize("aviso", ["averia", "rechazada"])
def test_un_solo_destinatario_no_es_el_canal(vigia, aviso):
    """However many letters are for it, and however its address is written: nobody fails readiness by their own."""
    for direccion in ["ana@x.co", "Ana@X.CO"] * 50:
        getattr(vigia, aviso)("DATA 500", direccion)
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
    vigia.averia("MAIL 421", "ana@x.co")
    assert vigia.proxima - entorno.monotono() <= 0, "a letter on its way makes no difference while it is closed"
