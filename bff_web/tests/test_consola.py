"""The console's files: they hold together, stand alone, and are what they are said to be."""

import hashlib
import json
import re
from pathlib import PurePosixPath

import flask
import pytest
from flask.testing import FlaskClient

from bff_web import consola
from bff_web.consultas import CONTEXTOS
from bff_web.eventos.hechos import FILAS

PROPIOS = [f for f in sorted(consola.ESTATICOS.rglob("*")) if f.is_file() and "terceros" not in f.parts]
TERCEROS = consola.ESTATICOS / "terceros"
PESO = 150 * 1024
"""Octets that all of it may have, compressed, whichever pages are looked at."""


@pytest.fixture(scope="module")
def cliente() -> FlaskClient:
    app = flask.Flask(__name__)
    consola.registrar(app)
    return app.test_client()


def _guiones() -> dict[str, str]:
    return {f.relative_to(consola.ESTATICOS).as_posix(): f.read_text() for f in PROPIOS if f.suffix == ".js"}


def test_cada_modulo_que_se_importa_existe() -> None:
    importados = {
        (guion, (consola.ESTATICOS / guion).parent.joinpath(otro).resolve())
        for guion, texto in _guiones().items()
        for otro in re.findall(r"""(?:from|import)\s*\(?\s*"(\.[^"]+)\"""", texto)
    }
    assert len(importados) > 20
    assert [f"{guion}: {otro}" for guion, otro in importados if not otro.is_file()] == []


def _tabla(guion: str, nombre: str) -> dict[str, str]:
    """A table of a module's: what stands in each of its rows, by its key."""
    (filas,) = re.findall(rf"const {nombre} = \{{\n(.*?)\n\}};", _guiones()[f"js/{guion}.js"], re.DOTALL)
    return dict(re.findall(r'^  "?([\w-]*)"?: (.*),$', filas, re.MULTILINE))


def test_cada_pagina_tiene_su_modulo_y_cada_modulo_su_pagina() -> None:
    dichas = {pagina for lista in _tabla("aplicacion", "PAGINAS").values() for pagina in re.findall(r'"(\w+)"', lista)}
    assert {f.stem for f in (consola.ESTATICOS / "js/paginas").iterdir()} == dichas | {"noesta"}


def test_a_cada_pagina_se_llega_por_el_menu() -> None:
    (menu,) = re.findall(r"const MENU = \[\n(.*?)\n\];", _guiones()["js/aplicacion.js"], re.DOTALL)
    entradas = dict(re.findall(r'\["([\w]*)", "[^"]+", "(\w+)"\]', menu))
    assert entradas.keys() == _tabla("aplicacion", "PAGINAS").keys() - {"resultados"}, "one is where a command leads"
    assert {*entradas.values()} <= _tabla("componentes/icono", "TRAZOS").keys()


def test_lo_que_la_puerta_dice_tiene_sus_palabras() -> None:
    """What no table has, the page shows as the code that it is; nobody else would notice."""
    assert {fila.estado for fila in FILAS.values() if fila.estado} <= _tabla("textos", "ESTADOS").keys()
    assert _tabla("textos", "RUTAS").keys() == CONTEXTOS.keys()
    assert _tabla("textos", "SERVICIOS").keys() == CONTEXTOS.keys() | {"bff"}


def test_lo_que_la_pagina_nombra_existe() -> None:
    nombrados = re.findall(r"\{raiz\}estaticos/([^\"]+)", (consola.ESTATICOS / "indice.html").read_text())
    assert len(nombrados) > 5
    assert [n for n in nombrados if not (consola.ESTATICOS / n).is_file()] == []


def test_nada_se_trae_de_fuera_ni_va_escrito_en_la_pagina() -> None:
    for archivo in PROPIOS:
        texto = archivo.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"""(?:https?:|["'(=]\s*)//\w""", texto), archivo.name
    pagina = (consola.ESTATICOS / "indice.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", pagina)


def test_lo_ajeno_es_lo_que_se_publico() -> None:
    partes = json.loads((TERCEROS / "partes.json").read_text())["partes"]
    dichos = {nombre: huella for parte in partes for nombre, huella in parte["archivos"].items()}
    hay = {
        f.relative_to(TERCEROS).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in TERCEROS.rglob("*")
        if f.is_file() and f.name != "partes.json"
    }
    assert dichos == hay
    assert all(any("LICENSE" in nombre for nombre in parte["archivos"]) for parte in partes)


@pytest.mark.parametrize(
    "camino", ["/consola", "/consola/", "/consola/sagas", "/consola/sagas/0191/", "/consola/a/b/c"]
)
def test_la_pagina_halla_lo_suyo_tras_cualquier_prefijo(cliente: FlaskClient, camino: str) -> None:
    respuesta = cliente.get(camino)
    (guion,) = re.findall(r'script type="module" src="([^"]+)"', respuesta.text)
    ir: list[str] = []
    for parte in (PurePosixPath("/un/prefijo" + camino + "x").parent / guion).parts:
        ir = ir[:-1] if parte == ".." else [*ir, parte]
    assert "/".join(ir) == "//un/prefijo/consola/estaticos/js/aplicacion.js"
    assert respuesta.headers["Content-Security-Policy"] == consola.POLITICA


def test_un_archivo_se_guarda_y_se_pregunta_si_es_otro(cliente: FlaskClient) -> None:
    admite = {"Accept-Encoding": "gzip"}
    respuesta = cliente.get("/consola/estaticos/js/aplicacion.js", headers=admite)
    assert (respuesta.mimetype, respuesta.headers["Content-Encoding"]) == ("text/javascript", "gzip")
    assert (respuesta.headers["Cache-Control"], respuesta.headers["Vary"]) == ("no-cache", "Accept-Encoding")
    igual = cliente.get(
        "/consola/estaticos/js/aplicacion.js", headers=admite | {"If-None-Match": respuesta.headers["ETag"]}
    )
    assert (igual.status_code, igual.data) == (304, b"")


@pytest.mark.parametrize("camino", ["../__init__.py", "%2e%2e/__init__.py", "indice.html", "js", "js/otra.js", ""])
def test_no_se_sirve_otra_cosa(cliente: FlaskClient, camino: str) -> None:
    respuesta = cliente.get(f"/consola/estaticos/{camino}")
    assert respuesta.status_code == 404 or respuesta.mimetype == "text/html"
    assert b"def registrar" not in respuesta.data


def test_no_pesa(cliente: FlaskClient) -> None:
    archivos = [
        f.relative_to(consola.ESTATICOS).as_posix()
        for f in consola.ESTATICOS.rglob("*")
        if f.suffix in (".js", ".css", ".svg")
    ]
    octetos = [len(cliente.get(f"/consola/estaticos/{a}", headers={"Accept-Encoding": "gzip"}).data) for a in archivos]
    assert sum(octetos) < PESO
