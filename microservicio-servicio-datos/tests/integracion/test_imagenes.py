"""Images by modality on a real database: each counts once, at the cost of one statement a batch."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

pytestmark = pytest.mark.integracion

MODALIDADES = ("Rayos X", "RAYOS X", "Ecografía", "ecografia", "Mamografía")


def cuentas(servicio):
    return dict(servicio.filas("SELECT modalidad, cuantas FROM imagenes_por_modalidad"))


@contextmanager
def sentencias(motor: sa.Engine) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    dichas: list[str] = []

    def anotar(_conexion, _cursor, sentencia, *_resto):
        dichas.append(sentencia)

    sa.event.listen(motor, "before_cursor_execute", anotar)
    yield dichas
    sa.event.remove(motor, "before_cursor_execute", anotar)


def escribe(sentencia: str) -> str:
    """The table that a statement inserts into."""
    (tabla,) = re.findall(r"INSERT INTO (\w+)", sentencia)
    return str(tabla)


def test_un_lote_de_quinientas_cuenta_una_vez_por_mucho_que_se_repita(servicio, imagen):
    lote = [imagen(n, MODALIDADES[n % 5]) for n in range(500)]

    for _ in range(3):
        servicio.procesar(lote + lote[:7])

    assert cuentas(servicio) == {"rayos x": 200, "ecografia": 200, "mamografia": 100}


def test_un_lote_se_cuenta_con_una_sentencia_y_no_busca_nada(servicio, imagen):
    with sentencias(servicio.motor) as dichas:
        servicio.procesar([imagen(n, MODALIDADES[n % 5]) for n in range(500)])

    assert [escribe(s) for s in dichas] == ["inbox", "imagenes_por_modalidad"]


def test_repetido_un_lote_no_escribe_cuentas(servicio, imagen):
    lote = [imagen(n) for n in range(3)]
    servicio.procesar(lote)

    with sentencias(servicio.motor) as dichas:
        servicio.procesar(lote)

    assert [escribe(s) for s in dichas] == ["inbox"]


@pytest.mark.parametrize("llegan", [MODALIDADES, MODALIDADES[::-1]])
def test_las_cuentas_se_bloquean_en_un_orden_lleguen_como_lleguen(servicio, imagen, llegan):
    pedidas: list[list[str]] = []

    def anotar(_conexion, _cursor, sentencia, valores, *_resto):
        if "INTO imagenes_por_modalidad" in sentencia:
            pedidas.append(valores["modalidades"])

    sa.event.listen(servicio.motor, "before_cursor_execute", anotar)
    servicio.procesar([imagen(n, modalidad) for n, modalidad in enumerate(llegan)])

    assert pedidas == [["ecografia", "mamografia", "rayos x"]]


def test_dos_a_la_vez_en_ordenes_opuestos_no_se_estorban_y_no_pierden_ninguna(servicio, imagen):
    juntos = threading.Barrier(2)
    # Each meets the modalities in the other's reverse order.
    ordenes = MODALIDADES, MODALIDADES[::-1]
    lotes = [[[imagen(n, ordenes[hilo][n % 5]) for n in range(500)] for _ in range(20)] for hilo in range(2)]

    def trabajar(hilo: int) -> None:
        for lote in lotes[hilo]:
            juntos.wait(timeout=30)
            servicio.procesar(lote)

    with ThreadPoolExecutor(2) as hilos:
        list(hilos.map(trabajar, range(2)))

    assert cuentas(servicio) == {"rayos x": 8000, "ecografia": 8000, "mamografia": 4000}


def test_un_lote_que_fracasa_no_cuenta(servicio, imagen, hecho):
    roto = hecho("creada", 1)

    with pytest.raises(TypeError):
        servicio.procesar([imagen(1), replace(roto, mensaje=replace(roto.mensaje, recursos_requeridos=None))])

    assert cuentas(servicio) == {}


def test_lo_que_ningun_dataset_puede_nombrar_no_estorba_a_las_demas(servicio, imagen):
    servicio.procesar([imagen(1, ""), imagen(2, "á" * 4000), imagen(3, "Rayos\x00X"), imagen(4)])

    assert cuentas(servicio) == {"rayos x": 1}
