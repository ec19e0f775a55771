"""The plan that JMeter runs, read: what today's clients send, to the letter. In `make check`: it needs no server."""

import re
import xml.etree.ElementTree as ET

import pytest
from tests.experimento1.experimento import COLUMNAS
from tests.experimento1.jmeter import MIXTO, PLAN, Carga, Muestra, Muestras, percentil
from tests.experimento1.variantes import VARIANTES

from contratos.ejemplos import IMAGEN, SUSCRIPCION

RAIZ = ET.parse(PLAN).getroot()


def peticiones() -> dict[str, ET.Element]:
    return {str(e.get("testname")): e for e in RAIZ.iter("HTTPSamplerProxy")}


def valor(elemento: ET.Element, nombre: str) -> str:
    return next(e.text or "" for e in elemento.iter("stringProp") if e.get("name") == nombre)


@pytest.mark.parametrize(
    ("nombre", "ruta", "cuerpo"),
    [
        ("imagen", "/procesar/procesar-imagen", IMAGEN),
        ("suscripcion", "/suscripciones/suscripcion-comando", SUSCRIPCION),
    ],
)
def test_los_cuerpos_de_los_clientes_de_hoy_van_a_la_letra(nombre: str, ruta: str, cuerpo: str) -> None:
    peticion = peticiones()[nombre]
    assert valor(peticion, "HTTPSampler.path") == ruta
    assert valor(peticion, "HTTPSampler.method") == "POST"
    assert valor(peticion, "Argument.value") == cuerpo


def test_los_unicos_son_los_mismos_cuerpos_con_un_id_propio() -> None:
    unica, otra = (valor(peticiones()[n], "Argument.value") for n in ("imagen-unica", "suscripcion-unica"))
    assert unica.replace("${id_propio}", "46769a88-00000-4468o-8a14-1579887d01") == IMAGEN
    assert otra.replace("${id_propio}@", "pperez@").replace("${id_propio}", "0001") == SUSCRIPCION


def test_las_ordenes_llevan_la_cabecera_de_hoy_y_ninguna_clave() -> None:
    cabeceras = [(valor(h, "Header.name"), valor(h, "Header.value")) for h in RAIZ.iter("HeaderManager")]
    assert cabeceras == [("Content-Type", "json/application")] * 4
    assert "Idempotency" not in PLAN.read_text(encoding="utf-8")


def test_todo_lo_que_cambia_es_una_propiedad() -> None:
    texto = PLAN.read_text(encoding="utf-8")
    propiedades = dict(re.findall(r"\$\{__P\((\w+),(\w+(?:\.\w+)*)\)\}", texto))
    assert propiedades == {
        "protocolo": "http", "anfitrion": "127.0.0.1", "puerto": "5005",
        "hilos": "1000", "subida": "60", "vueltas": "4", "perfiles": "1",
    }  # fmt: skip
    assert Carga().peticiones == 4000


def test_cada_perfil_que_se_pide_es_una_peticion_del_plan() -> None:
    mezcla = dict(linea.split("=") for linea in MIXTO.read_text("utf-8").splitlines() if "=" in linea)
    assert set(mezcla) == {"perfiles", *(f"perfil_{n}" for n in range(1, int(mezcla["perfiles"]) + 1))}
    pedidos = {v for n, v in mezcla.items() if n != "perfiles"} | {p for v in VARIANTES.values() for p in v.perfiles}
    assert pedidos <= set(peticiones())


def test_lo_que_se_cuenta_como_orden_es_lo_que_se_publica() -> None:
    ordenes = {n for n, e in peticiones().items() if valor(e, "HTTPSampler.method") == "POST"}
    assert {n for n in peticiones() if Muestra(0, n, 1, "202", True).orden} == ordenes


def test_el_resumen() -> None:
    muestras = Muestras([Muestra(n / 10, "imagen", float(n), "202", n != 7) for n in range(1, 101)])
    visto = muestras.resumen()
    assert (visto.peticiones, visto.errores, visto.mediana, visto.p95, visto.p99) == (100, 1, 50, 95, 99)
    assert (visto.minimo, visto.maximo, visto.media) == (1, 100, 50.5)
    assert percentil([1, 2, 3], 100) == 3
    assert len(COLUMNAS) == len(set(COLUMNAS))
