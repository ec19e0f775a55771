"""The overview, as an operator watches it: live, in words too, and through a door that is lost for a while."""

import json
import re
from pathlib import Path

import pytest
import urllib3
from playwright.sync_api import Page, expect
from tests.documento.plataforma import Viva
from tests.navegador.conftest import MIRAR_SALTOS, SALTAR, Abrir
from tests.saga.espera import hasta

from contratos.ejemplos import SUSCRIPCION

pytestmark = [pytest.mark.integracion, pytest.mark.largo]


def nota(pagina: Page) -> str:
    return pagina.locator('[data-ficha="sagas"] .ficha-nota').inner_text()


def test_se_ve_en_vivo_y_cuando_la_puerta_falta_se_dice(viva: Viva, abrir: Abrir, capturas: Path) -> None:
    pagina = abrir(f"{viva.url}/consola", al_empezar=MIRAR_SALTOS)
    expect(pagina.locator("[data-servicio]")).to_have_count(4)
    expect(pagina.locator('[data-servicio] [data-estado="BIEN"]')).to_have_count(4)

    antes = nota(pagina)
    orden = urllib3.request(
        "POST",
        f"{viva.url}/suscripciones/suscripcion-comando",
        body=SUSCRIPCION,
        headers={"Content-Type": "application/json"},
    )
    assert orden.status == 202
    hasta(lambda: nota(pagina) != antes, "la saga se ve sin recargar")

    dicho = pagina.locator('[data-ficha="peticiones"] [role="img"]')
    expect(dicho).to_have_attribute("aria-label", re.compile(r"ahora .+, mínimo .+, máximo "))
    pagina.screenshot(path=capturas / "panorama.png")

    pagina.route("**/panorama", lambda ruta: ruta.abort())
    expect(pagina.locator('[data-frescura="perdida"]')).to_be_visible()
    expect(pagina.locator("[data-servicio]")).to_have_count(4)
    pagina.unroute("**/panorama")
    expect(pagina.locator('[data-frescura="viva"]')).to_be_visible()
    assert pagina.evaluate("window.saltos") < SALTAR


def test_de_quien_no_se_sabe_y_lo_aparcado_se_dice_y_lleva_a_sus_cartas(viva: Viva, abrir: Abrir) -> None:
    """What a platform in good health never says, said by the door's own answer, changed on its way."""
    cruda = hasta(lambda: (r := urllib3.request("GET", f"{viva.url}/panorama")).status == 200 and r.json(), "se sabe")
    uno, otro = cruda["servicios"][:2]
    uno |= {"estado": "SIN_DATOS", "motivo": "sin respuesta en 0.8 s", "atraso_segundos": None, "instancias": None}
    otro |= {"instancias": 1, "instancias_deseadas": 3, "cartas_muertas": 2}
    cruda["sagas"]["atascadas"], cruda["imagenes_apartadas"] = 2, 3
    cruda["historia"]["imagenes_por_segundo"] = [None for _ in cruda["historia"]["momento"]]
    pagina = abrir(f"{viva.url}/consola/planes", viewport={"width": 390, "height": 844})
    pagina.route("**/panorama", lambda ruta: ruta.fulfill(body=json.dumps(cruda), content_type="application/json"))
    pagina.goto(f"{viva.url}/consola")
    fila = pagina.locator(f'[data-servicio="{uno["nombre"]}"]')
    expect(fila.locator('[data-estado="SIN_DATOS"]')).to_be_visible()
    for donde, que in (("/sagas?estado=EN_CURSO", "2 atascadas"), ("/cuarentena", "3 por decidir")):
        expect(pagina.locator(f"[data-pendientes][href$='{donde}']")).to_have_text(que)
    expect(fila).to_contain_text("sin respuesta en 0.8 s")
    expect(pagina.locator('[data-ficha="imagenes"] [role="img"]')).to_have_attribute(
        "aria-label", re.compile("sin datos")
    )
    cartas = pagina.locator(f'[data-servicio="{otro["nombre"]}"] a')
    expect(cartas).to_have_attribute("href", f"/consola/cartas?servicio={otro['nombre']}")
    # Nothing of it is wider than a phone.
    assert pagina.evaluate("document.documentElement.scrollWidth <= innerWidth")
