"""One page of a run, with pictures: how long requests took, how many there were, who worked how much, what waited."""

import html
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

import pygal
from pygal.style import CleanStyle
from tests.experimento1.jmeter import Muestras, percentil
from tests.experimento1.vigia import Serie, Vigia

# Its hook for plug-ins knows only how Python found modules long ago; whoever goes over all hooks stumbles over it.
sys.meta_path[:] = [gancho for gancho in sys.meta_path if hasattr(gancho, "find_spec")]

TRAMOS = (3, 5, 7, 10, 15, 20, 30, 40, 60, 100, 300, 1000)
"""Bounds of the distribution's bars, in milliseconds."""
VENTANA_S = 2.0
_VISTAS = ("bff-1", "bff-2", "balanceador", "pulsar", "postgres", "jmeter")
_COLORES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#8C6D31", "#999999", "#000000")
_ESTILO = CleanStyle(
    colors=_COLORES,
    background="white",
    plot_background="white",
    font_family="sans-serif",
    legend_font_size=13,
    label_font_size=12,
)


def dibujar(muestras: Muestras, vigia: Vigia, carpeta: Path) -> list[str]:
    """Write the pictures as SVG files, and give their names."""
    cero = muestras[0].comienzo
    dibujos = {
        "latencia.svg": _latencia(muestras),
        "ritmo.svg": _ritmo(muestras),
        "cpu.svg": _lineas("CPU of each part, % of one core", "s", vigia.cpu, cero, _que_se_ve(vigia.cpu)),
        "espera.svg": _lineas("age of the oldest command that waits, s", "s", vigia.espera_s, cero, vigia.espera_s),
    }
    for nombre, dibujo in dibujos.items():
        guardar(dibujo, carpeta / nombre)
    return list(dibujos)


def guardar(dibujo: pygal.graph.graph.Graph, archivo: Path) -> None:
    """Write a picture without scripts: where it is shown as an image none would run."""
    dibujo.add_xml_filter(_sin_guiones)
    archivo.write_bytes(dibujo.render())


def _sin_guiones(raiz: Element) -> Element:
    for padre in list(raiz.iter()):
        for hijo in list(padre):
            if str(hijo.tag).endswith("script"):
                padre.remove(hijo)
    return raiz


def escribir(titulo: str, tablas: Sequence[Mapping[str, str]], notas: Sequence[str], carpeta: Path) -> Path:
    """Write the page that shows tables, notes and pictures, and give where it is."""
    partes = [f"<h1>{html.escape(titulo)}</h1>"]
    for tabla in tablas:
        filas = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in tabla.items())
        partes.append(f"<table>{filas}</table>")
    partes += ["<ul>", *(f"<li>{html.escape(nota)}</li>" for nota in notas), "</ul>"]
    partes += [f'<p><img src="{dibujo.name}" alt="{dibujo.stem}"></p>' for dibujo in sorted(carpeta.glob("*.svg"))]
    partes.append('<p><a href="html/index.html">JMeter’s own report</a></p>')
    estilo = "body{font-family:sans-serif;max-width:60em;margin:2em auto}th{text-align:left;padding-right:1em}"
    estilo += "td{text-align:right}table{margin-bottom:1em}img{width:100%}"
    cabeza = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(titulo)}</title>'
    pagina = carpeta / "index.html"
    pagina.write_text(f"{cabeza}<style>{estilo}</style>{''.join(partes)}</html>", encoding="utf-8")
    return pagina


def lineas(titulo: str, eje: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> pygal.XY:
    """A picture of lines; the axes begin where the values do."""
    dibujo = pygal.XY(**_comunes(titulo), x_title=eje, show_dots=False, stroke_style={"width": 1.5})
    for nombre, puntos in series.items():
        dibujo.add(nombre, [(round(x, 1), round(y, 2)) for x, y in puntos])
    return dibujo


def _comunes(titulo: str) -> dict[str, object]:
    return {
        "title": titulo,
        "style": _ESTILO,
        "js": (),
        "width": 860,
        "height": 380,
        "legend_at_bottom": True,
        "explicit_size": True,
        "show_x_guides": False,
    }


def _latencia(muestras: Muestras) -> pygal.Bar:
    cuentas = [0] * (len(TRAMOS) + 1)
    for muestra in muestras:
        cuentas[sum(muestra.ms >= tramo for tramo in TRAMOS)] += 1
    dibujo = pygal.Bar(**_comunes("requests by how long they took, ms"), show_legend=False)
    dibujo.x_labels = [f"< {tramo}" for tramo in TRAMOS] + [f"≥ {TRAMOS[-1]}"]
    dibujo.add("", cuentas)
    return dibujo


def _ritmo(muestras: Muestras) -> pygal.XY:
    cero = muestras[0].comienzo
    ventanas: dict[int, list[float]] = {}
    for muestra in muestras:
        ventanas.setdefault(int((muestra.comienzo - cero) / VENTANA_S), []).append(muestra.ms)
    ritmo = [(n * VENTANA_S, len(suyas) / VENTANA_S) for n, suyas in sorted(ventanas.items())]
    por = {
        cual: [(n * VENTANA_S, percentil(sorted(suyas), cual)) for n, suyas in sorted(ventanas.items())]
        for cual in (50, 95)
    }
    series = {"requests a second": ritmo, "p50, ms": por[50], "p95, ms": por[95]}
    return lineas("requests a second, and how long they took", "s", series)


def _que_se_ve(cpu: Mapping[str, Serie]) -> list[str]:
    return [n for n in cpu if n in _VISTAS or (n.startswith("procesamiento-") and not n.endswith("-api"))]


def _lineas(titulo: str, eje: str, series: Mapping[str, Serie], cero: float, cuales: object) -> pygal.XY:
    vistas = {n: [(t - cero, v) for t, v in series[n].puntos] for n in series if n in cuales}  # type: ignore[operator]
    return lineas(titulo, eje, vistas)
