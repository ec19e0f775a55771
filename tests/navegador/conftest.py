"""A real Chromium before a real platform, for the tests of what people see (docs/adr/0054).

Debian's Chromium, or whichever is installed: nothing is fetched. Where there is none these tests are skipped, and the
run's last line says so.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from tests.documento.plataforma import Viva, plataforma

PROGRAMAS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIN_NAVEGADOR = "NO BROWSER: NO PAGE WAS SEEN IN ONE. Install Chromium (on Debian and Ubuntu: apt install chromium)."
CAPTURAS = Path(os.environ.get("CAPTURAS") or Path(__file__).parents[2] / "build/capturas")
"""Where the pictures go; `make capturas` has docs/imagenes instead."""

CERRADO = "localStorage.setItem('saludtech.recorrido', JSON.stringify({ paso: 0, cerrado: true }));"
"""The tour has been taken: it lies over no picture."""
SALTAR = 0.05
"""More than so much of a page must not move by itself (https://web.dev/articles/cls calls 0.1 good)."""
MIRAR_SALTOS = """window.saltos = 0; new PerformanceObserver((vistos) => {
  for (const v of vistos.getEntries()) if (!v.hadRecentInput) window.saltos += v.value;
}).observe({ type: "layout-shift", buffered: true });"""
"""Has a page count, in ``window.saltos``, how much of it moved."""

Abrir = Callable[..., Page]
_ABIERTAS = pytest.StashKey[list[Page]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Of a test that fails, keep what its pages look like: build/capturas/fallo-….png."""
    informe = yield
    if informe.when == "call" and informe.failed:
        for n, pagina in enumerate(item.stash.get(_ABIERTAS, [])):
            pagina.screenshot(path=CAPTURAS / f"fallo-{item.name}-{n}.png")
    return informe


@contextmanager
def en_marcha() -> Iterator[Browser | None]:
    """The browser in the body, without a window; None where none is installed."""
    programa = next(filter(None, map(shutil.which, PROGRAMAS)), None)
    if programa is None:
        yield None
        return
    # Root, as whom containers often run, may have it without its sandbox alone.
    aislado = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        navegador = playwright.chromium.launch(executable_path=programa, args=[*aislado, "--disable-dev-shm-usage"])
        yield navegador
        navegador.close()


@pytest.fixture(scope="package")
def navegador() -> Iterator[Browser]:
    """The browser; gone before other tests, since the process that drives it has a loop running."""
    with en_marcha() as navegador:
        if navegador is None:
            pytest.skip(SIN_NAVEGADOR)
        yield navegador


@pytest.fixture(scope="package")
def viva(navegador: Browser) -> Iterator[Viva]:
    """A platform where nobody is asked who they are, whose saga's page links to traces."""
    with plataforma(Console(quiet=True)) as viva:
        yield viva


@pytest.fixture
def abrir(navegador: Browser, request: pytest.FixtureRequest) -> Iterator[Abrir]:
    """Opens a page in a profile of its own, with the browser's own options (`viewport`, `color_scheme` …), and a
    script that is run before the page's (`al_empezar`). Nothing is asked of any host but its own, and another (`y`).

    At the end of the test no page may have failed: no error that nobody caught, nothing that its own policy (CSP)
    forbade, nothing asked of another host.
    """
    perfiles, faltas = [], []
    abiertas = request.node.stash.setdefault(_ABIERTAS, [])

    def abrir(url: str, al_empezar: str = "", y: str = "", **opciones: Any) -> Page:
        perfil = navegador.new_context(locale="es-CO", timezone_id="America/Bogota", **opciones)
        perfil.add_init_script(al_empezar)
        perfiles.append(perfil)
        pagina = perfil.new_page()
        abiertas.append(pagina)
        pagina.set_default_timeout(60_000)
        pagina.on("pageerror", lambda error: faltas.append(f"{pagina.url}: {error}"))
        pagina.on(
            "console", lambda dicho: faltas.append(dicho.text) if "Content Security Policy" in dicho.text else None
        )
        anfitriones = {de.split("/")[2] for de in (url, y) if de}
        pagina.on(
            "request",
            lambda pedido: (
                faltas.append(f"asked of another: {pedido.url}")
                if pedido.url.startswith("http") and pedido.url.split("/")[2] not in anfitriones
                else None
            ),
        )
        pagina.goto(url)
        return pagina

    yield abrir
    for perfil in perfiles:
        perfil.close()
    assert faltas == []


@pytest.fixture(scope="session")
def capturas() -> Path:
    """The folder of the pictures that these tests take."""
    CAPTURAS.mkdir(parents=True, exist_ok=True)
    return CAPTURAS
