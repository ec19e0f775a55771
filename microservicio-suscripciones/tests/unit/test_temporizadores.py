"""The deadline's timer proves nothing by silence while its own connection is not in order (contract §4)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from suscripciones.entrada import temporizadores
from suscripciones.entrada.temporizadores import vigilar_plazos


class Rondas(threading.Event):
    """A stop that comes after so many rounds, without waiting between them."""

    def __init__(self, cuantas: int) -> None:
        super().__init__()
        self.quedan = cuantas

    def wait(self, timeout: float | None = None) -> bool:
        self.quedan -= 1
        return self.quedan < 0


class Oyente:
    """A connection that has been in order for these seconds, one after the other as it is asked."""

    def __init__(self, *segundos: float) -> None:
        self.segundos = list(segundos)

    def segundos_en_orden(self) -> float:
        return self.segundos.pop(0) if len(self.segundos) > 1 else self.segundos[0]


@pytest.fixture
def vencidas(monkeypatch) -> list[str]:
    """The subscriptions whose deadline struck."""
    suyas: list[str] = []
    monkeypatch.setattr(temporizadores, "vencer_plazo", lambda _unidad, id, _saga: suyas.append(id))
    return suyas


class Unidad:
    def por_cuenta_propia(self, *_: str, **__: str) -> None: ...

    def recolectar(self) -> None: ...


@contextmanager
def abrir() -> Iterator[Unidad]:
    yield Unidad()


@pytest.mark.parametrize(("segundos", "vence"), [(0.0, []), (9.9, []), (10.0, ["s-1", "s-2"])])
def test_vence_solo_tras_diez_segundos_en_orden(vencidas, segundos, vence):
    vigilar_plazos(lambda: [("s-1", "g-1"), ("s-2", "g-2")], abrir, Oyente(segundos))(Rondas(1))
    assert vencidas == vence


def test_lo_que_se_corta_a_mitad_de_ronda_la_detiene(vencidas):
    oyente = Oyente(60.0, 60.0, 0.0)
    vigilar_plazos(lambda: [("s-1", "g-1"), ("s-2", "g-2")], abrir, oyente)(Rondas(1))
    assert vencidas == ["s-1"]


def test_vuelve_a_mirar_en_cada_ronda(vencidas):
    vigilar_plazos(lambda: [("s-1", "g-1")], abrir, Oyente(0.0, 5.0, 10.0))(Rondas(3))
    assert vencidas == ["s-1"]
