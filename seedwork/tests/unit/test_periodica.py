"""What is done every so many seconds, and when for the first time."""

import threading

import pytest

from seedwork.aplicacion.broker import SinBroker
from seedwork.entrada.proceso import Periodica

UN_DIA = 86400.0


def test_quien_lo_pide_empieza_en_seguida_y_los_demas_esperan() -> None:
    parada, vueltas = threading.Event(), list[str]()

    def vuelta() -> None:
        vueltas.append("una")
        parada.set()

    Periodica(UN_DIA, vuelta, al_empezar=True).correr(parada)
    Periodica(UN_DIA, vuelta).correr(parada)
    assert vueltas == ["una"]


def test_si_a_la_primera_no_hay_broker_lo_intenta_a_su_hora() -> None:
    parada, vueltas = threading.Event(), list[str]()

    def vuelta() -> None:
        vueltas.append("una")
        if len(vueltas) == 1:
            raise SinBroker
        parada.set()

    Periodica(0.001, vuelta, al_empezar=True).correr(parada)
    assert len(vueltas) == 2


def test_lo_que_no_es_de_otros_se_dice() -> None:
    def vuelta() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        Periodica(UN_DIA, vuelta, al_empezar=True).correr(threading.Event())
