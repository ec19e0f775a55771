"""Bursts: more than a participant can work off before the deadline (contract §4). Queued is not silent; silent is.

In `make check`, since it takes no servers and a second; on the real platform: `tests/fallos/test_rafaga.py`.
"""

import random
from collections.abc import Mapping
from datetime import datetime

import pytest
from tests.simulador.corrida import acabar, correr
from tests.simulador.enjambre import SERVICIOS, Enjambre
from tests.simulador.juicio import juzgar
from tests.simulador.mundo import Mundo
from tests.simulador.proceso import PLAZOS

from contratos.motivos import PLAZO_VENCIDO
from contratos.sagas import ACTIVAR, CREAR, RECHAZAR, TransicionSaga

CLIENTES = 60


@pytest.fixture(autouse=True)
def _callado(callado: None) -> None:
    """Nobody reads its logs."""


def rafaga(semilla: int, trabajo_s: Mapping[str, float], usos: Mapping[str, float]) -> Mundo:
    """All ask at once; nobody is faulty, and there is room for all. Who works begins when all have asked."""
    enjambre = Enjambre(
        faltas={},
        lentos=(),
        instancias=dict.fromkeys(SERVICIOS, 1),
        clientes=CLIENTES,
        capacidad=10 * CLIENTES,
        lote=1,
        ronda=1000,
        falta_en_catalogo="",
        arribo_s=2.0,
        usos=usos,
        trabajo_s=trabajo_s,
    )
    mundo = Mundo(semilla, enjambre)
    for nombre in ("servicio-datos-0", "notificaciones-0"):
        mundo.procesos[nombre].congelado_hasta = 5.0
    return mundo


def tardanzas(mundo: Mundo, fin: str) -> list[float]:
    """Of each creation that requires something, the seconds until it was activated, or refused by its deadline."""
    comienzos: dict[str, datetime] = {}
    vistas = []
    for dicho in mundo.broker.leer(TransicionSaga.topico):
        paso: TransicionSaga = dicho.carga
        ocurrido = datetime.fromisoformat(paso.ocurrido)
        if paso.paso == CREAR and paso.recursos_requeridos:
            comienzos[paso.id_saga] = ocurrido
        elif paso.paso == fin and paso.id_saga in comienzos and paso.motivo in ("", PLAZO_VENCIDO):
            vistas.append((ocurrido - comienzos[paso.id_saga]).total_seconds())
    return vistas


@pytest.mark.parametrize(
    "trabajo_s",
    [{"servicio-datos": 3.0}, {"correo": 12.0}, {"notificaciones": 5.0}, {"suscripciones": 1.5}],
    ids=lambda t: next(iter(t)),
)
@pytest.mark.parametrize("usos", [{}, {"cambiar": 0.5, "a_mano": 0.3}], ids=["solo creaciones", "y lo demás"])
def test_quien_espera_su_turno_mas_que_el_plazo_acaba_activa(
    trabajo_s: Mapping[str, float], usos: Mapping[str, float]
) -> None:
    """Whoever it is that works for minutes on what all ask for at once."""
    mundo = rafaga(1, trabajo_s, usos)
    assert acabar(mundo, random.Random(1)) is None
    assert juzgar(mundo) == []
    assert tardanzas(mundo, RECHAZAR) == []
    assert max(tardanzas(mundo, ACTIVAR)) > 1.5 * PLAZOS.plazo_s, "or it proves nothing"


@pytest.mark.parametrize("quien", ["servicio-datos-0", "notificaciones-0"])
def test_quien_calla_de_verdad_se_descubre_en_el_plazo(quien: str) -> None:
    mundo = rafaga(1, {}, {})
    mundo.procesos[quien].congelado_hasta = 10_000.0
    acabar(mundo, random.Random(1))
    rechazadas = tardanzas(mundo, RECHAZAR)
    assert len(rechazadas) > CLIENTES / 4
    # A look is taken up to ten times as late as it could be, and time goes by ten seconds at once.
    assert max(rechazadas) < PLAZOS.plazo_s + 15
    assert tardanzas(mundo, ACTIVAR) == []


def test_quien_calla_a_mitad_de_la_cola_se_descubre_medio_plazo_despues() -> None:
    """Or in its deadline, where that is later: some began while it was at work."""
    mundo = rafaga(1, {"servicio-datos": 3.0}, {})
    while mundo.reloj.segundos() < 150:
        acabar(mundo, random.Random(1), hechos=50)
    mundo.procesos["servicio-datos-0"].congelado_hasta = 10_000.0
    callo = mundo.reloj.segundos()
    acabar(mundo, random.Random(2))
    filas = mundo.fichas["suscripciones"].almacen.tablas["suscripciones"]
    rechazadas = [
        (mundo.instante(filas[d.clave]["comenzada"]), mundo.instante(datetime.fromisoformat(d.carga.ocurrido)))
        for d in mundo.broker.leer(TransicionSaga.topico)
        if d.carga.motivo == PLAZO_VENCIDO
    ]
    assert [c for c, _ in rechazadas if c < 10], "they waited for their turn when it fell silent"
    for comienzo, fin in rechazadas:
        assert callo < fin < max(callo + PLAZOS.plazo_s / 2, comienzo + PLAZOS.plazo_s) + 15


def test_un_enjambre_con_trabajo_se_repite() -> None:
    enjambre = rafaga(3, {"servicio-datos": 3.0}, {}).enjambre
    una, otra = (correr(3, enjambre=enjambre) for _ in range(2))
    assert (una.hechos, una.horas, una.hallazgos) == (otra.hechos, otra.horas, [])
