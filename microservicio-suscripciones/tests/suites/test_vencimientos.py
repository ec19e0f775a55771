"""What is due, on the clock of whatever keeps the rows (``aplicacion.puertos.Vencimientos``)."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from seedwork.aplicacion.unidad import Abrir
from seedwork.pruebas.entorno import EntornoSimulado
from suscripciones.aplicacion.puertos import Vencimientos
from suscripciones.dominio.saga import SagaActual
from suscripciones.dominio.suscripcion import Suscripcion
from suscripciones.infraestructura.vencimientos import TOPE, VencimientosSQL
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


def test_donde_no_hay_nada_nada_vence(lugar: Lugar) -> None:
    assert list(lugar.vencimientos.plazos()) == []
    assert list(lugar.vencimientos.renovaciones(["pro"])) == []
    assert lugar.vencimientos.sin_renovar(["pro"]) == {}


def test_los_plazos_que_han_pasado_los_mas_viejos_antes(lugar: Lugar) -> None:
    lugar.guardar(
        ("s-1", -1, None, "pro"),
        ("s-2", 3600, -9, "pro"),
        ("s-3", -3600, None, "pro"),
        ("s-4", None, -1, "pro"),
        ("s-5", -60, 3600, "basico"),
    )
    assert list(lugar.vencimientos.plazos()) == [("s-3", "saga-s-3"), ("s-5", "saga-s-5"), ("s-1", "saga-s-1")]


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
    assert list(vencimientos.renovaciones({"pro", "basico"})) == [("s-3", "saga-s-3"), ("s-1", "saga-s-1")]
    assert list(vencimientos.renovaciones(["pro"])) == [("s-1", "saga-s-1")]
    assert list(vencimientos.renovaciones(())) == []
    assert vencimientos.sin_renovar({"pro", "basico"}) == {"viejo": 2, "antiguo": 1}
    assert vencimientos.sin_renovar(()) == {"pro": 1, "basico": 1, "viejo": 2, "antiguo": 1}
    assert vencimientos.sin_renovar(["pro", "basico", "viejo", "antiguo"]) == {}


def test_de_muchas_se_dicen_las_mas_viejas_y_lo_desconocido_no_ocupa_sus_lugares(lugar: Lugar) -> None:
    conocidas = [(f"s-{n:03}", -float(n), -float(n), "pro") for n in range(1, TOPE + 6)]
    lugar.guardar(*conocidas, *((f"v-{n:03}", None, -1000.0 - n, "viejo") for n in range(1, TOPE + 6)))
    esperadas = [(id, f"saga-{id}") for id, *_ in reversed(conocidas)][:TOPE]
    assert list(lugar.vencimientos.plazos()) == esperadas
    assert list(lugar.vencimientos.renovaciones(["pro"])) == esperadas
    assert lugar.vencimientos.sin_renovar(["pro"]) == {"viejo": TOPE + 5}, "all of them are counted"
