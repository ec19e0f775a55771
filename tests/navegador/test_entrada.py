"""People sign in with a real Chromium at an OpenID provider, and see what is theirs.

In `make test-largo`, as all that wants a browser is: it takes a platform of its own, whose callers say who they are.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from tests.documento.plataforma import Viva, plataforma
from tests.navegador.conftest import CERRADO, Abrir
from tests.navegador.test_consola import ESCRITORIO, exigir_accesible

from contratos.ejemplos import SUSCRIPCION
from seedwork.pruebas.proveedor_oidc import ProveedorOidc

RECETA = Path(__file__).parents[2] / "docs/clientes-web.md"

pytestmark = [pytest.mark.integracion, pytest.mark.largo]


@pytest.fixture(scope="module")
def proveedor(navegador: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProveedorOidc]:
    este = ProveedorOidc(tmp_path_factory.mktemp("identidad"))
    yield este
    este.cerrar()


@pytest.fixture(scope="module")
def viva(proveedor: ProveedorOidc) -> Iterator[Viva]:
    with plataforma(Console(quiet=True), "oidc", **proveedor.entorno) as viva:
        yield viva


def entrar(abrir: Abrir, viva: Viva, proveedor: ProveedorOidc, quien: str) -> Page:
    """The whole round, from the console to the provider and back to where it began."""
    pagina = abrir(f"{viva.url}/consola/suscripciones", al_empezar=CERRADO, viewport=ESCRITORIO, y=proveedor.emisor)
    pagina.get_by_role("heading", name="Entrar en la consola").wait_for()
    exigir_accesible(pagina)
    pagina.get_by_role("link", name="Entrar con su cuenta").click()
    pagina.locator("[name=quien]").fill(quien)
    pagina.locator("[type=submit], button").first.click()
    pagina.get_by_text(quien, exact=True).wait_for()
    return pagina


def test_cada_quien_entra_ve_lo_suyo_y_sale(viva: Viva, proveedor: ProveedorOidc, abrir: Abrir, capturas: Path) -> None:
    ana = entrar(abrir, viva, proveedor, "ana")
    ana.goto(f"{viva.url}/consola/")
    ana.locator("[data-accion=primera]").click()
    ana.locator("[data-parte=linea][data-saga=COMPLETADA]").wait_for()
    suscripcion = ana.url.rpartition("/")[2]
    # The cookie is out of reach of whatever runs in the page.
    galletas = {g["name"]: g for g in ana.context.cookies() if g["name"].endswith("saludtech_sesion")}
    assert [(g["httpOnly"], g["sameSite"]) for g in galletas.values()] == [(True, "Strict")]
    assert "saludtech" not in ana.evaluate("document.cookie")
    # What is an operator's is not hers.
    ana.goto(f"{viva.url}/consola/cartas")
    expect(ana.locator("main")).to_contain_text("permi")

    olga = entrar(abrir, viva, proveedor, "olga")
    olga.goto(f"{viva.url}/consola/sagas/{suscripcion}")
    olga.locator("[data-parte=linea][data-saga=COMPLETADA]").wait_for()
    olga.goto(f"{viva.url}/consola/auditoria?quien=ana")
    olga.get_by_role("cell", name="ana", exact=True).first.wait_for()
    olga.screenshot(path=capturas / "consola-auditoria.png")

    # However long a name the provider has for her, on a phone the page is as wide as that.
    ana.set_viewport_size({"width": 360, "height": 740})
    ana.evaluate("document.querySelector('.quien > span').textContent = 'auth0|5f7c8ec7c33c6c004bbafe82'")
    assert ana.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ana.locator("[data-accion=salir]").click()
    ana.get_by_text("Entrar").first.wait_for()
    ana.goto(f"{viva.url}/consola/sagas/{suscripcion}")
    ana.get_by_role("heading", name="Entrar en la consola").wait_for()


def test_una_pagina_espera_a_lo_que_viene_de_su_comando(viva: Viva, proveedor: ProveedorOidc, abrir: Abrir) -> None:
    """By the lines that docs/clientes-web.md gives, as they stand there."""
    ana = entrar(abrir, viva, proveedor, "ana")
    funciones, uso = re.findall(r"^```js\n(.*?)^```$", RECETA.read_text("utf-8"), re.MULTILINE | re.DOTALL)

    def correr(lineas: str, cuerpo: object) -> Any:
        con_sesion = 'const { csrf } = await (await fetch("/consola/sesion")).json();'
        return ana.evaluate(f"async (cuerpo) => {{ {funciones} {con_sesion} {lineas} }}", cuerpo)

    orden = json.loads(SUSCRIPCION)
    hecha = correr(f"{uso} return {{ aceptado, fin }};", orden)
    assert hecha["fin"]["estado"] == "ACTIVA"
    assert hecha["fin"]["id_suscripcion"] == hecha["aceptado"]["id_suscripcion"]
    platino = {"plan": {"codigo": "platino", "nombre": "Platino"}}
    assert correr(f"{uso} return fin;", orden | platino)["estado"] == "RECHAZADA"
    # A command that itself is refused, about what stays as it is: heard, since there is nothing to look at.
    a_oido = """
        const aceptado = await mandar(cuerpo.ruta, cuerpo.orden, { "X-CSRF-Token": csrf });
        return esperar({ ...aceptado, comando: "/nada", consulta: "/nada" }, () => false).catch((hecho) => hecho);
    """
    rechazo = correr(a_oido, {"ruta": f"{hecha['aceptado']['consulta']}/plan-comando", "orden": platino})
    assert (rechazo["tipo"], rechazo["motivo"]) == ("ComandoSuscripcionRechazado", "PLAN_DESCONOCIDO")
