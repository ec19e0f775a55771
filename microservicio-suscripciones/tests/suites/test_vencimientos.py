"""What is due, on the clock of whatever keeps the rows (``aplicacion.puertos.Vencimientos``)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from contratos.sagas import LIBERAR, NOTIFICAR, RESERVAR
from seedwork.aplicacion.unidad import Abrir
from seedwork.pruebas.entorno import EntornoSimulado
from suscripciones.aplicacion.puertos import Vencido, Vencimientos
from suscripciones.aplicacion.silencio import Cola, Debe, Indulgencia
from suscripciones.dominio.linea import Paso
from suscripciones.dominio.saga_actual import SagaActual
from suscripciones.dominio.suscripcion import Suscripcion
from suscripciones.infraestructura.vencimientos import VencimientosSQL
from suscripciones.pruebas.memoria import VencimientosMemoria, abrir_en, almacen


@dataclass
class Lugar:
    """Subscriptions, wherever their rows are, and what is due of them."""

    abrir: Abrir
    vencimientos: Vencimientos
    pasar: Callable[[], object] = lambda: None
    """Its clock goes on, where it does not by itself."""

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
                        comenzada=unidad.reloj() - timedelta(seconds=100),
                        plazo=None if plazo is None else unidad.reloj() + timedelta(seconds=plazo),
                        renueva=None if renueva is None else unidad.reloj() + timedelta(seconds=renueva),
                    )
                )


@pytest.fixture(params=["memoria", pytest.param("postgresql", marks=pytest.mark.integracion)])
def lugar(request: pytest.FixtureRequest) -> Lugar:
    if request.param == "memoria":
        propio = almacen(EntornoSimulado())
        return Lugar(abrir_en(propio, {}), VencimientosMemoria(propio), lambda: propio.entorno.reloj.avanzar(1))
    return Lugar(request.getfixturevalue("abrir"), VencimientosSQL(request.getfixturevalue("motor")))


TOPE = 20
SIEMPRE = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
SIN_INDULGENCIA = Indulgencia(atendido=SIEMPRE[1], colas=(), en_camino=SIEMPRE[1], tope=SIEMPRE[0])


def dichas(vencidas: Sequence[Vencido]) -> list[tuple[str, str]]:
    return [(v.id, v.id_saga) for v in vencidas]


def test_donde_no_hay_nada_nada_vence(lugar: Lugar) -> None:
    assert dichas(lugar.vencimientos.plazos(SIN_INDULGENCIA, TOPE)) == []
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
    assert dichas(lugar.vencimientos.plazos(SIN_INDULGENCIA, TOPE)) == [
        ("s-3", "saga-s-3"),
        ("s-5", "saga-s-5"),
        ("s-1", "saga-s-1"),
    ]


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
    desde = {plan: vencimientos.renovaciones([plan], 1)[0].instante for plan in ("pro", "basico", "viejo", "antiguo")}
    assert vencimientos.sin_renovar(()) == desde
    assert vencimientos.sin_renovar({"pro", "basico"}) == {p: desde[p] for p in ("viejo", "antiguo")}
    assert vencimientos.sin_renovar(["pro", "basico", "viejo", "antiguo"]) == {}


def test_de_muchas_se_dicen_las_mas_viejas_y_lo_desconocido_no_ocupa_sus_lugares(lugar: Lugar) -> None:
    conocidas = [(f"s-{n:03}", -float(n), -float(n), "pro") for n in range(1, TOPE + 6)]
    lugar.guardar(*conocidas, *((f"v-{n:03}", None, -1000.0 - n, "viejo") for n in range(1, TOPE + 6)))
    esperadas = [(id, f"saga-{id}") for id, *_ in reversed(conocidas)][:TOPE]
    assert dichas(lugar.vencimientos.plazos(SIN_INDULGENCIA, TOPE)) == esperadas
    assert dichas(lugar.vencimientos.renovaciones(["pro"], TOPE)) == esperadas
    assert list(lugar.vencimientos.sin_renovar(["pro"])) == ["viejo"]


def test_tras_unas_se_dicen_las_siguientes_y_ninguna_se_salta(lugar: Lugar) -> None:
    """The oldest were told again and again, though they could not be attended to: those behind them had no turn."""
    # Three at each instant: a place among them is the id's.
    lugar.guardar(*((f"s-{n:02}", -60.0 - n % 4, -60.0 - n % 4, "pro") for n in range(12)))
    for leer in (
        partial(lugar.vencimientos.plazos, SIN_INDULGENCIA),
        partial(lugar.vencimientos.renovaciones, ["pro"]),
    ):
        vistas: list[Vencido] = []
        while tanda := leer(5, vistas[-1] if vistas else None):
            vistas += tanda
        assert [v.id for v in vistas] == [f"s-{n:02}" for resto in (3, 2, 1, 0) for n in range(resto, 12, 4)]
        assert len({v.instante for v in vistas}) == 4


def test_sin_ningun_plazo_vencido_no_hay_hora(lugar: Lugar) -> None:
    lugar.guardar(("s-1", 3600, -1, "pro"), ("s-2", None, None, "pro"))
    assert lugar.vencimientos.hora() is None
    lugar.guardar(("s-3", -1, None, "pro"))
    with lugar.abrir() as unidad:
        ahora = unidad.reloj()
    hora = lugar.vencimientos.hora()
    assert hora is not None
    assert abs((hora - ahora).total_seconds()) < 60


def test_lo_que_no_se_ha_oido_aun_no_vence_salvo_por_su_tope(lugar: Lugar) -> None:
    """s-N began 100 s ago, and its deadline passed N s ago."""
    lugar.guardar(*((f"s-{n}", -float(n), None, "pro") for n in (5, 20, 50)))
    with lugar.abrir() as unidad:
        ahora = unidad.reloj()

    def vencen(atendido_hace: float | None, tope_hace: float) -> list[str]:
        atendido = None if atendido_hace is None else ahora - timedelta(seconds=atendido_hace)
        indulgencia = Indulgencia(atendido, (), ahora, ahora - timedelta(seconds=tope_hace))
        return [v.id for v in lugar.vencimientos.plazos(indulgencia, TOPE)]

    assert vencen(None, 200) == []
    assert vencen(10, 200) == ["s-50", "s-20"]
    assert vencen(0, 200) == ["s-50", "s-20", "s-5"]
    assert vencen(None, 50) == ["s-50", "s-20", "s-5"]


def un_paso(id_saga: str, servicio: str = "servicio-datos", paso: str = RESERVAR) -> Paso:
    """One that is done, now."""
    return Paso(
        id=f"{id_saga}-{servicio}-{paso}",
        id_saga=id_saga,
        paso=paso,
        servicio=servicio,
        recurso="r",
        requeridos=(),
        liberados=(),
        resultado="HECHO",
        motivo="",
        compensacion=False,
        ocurrido="",
    )


def test_a_quien_se_le_acaba_de_preguntar_no_calla_salvo_por_su_tope(lugar: Lugar) -> None:
    """The service had been behind, took in a saga's step after its deadline, and struck 0.7 s later: what that step led
    to was on its way (a simulator's run, seed 5103449)."""
    lugar.guardar(*((f"s-{n}", -5.0, None, "pro") for n in (1, 2, 3)))
    with lugar.abrir() as unidad:
        antes = unidad.reloj()
        unidad.linea.apuntar("s-1", un_paso("saga-s-1"))
        # Of a saga of before.
        unidad.linea.apuntar("s-2", un_paso("otra"))

    def vencen(en_camino: datetime, tope: datetime) -> list[str]:
        indulgencia = Indulgencia(SIEMPRE[1], (), en_camino, tope)
        return [v.id for v in lugar.vencimientos.plazos(indulgencia, TOPE)]

    un_instante = timedelta(milliseconds=1)
    assert vencen(antes - un_instante, SIEMPRE[0]) == ["s-2", "s-3"]
    assert vencen(SIEMPRE[1], SIEMPRE[0]) == ["s-1", "s-2", "s-3"]
    assert vencen(antes - un_instante, antes) == ["s-1", "s-2", "s-3"]


RESERVA, AVISO = Debe("servicio-datos", RESERVAR, "servicio_datos"), Debe("notificaciones", NOTIFICAR)


@pytest.mark.parametrize(
    ("saga", "debe", "espera"),
    [
        ({"requeridos": ("servicio_datos",)}, RESERVA, True),
        ({"requeridos": ("servicio_datos",)}, AVISO, False),
        ({"requeridos": ("servicio_datos", "computo"), "reservados": ("computo",)}, RESERVA, True),
        ({"requeridos": ("servicio_datos", "computo"), "reservados": ("servicio_datos",)}, RESERVA, False),
        ({"requeridos": ("servicio_datos", "computo"), "reservados": ("servicio_datos",)}, AVISO, False),
        ({"requeridos": ("servicio_datos",), "reservados": ("servicio_datos",)}, RESERVA, False),
        ({"requeridos": ("servicio_datos",), "reservados": ("servicio_datos",)}, AVISO, True),
        ({"requeridos": ("computo",)}, RESERVA, False),
    ],
)
@pytest.mark.parametrize("cambio", [False, True])
def test_espera_en_una_cola_a_quien_se_le_debe_ese_paso(
    lugar: Lugar, saga: dict[str, tuple[str, ...]], debe: Debe, espera: bool, cambio: bool
) -> None:
    """And who began after those that the participant has come to, of its own kind."""
    de_cambio = {"plan_codigo": "otro", "plan_nombre": "Otro"} if cambio else {}
    with lugar.abrir() as unidad:
        ahora = unidad.reloj()
        for n in (1, 2):
            unidad.suscripciones.agregar(
                Suscripcion(
                    id=f"s-{n}",
                    cliente_codigo="c",
                    plan_codigo="pro",
                    plan_nombre="PRO",
                    saga=SagaActual(id=f"g-{n}", **saga, **de_cambio),
                    comenzada=ahora - timedelta(seconds=200 * n),
                    plazo=ahora - timedelta(seconds=10),
                )
            )

    def vencen(cola: Cola) -> list[str]:
        indulgencia = Indulgencia(ahora, (cola,), ahora, ahora - timedelta(seconds=1800))
        return [v.id for v in lugar.vencimientos.plazos(indulgencia, TOPE)]

    desde = ahora - timedelta(seconds=300)
    assert vencen(Cola(debe, cambio, desde)) == (["s-2"] if espera else ["s-1", "s-2"])
    assert vencen(Cola(debe, not cambio, desde)) == ["s-1", "s-2"]
    assert vencen(Cola(debe, cambio, ahora - timedelta(seconds=200))) == (["s-2"] if espera else ["s-1", "s-2"])


def test_lo_que_un_participante_ha_dicho_de_las_sagas_que_hay(lugar: Lugar) -> None:
    """The last steps, and those by an instant; each with its saga, and none of one that is not the latest."""
    lugar.guardar(*((f"s-{n}", 60.0, None, "pro") for n in range(4)))
    instantes = []
    for n in range(4):
        with lugar.abrir() as unidad:
            for servicio, paso, id_saga in (
                ("servicio-datos", RESERVAR, f"saga-s-{n}"),
                ("servicio-datos", LIBERAR, f"otra-{n}"),
                ("notificaciones", NOTIFICAR, f"saga-s-{n}"),
            ):
                unidad.linea.apuntar(f"s-{n}", un_paso(id_saga, servicio, paso))
            instantes.append(unidad.reloj())
        lugar.pasar()

    def dichas(servicio: str, cuantas: int, hasta: datetime) -> list[datetime]:
        respuestas = lugar.vencimientos.respuestas(servicio, cuantas, hasta)
        assert {(r.recurso, r.cambio) for r in respuestas} <= {("r", False)}
        assert {r.paso for r in respuestas} <= {RESERVAR, NOTIFICAR}
        return sorted(r.apuntado for r in respuestas)

    assert dichas("notificaciones", 1, instantes[1]) == [instantes[1], instantes[3]]
    assert dichas("notificaciones", 2, instantes[1]) == instantes
    assert dichas("servicio-datos", 8, instantes[3]) == instantes
    assert dichas("nadie", 8, instantes[3]) == []
