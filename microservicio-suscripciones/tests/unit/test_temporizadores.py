"""The timers, on a clock that the test moves.

The deadline's proves nothing by silence while its own connection is not in order (contract §4).
"""

from typing import Any

import pytest
from structlog.testing import capture_logs

from seedwork.aplicacion.broker import Marcha
from seedwork.infraestructura.tabla import SinBase
from suscripciones.entrada import temporizadores
from suscripciones.entrada.temporizadores import PlazoDeSaga, VigilantePlazos, VigilanteRenovaciones
from suscripciones.pruebas.memoria import VencimientosMemoria

Casa = Any


class Oyente:
    """A connection that has been in order for these seconds, one after the other as it is asked."""

    def __init__(self, *segundos: float) -> None:
        self.segundos = list(segundos)

    def segundos_en_orden(self) -> float:
        return self.segundos.pop(0) if len(self.segundos) > 1 else self.segundos[0]


class SinNada:
    """A broker that says that nothing is left to handle."""

    def mirar(self, topico: str, subscription: str) -> Marcha:
        return Marcha(((1, 0),), ((1, 0),))


def plazos(casa: Casa, *segundos: float) -> VigilantePlazos:
    ajustes = PlazoDeSaga(plazo_s=120.0, tope_s=1800.0, proveedores=casa.proveedores)
    return VigilantePlazos(VencimientosMemoria(casa.almacen), casa.abrir, Oyente(*segundos), SinNada(), ajustes)


def renovaciones(casa: Casa) -> VigilanteRenovaciones:
    return VigilanteRenovaciones(VencimientosMemoria(casa.almacen), casa.planes, casa.abrir)


def rechazadas(casa: Casa) -> list[str]:
    return [f["id"] for f in casa.filas("suscripciones") if f["motivo"] == "PLAZO_VENCIDO"]


@pytest.fixture
def vencidas(casa: Casa) -> Casa:
    """Two subscriptions whose deadline has passed, and one whose deadline has not."""
    casa.crear()
    casa.crear(id="s-2", id_comando="g-2")
    casa.avanzar(seconds=100)
    casa.crear(id="s-3", id_comando="g-3")
    casa.avanzar(seconds=21)
    return casa


@pytest.mark.parametrize(("segundos", "vence"), [(0.0, []), (9.9, []), (10.0, ["s-1", "s-2"])])
def test_vence_solo_tras_diez_segundos_en_orden(vencidas: Casa, segundos: float, vence: list[str]) -> None:
    plazos(vencidas, segundos).vuelta()
    assert rechazadas(vencidas) == vence


def test_lo_que_se_corta_a_mitad_de_ronda_la_detiene(vencidas: Casa) -> None:
    plazos(vencidas, 60.0, 60.0, 0.0).vuelta()
    assert rechazadas(vencidas) == ["s-1"]


def test_vuelve_a_mirar_en_cada_ronda(vencidas: Casa) -> None:
    vigilante = plazos(vencidas, 0.0, 5.0, 10.0)
    vistas = []
    for _ in range(3):
        vigilante.vuelta()
        vistas.append(rechazadas(vencidas))
    assert vistas == [[], [], ["s-1", "s-2"]]


def test_lo_que_vence_se_dice_en_su_saga_y_sin_causa_de_nadie(vencidas: Casa) -> None:
    vencidas.nuevos()
    plazos(vencidas, 60.0).vuelta()
    dichos = vencidas.nuevos()
    assert [(d.sobre.sujeto, d.sobre.correlacion) for d in dichos] == [("s-1", "g-1")] * 2 + [("s-2", "g-2")] * 2
    assert {type(d.carga).__name__ for d in dichos} == {"TransicionSaga", "SuscripcionRechazada"}


def test_la_que_no_se_puede_atender_no_demora_a_las_demas(vencidas: Casa) -> None:
    vencidas.almacen.tablas["clientes"]["0001"] = {"id": "0001"}
    vencidas.crear(id="s-4", id_comando="g-4", cliente_codigo="0002")
    vencidas.avanzar(seconds=121)
    with capture_logs() as dicho:
        plazos(vencidas, 60.0).vuelta()
    assert rechazadas(vencidas) == ["s-4"]
    assert [(d["correlacion"], d["error"]) for d in dicho] == [(f"g-{n}", "KeyError") for n in (1, 2, 3)]


def test_las_que_no_se_pueden_atender_no_quitan_su_turno_a_las_que_vencen_despues(
    vencidas: Casa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two oldest fill a look, and fail each time."""
    monkeypatch.setattr(temporizadores, "TOPE", 2)
    de_ana = vencidas.almacen.tablas["clientes"]["0001"]
    vencidas.almacen.tablas["clientes"]["0001"] = {"id": "0001"}
    vencidas.crear(id="s-4", id_comando="g-4", cliente_codigo="0002")
    vencidas.avanzar(seconds=121)
    vigilante = plazos(vencidas, 60.0)
    for _ in range(2):
        vigilante.vuelta()
    assert rechazadas(vencidas) == ["s-4"]
    vencidas.almacen.tablas["clientes"]["0001"] = de_ana
    for _ in range(3):
        vigilante.vuelta()
    assert sorted(rechazadas(vencidas)) == ["s-1", "s-2", "s-3", "s-4"], "and they come again"


def test_sin_base_de_datos_todo_queda_por_vencer(vencidas: Casa) -> None:
    vigilante = plazos(vencidas, 60.0)

    def caer() -> None:
        vencidas.almacen.ausente = True
        raise SinBase("se cayó")

    vencidas.almacen.antes_de_confirmar = caer
    for _ in range(2):
        with pytest.raises(SinBase):
            vigilante.vuelta()
    vencidas.almacen.ausente = False
    vencidas.almacen.antes_de_confirmar = lambda: None
    assert rechazadas(vencidas) == []
    vigilante.vuelta()
    assert rechazadas(vencidas) == ["s-1", "s-2"]


def test_un_plan_que_falta_se_dice_una_vez_y_no_demora_a_los_demas(casa: Casa) -> None:
    casa.crear("basico", id="s-2", id_comando="g-9")
    casa.activa("pro")
    del casa.planes["pro"]
    vigilante = renovaciones(casa)
    casa.eventos()
    with capture_logs() as dicho:
        for dias in (31, 1):
            casa.avanzar(days=dias)
            vigilante.vuelta()
    assert casa.eventos() == ["FacturaEmitida"]
    assert len(casa.facturas("s-2")) == 2
    assert [d["plan"] for d in dicho] == ["pro"]
    assert dicho[0]["desde"] < casa.almacen.entorno.ahora().isoformat()
