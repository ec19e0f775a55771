"""People sign in with a real Chromium at an OpenID provider, and see what is theirs.

In `make test-largo`, as all that wants a browser is: it takes a platform of its own, whose callers say who they are.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from tests.documento.plataforma import Viva, plataforma
from tests.navegador.conftest import Abrir
from tests.navegador.test_consola import CERRADO, ESCRITORIO, exigir_accesible

from seedwork.pruebas.proveedor_oidc import ProveedorOidc

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

    ana.locator("[data-accion=salir]").click()
    ana.get_by_text("Entrar").first.wait_for()
    ana.goto(f"{viva.url}/consola/sagas/{suscripcion}")
    ana.get_by_role("heading", name="Entrar en la consola").wait_for()
