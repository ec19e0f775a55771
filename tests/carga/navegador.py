"""The console in a real browser: what it weighs, when it can be used, and how long an event takes to its pixel.

    .venv/bin/python -m tests.carga.navegador

A whole platform and Debian's Chromium share the machine. An event's time begins when its service wrote it down
(`ocurrido`) and ends with the frame that shows its step: the outbox, the broker, the door and the browser lie between.
"""

import json
import statistics
from datetime import datetime
from typing import Annotated, Any

import typer
from playwright.sync_api import Browser
from rich.console import Console
from tests.documento.plataforma import plataforma
from tests.navegador.conftest import CERRADO, SIN_NAVEGADOR, en_marcha

MIRAR = """
window.vistos = {};
window.tareas = [];
new PerformanceObserver((l) => l.getEntries().forEach((t) => window.tareas.push(t.startTime + t.duration)))
  .observe({ type: "longtask", buffered: true });
new MutationObserver(() => {
  const nuevos = [...document.querySelectorAll("li.paso:not(.paso-debido)")]
    .map((li) => [li.dataset.paso, li.dataset.servicio, li.querySelector("time").dateTime].join(" "))
    .filter((paso) => !(paso in window.vistos));
  if (!nuevos.length) return;
  nuevos.forEach((paso) => { window.vistos[paso] = null; });
  // The frame after the next one begins when the next one has been drawn.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const ahora = performance.timeOrigin + performance.now();
    nuevos.forEach((paso) => { window.vistos[paso] = ahora; });
  }));
}).observe(document, { childList: true, subtree: true });
"""
PESO = """
() => {
  const todos = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const deEl = todos.filter((r) => r.name.includes("/consola"));
  return { archivos: deEl.length, red: deEl.reduce((s, r) => s + r.transferSize, 0) };
}
"""
LARGAS_MS = 1500
"""A task that holds the page up begins within so long of it, or has nothing to do with its start."""
EN_PANTALLA = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


def cargar(navegador: Browser, url: str) -> tuple[dict[str, Any], float, float]:
    """Open the overview with nothing kept from before.

    Returns:
        its files and their bytes on the wire; the milliseconds until something is seen, and until the newcomer's button
        can be pressed and no task of over 50 ms runs.
    """
    perfil = navegador.new_context()
    perfil.add_init_script(CERRADO + MIRAR)
    pagina = perfil.new_page()
    pagina.goto(f"{url}/consola/")
    pagina.locator("[data-accion=primera]").wait_for()
    hay = pagina.evaluate("performance.now()")
    pagina.wait_for_timeout(LARGAS_MS)
    libre = max([hay, *pagina.evaluate("window.tareas")])
    medido = pagina.evaluate(PESO), pagina.evaluate(EN_PANTALLA), libre
    perfil.close()
    return medido


def hasta_el_pixel(navegador: Browser, url: str, veces: int) -> list[float]:
    """Watch so many sagas from the newcomer's button on: of each step that came while the page was open, the ms."""
    perfil = navegador.new_context()
    perfil.add_init_script(CERRADO + MIRAR)
    pagina = perfil.new_page()
    tardan: list[float] = []
    for _ in range(veces):
        pagina.goto(f"{url}/consola/")
        pagina.locator("[data-accion=primera]").click()
        pagina.locator("[data-parte=linea][data-saga=COMPLETADA]").wait_for()
        pagina.wait_for_function("Object.values(window.vistos).every((v) => v !== null)")
        vistos: dict[str, float] = pagina.evaluate("window.vistos")
        primero = min(vistos.values())
        for paso, visto in vistos.items():
            ocurrido = 1000 * datetime.fromisoformat(paso.rpartition(" ")[2].replace("Z", "+00:00")).timestamp()
            # What the page found when it was opened took no way through a stream.
            if visto > primero or ocurrido > primero - 1:
                tardan.append(visto - ocurrido)
    perfil.close()
    return tardan


def main(sagas: Annotated[int, typer.Option(help="How many are watched.")] = 30) -> None:
    """Measure."""
    with en_marcha() as navegador:
        if navegador is None:
            raise typer.BadParameter(SIN_NAVEGADOR)
        with plataforma(Console(stderr=True)) as viva:
            cargas = [cargar(navegador, viva.url) for _ in range(5)]
            hasta_el_pixel(navegador, viva.url, 6)
            tardan = hasta_el_pixel(navegador, viva.url, sagas)
    cortes = statistics.quantiles(tardan, n=20)
    cifras = {
        "archivos": cargas[0][0]["archivos"],
        "kB en la red": round(cargas[0][0]["red"] / 1000, 1),
        "ms hasta lo primero": round(statistics.median(c[1] for c in cargas)),
        "ms hasta poder usarla": round(statistics.median(c[2] for c in cargas)),
        "pasos": len(tardan),
        "ms hasta el pixel p50": round(cortes[9]),
        "p95": round(cortes[18]),
    }
    print(json.dumps(cifras, ensure_ascii=False))


if __name__ == "__main__":
    typer.run(main)
