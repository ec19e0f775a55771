"""The stock of experts' places: never over-sold, never lost, taken evenly, and kept through a new catalogue."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

pytestmark = pytest.mark.integracion


def test_muchos_a_la_vez_toman_exactamente_lo_que_hay(servicio, hecho):
    with ThreadPoolExecutor(12) as hilos:
        list(hilos.map(lambda n: servicio.procesar([hecho("creada", n)]), range(30)))

    assert servicio.usados() == {"e0": 5, "e1": 5, "e2": 5, "e3": 5}
    assert (
        sorted(servicio.pasos()) == [("RESERVAR", "HECHO", "")] * 20 + [("RESERVAR", "RECHAZADO", "SIN_CAPACIDAD")] * 10
    )


def test_lotes_que_toman_y_devuelven_a_la_vez_no_se_estorban(servicio, hecho):
    servicio.procesar([hecho("creada", n) for n in range(20)])

    def lote(k: int) -> None:
        servicio.procesar([hecho("rechazada", n) for n in range(k, 20, 4)] + [hecho("creada", 100 + k)])

    with ThreadPoolExecutor(4) as hilos:
        list(hilos.map(lote, range(4)))

    assert sum(servicio.usados().values()) == 4
    assert servicio.filas("SELECT count(*) FROM servicios_datos WHERE estado = 'CREADO'") == [(4,)]


def test_se_reparten_por_igual(servicio, hecho):
    servicio.procesar([hecho("creada", n) for n in range(8)])

    assert servicio.usados() == {"e0": 2, "e1": 2, "e2": 2, "e3": 2}


def test_se_reparten_en_proporcion_a_la_capacidad(servicio, catalogo, hecho):
    grande, chico = catalogo.expertos[:2]
    servicio.catalogar(replace(catalogo, expertos=(replace(grande, capacidad=9), replace(chico, capacidad=3))))

    servicio.procesar([hecho("creada", n) for n in range(8)])

    assert servicio.usados() == {"e0": 6, "e1": 2, "e2": 0, "e3": 0}


def test_un_catalogo_nuevo_conserva_lo_ocupado(servicio, catalogo, hecho):
    servicio.procesar([hecho("creada", n) for n in range(8)])
    primero, segundo, *_ = catalogo.expertos

    menor = replace(catalogo, expertos=(replace(primero, capacidad=1, apellidos="Ruiz Mora"), segundo))
    for _ in range(2):
        servicio.catalogar(menor)

    assert servicio.filas("SELECT codigo, apellidos, capacidad, usados, vigente FROM expertos ORDER BY codigo") == [
        ("e0", "Ruiz Mora", 1, 2, True),
        ("e1", "Ruiz", 5, 2, True),
        ("e2", "Ruiz", 5, 2, False),
        ("e3", "Ruiz", 5, 2, False),
    ]
    servicio.procesar([hecho("creada", n) for n in range(8, 12)])
    assert servicio.usados() == {"e0": 2, "e1": 5, "e2": 2, "e3": 2}
    assert servicio.pasos("g-11") == [("RESERVAR", "RECHAZADO", "SIN_CAPACIDAD")]
    servicio.procesar([hecho("rechazada", n) for n in range(11)])
    assert sum(servicio.usados().values()) == 0


@pytest.mark.parametrize(
    ("falta", "motivo"), [("expertos", "SIN_CAPACIDAD"), ("nubes", "SIN_NUBE"), ("datasets", "SIN_DATASET")]
)
def test_un_catalogo_sin_alguna_clase_rechaza_con_ese_motivo(servicio, catalogo, hecho, falta, motivo):
    servicio.catalogar(replace(catalogo, **{falta: ()}))

    servicio.procesar([hecho("creada")])

    assert servicio.pasos() == [("RESERVAR", "RECHAZADO", motivo)]


def test_la_base_no_deja_devolver_lo_que_nadie_tomo(servicio):
    with pytest.raises(sa.exc.IntegrityError), servicio.motor.begin() as conexion:
        conexion.execute(sa.text("UPDATE expertos SET usados = usados - 1 WHERE codigo = 'e0'"))
