"""The soak's judgement: what grows is caught, what only trembles is not; and the measures that it judges are true."""

import os
import random
import threading
from collections.abc import Callable, Sequence

import pytest
from tests.fallos import resistencia
from tests.fallos.acta import Acta
from tests.fallos.llanura import exceso, exceso_por_media_hora, tendencia
from tests.fallos.medidas import Bitacora, Medida, medir

VECES = 180
"""Half an hour, every ten seconds."""
LLANA = Medida(propia=60, rss=90, pss=40, hilos=18, descriptores=30)


def _serie(valor: Callable[[int], float]) -> Sequence[float]:
    azar = random.Random(7)
    return [valor(vez) + azar.uniform(-2, 2) for vez in range(VECES)]


def test_lo_que_tiembla_es_llano() -> None:
    serie = _serie(lambda _: 60)
    assert exceso(serie, tolerancia=1) is None
    assert exceso_por_media_hora(serie, minutos=30, limite=3) is None


def test_lo_que_crece_poco_a_poco_se_ve() -> None:
    serie = _serie(lambda vez: 60 + 9 * vez / VECES)
    assert exceso(serie, tolerancia=1) == "64 → 67"
    assert "the limit is 3.0" in (exceso_por_media_hora(serie, minutos=30, limite=3) or "")
    assert tendencia(serie).por_media_hora(30) == pytest.approx(9, abs=1.5)


def test_lo_que_crece_al_calentarse_no_cuenta() -> None:
    serie = _serie(lambda vez: 60 + min(vez, VECES // 3))
    assert exceso(serie, tolerancia=1) is None


def test_ni_los_picos_ni_lo_que_mengua() -> None:
    assert exceso(_serie(lambda vez: 60 + 500 * (vez % 10 == 0)), tolerancia=1) is None
    assert exceso(_serie(lambda vez: 60 - vez / 10), tolerancia=1) is None


def test_un_escalon_tardio_se_ve() -> None:
    assert exceso([10.0] * 130 + [14.0] * 50, tolerancia=3) == "10 → 14"


def test_el_crecimiento_se_lleva_a_media_hora() -> None:
    serie = [float(vez) for vez in range(90)]
    assert tendencia(serie).por_media_hora(15) == pytest.approx(180)


def test_con_poco_no_se_juzga() -> None:
    with pytest.raises(ValueError, match="too few"):
        tendencia([1.0] * 8)


@pytest.mark.parametrize(
    ("nombre", "creciente", "que"),
    [
        ("suscripciones", lambda vez: Medida(60 + vez / 40, 90, 40, 18, 30), "suscripciones: MB"),
        ("bff/1", lambda vez: Medida(60 + vez / 20, 90, 40, 18, 30), "bff/1: MB"),
        ("bff/1", lambda vez: Medida(60 + vez / 40, 90, 40, 18, 30), ""),
        ("bff/1", lambda vez: Medida(60, 90, 40, 18 + vez // 30, 30), "bff/1: threads"),
        ("bff/1", lambda vez: Medida(60, 90, 40, 18, 30 + vez // 15), "bff/1: file descriptors"),
        ("pulsar", lambda vez: Medida(60 + vez, 90, 40, 18, 30 + vez), ""),
        ("pulsar", lambda vez: Medida(60, 90, 40, 18 + vez, 30), "pulsar: threads"),
        ("suscripciones", lambda _: LLANA, ""),
    ],
)
def test_se_juzga_cada_cifra(nombre: str, creciente: Callable[[int], Medida], que: str) -> None:
    bitacora = Bitacora({}, {}, {}, veces=VECES)
    bitacora.procesos["notificaciones"] = [LLANA] * VECES
    bitacora.procesos[nombre] = [creciente(vez) for vez in range(VECES)]
    resistencia.juzgar(acta := Acta("remojo"), bitacora, 30)
    assert [h.que.startswith(que) for h in acta.hallazgos] == ([True] if que else [])


def test_filas_que_se_quedan() -> None:
    bitacora = Bitacora({}, {}, {}, veces=VECES)
    bitacora.cuentas["suscripciones.inbox"] = bitacora.cuentas["suscripciones.lotes"] = list(range(VECES))
    resistencia.juzgar(acta := Acta("remojo"), bitacora, 30)
    assert [h.que for h in acta.hallazgos] == ["suscripciones.lotes: rows: 90 → 150"]


def test_quien_va_y_viene_se_nombra() -> None:
    bitacora = Bitacora({"bff": 1}, {"pulsar": 2}, {}, veces=2)
    bitacora.procesos["bff"] = bitacora.procesos["pulsar"] = [LLANA] * 2
    bitacora.procesos["bff/1"] = [LLANA]
    assert bitacora.inestables() == ["bff/1"]


def test_lo_medido_es_lo_que_hay() -> None:
    antes = medir(os.getpid())
    basta = threading.Event()
    hilo = threading.Thread(target=basta.wait)
    hilo.start()
    tuberia = os.pipe()
    bloque = bytearray(os.urandom(1)) * (20 * 1024 * 1024)
    try:
        despues = medir(os.getpid())
    finally:
        basta.set()
        hilo.join()
        for extremo in tuberia:
            os.close(extremo)
    assert (despues.hilos, despues.descriptores) == (antes.hilos + 1, antes.descriptores + 2)
    assert despues.propia - antes.propia == pytest.approx(len(bloque) / 1024 / 1024, abs=2)
