"""What is due, on the clock of whatever keeps the rows (``aplicacion.puertos.Vencimientos``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from seedwork.aplicacion.unidad import Abrir
from seedwork.pruebas.entorno import EntornoSimulado
from suscripciones.aplicacion.puertos import Vencido, Vencimientos
from suscripciones.dominio.saga_actual import SagaActual
from suscripciones.dominio.suscripcion import Suscripcion
from suscripciones.infraestructura.vencimientos import VencimientosSQL
from suscripciones.pruebas.memoria import VencimientosMemoria, abrir_en, almacen


@dataclass
class Lugar:
    """Subscriptions, wherever their rows are, and what is due of them."""

    abrir: Abrir
    vencimientos: Vencimientos

    def guardar(self, *suyas: tuple[str, float | None, float | None, str]) -> None:
        """For each: id, in how many seconds its deadline and its renewal are due, None for never, and its plan."""
        with self.abrir() as unidad:
            for id, plazo, renueva, plan in suyas:
                unidad.suscripciones.agregar(
                    Suscripcion(
                        id=id,
                        cliente_codigo="c",
                        plan_codigo=plan,
                        plan_nombre=plan.upper(),
                        saga=SagaActual(id=f"saga-{id}"),
                        plazo=None if plazo is None else unidad.reloj() + timedelta(seconds=plazo),
                        renueva=None if renueva is None else unidad.reloj() + timedelta(seconds=renueva),
                    )
                )


@pytest.fixture(params=["memoria", pytest.param("postgresql", marks=pytest.mark.integracion)])
def lugar(request: pytest.FixtureRequest) -> Lugar:
    if request.param == "memoria":
        propio = almacen(EntornoSimulado())
        return Lugar(abrir_en(propio, {}), VencimientosMemoria(propio))
    return Lugar(request.getfixturevalue("abrir"), VencimientosSQL(request.getfixturevalue("motor")))


TOPE = 20


def dichas(vencidas: Sequence[Vencido]) -> list[tuple[str, str]]:
    return [(v.id, v.id_saga) for v in vencidas]


def test_donde_no_hay_nada_nada_vence(lugar: Lugar) -> None:
    assert dichas(lugar.vencimientos.plazos(TOPE)) == []
    assert dichas(lugar.vencimientos.renovaciones(["pro"], TOPE)) == []
    assert lugar.vencimientos.sin_renovar(["pro"]) == {}


def test_los_plazos_que_han_pasado_los_mas_viejos_antes(lugar: Lugar) -> None:
    lugar.guardar(
        ("s-1", -1, None, "pro"),
        ("s-2", 3600, -9, "pro"),
        ("s-3", -3600, None, "pro"),
        ("s-4", None, -1, "pro"),
        ("s-5", -60, 3600, "basico"),
    )
    assert dichas(lugar.vencimientos.plazos(TOPE)) == [("s-3", "saga-s-3"), ("s-5", "saga-s-5"), ("s-1", "saga-s-1")]


def test_las_renovaciones_de_los_planes_que_se_conocen_las_mas_viejas_antes(lugar: Lugar) -> None:
    lugar.guardar(
        ("s-1", None, -1, "pro"),
        ("s-2", -1, None, "pro"),
        ("s-3", None, -3600, "basico"),
        ("s-4", None, 3600, "pro"),
        ("s-5", None, -90, "viejo"),
        ("s-6", None, -80, "viejo"),
        ("s-7", None, -70, "antiguo"),
        ("s-8", None, 70, "antiguo"),
    )
    vencimientos = lugar.vencimientos
    assert dichas(vencimientos.renovaciones({"pro", "basico"}, TOPE)) == [("s-3", "saga-s-3"), ("s-1", "saga-s-1")]
    assert dichas(vencimientos.renovaciones(["pro"], TOPE)) == [("s-1", "saga-s-1")]
    assert dichas(vencimientos.renovaciones((), TOPE)) == []
    assert vencimientos.sin_renovar({"pro", "basico"}) == {"viejo": 2, "antiguo": 1}
    assert vencimientos.sin_renovar(()) == {"pro": 1, "basico": 1, "viejo": 2, "antiguo": 1}
    assert vencimientos.sin_renovar(["pro", "basico", "viejo", "antiguo"]) == {}


def test_de_muchas_se_dicen_las_mas_viejas_y_lo_desconocido_no_ocupa_sus_lugares(lugar: Lugar) -> None:
    conocidas = [(f"s-{n:03}", -float(n), -float(n), "pro") for n in range(1, TOPE + 6)]
    lugar.guardar(*conocidas, *((f"v-{n:03}", None, -1000.0 - n, "viejo") for n in range(1, TOPE + 6)))
    esperadas = [(id, f"saga-{id}") for id, *_ in reversed(conocidas)][:TOPE]
    assert dichas(lugar.vencimientos.plazos(TOPE)) == esperadas
    assert dichas(lugar.vencimientos.renovaciones(["pro"], TOPE)) == esperadas
    assert lugar.vencimientos.sin_renovar(["pro"]) == {"viejo": TOPE + 5}, "all of them are counted"


def test_tras_unas_se_dicen_las_siguientes_y_ninguna_se_salta(lugar: Lugar) -> None:
    """The oldest were told again and again, though they could not be attended to: those behind them had no turn."""
    # Three at each instant: a place among them is the id's.
    lugar.guardar(*((f"s-{n:02}", -60.0 - n % 4, -60.0 - n % 4, "pro") for n in range(12)))
    for leer in (lugar.vencimientos.plazos, partial(lugar.vencimientos.renovaciones, ["pro"])):
        vistas: list[Vencido] = []
        while tanda := leer(5, vistas[-1] if vistas else None):
            vistas += tanda
        assert [v.id for v in vistas] == [f"s-{n:02}" for resto in (3, 2, 1, 0) for n in range(resto, 12, 4)]
        assert len({v.instante for v in vistas}) == 4
