"""The console: a page in the browser, made of files that are served as they lie here, and asks the door as all do.

There is nothing of anybody in these files, so whoever comes may have them; what the page shows, it is answered by the
door's own queries, by their rules. One page stands at every address below ``/consola``: which one is seen, it decides
itself (docs/adr/0054).
"""

import functools
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import flask
from werkzeug.exceptions import NotFound

from seedwork.entrada.compresion import admite
from seedwork.entrada.proteccion import CSP

ESTATICOS: Final = Path(__file__).parent / "estaticos"
"""What the page is made of."""
PUBLICAS: Final = frozenset({"consola", "consola.pagina", "consola.estaticos"})
"""The routes' names."""
POLITICA: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""What the page may do: run and wear what is served here, and ask the door. It shows pictures of its own making too."""

_PAGINA = "indice.html"
_RAIZ = "{raiz}"
_HONDURA = 8
_COMPRIMIBLES = frozenset({".css", ".html", ".js", ".json", ".svg", ""})
# What the machine that serves says of a suffix is not to be asked: a module of another type is not run.
_TIPOS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml", "": "text/plain"}


@dataclass(frozen=True, slots=True)
class _Archivo:
    """A file, as it is sent."""

    carga: bytes
    comprimida: bytes | None
    tipo: str
    etiqueta: str


def registrar(app: flask.Flask) -> None:
    """Add ``/consola``, every address below it, and what the page is made of."""
    app.add_url_rule("/consola", "consola", lambda: _pagina("consola/"))
    app.add_url_rule("/consola/", "consola.pagina", _de_camino)
    app.add_url_rule("/consola/<path:camino>", "consola.pagina")
    app.add_url_rule("/consola/estaticos/<path:camino>", "consola.estaticos", _estatico)

    @app.after_request
    def _dejar_correr(respuesta: flask.Response) -> flask.Response:
        if flask.request.endpoint in PUBLICAS:
            respuesta.headers[CSP] = POLITICA
        return respuesta


def _de_camino(camino: str = "") -> flask.Response:
    """Its page's own addresses are some parts deep; deeper ones nobody made, and each would be a page to be kept."""
    if camino.count("/") > _HONDURA:
        raise NotFound
    return _pagina("../" * camino.count("/"))


def _pagina(raiz: str) -> flask.Response:
    """The page, with its references relative to where it is asked for: whatever stands before ``/consola``, they
    hold."""
    return _respuesta(_archivo(_PAGINA, raiz))


def _estatico(camino: str) -> flask.Response:
    if camino not in _todos():
        raise NotFound
    return _respuesta(_archivo(camino))


@functools.cache
def _todos() -> frozenset[str]:
    """What there is, by its path: nothing else is looked for, however it is spelled."""
    return frozenset(
        archivo.relative_to(ESTATICOS).as_posix()
        for archivo in ESTATICOS.rglob("*")
        if archivo.is_file() and archivo.name != _PAGINA
    )


@functools.lru_cache(maxsize=256)
def _archivo(camino: str, raiz: str = "") -> _Archivo:
    """A file, read and compressed once."""
    archivo = ESTATICOS / camino
    carga = archivo.read_bytes()
    if camino == _PAGINA:
        carga = carga.replace(_RAIZ.encode(), raiz.encode())
    tipo = _TIPOS.get(archivo.suffix) or mimetypes.guess_type(archivo.name)[0] or "application/octet-stream"
    comprimida = gzip.compress(carga, mtime=0) if archivo.suffix in _COMPRIMIBLES else None
    return _Archivo(carga, comprimida, tipo, hashlib.sha256(carga).hexdigest()[:32])


def _respuesta(archivo: _Archivo) -> flask.Response:
    comprimida = archivo.comprimida if admite(flask.request) else None
    respuesta = flask.Response(archivo.carga if comprimida is None else comprimida, mimetype=archivo.tipo)
    respuesta.vary.add("Accept-Encoding")
    if comprimida is not None:
        respuesta.content_encoding = "gzip"
    # Kept, and asked for again each time, which costs a line: a door made anew is seen at once, and whole.
    respuesta.cache_control.no_cache = True
    respuesta.set_etag(archivo.etiqueta, weak=True)
    respuesta.make_conditional(flask.request)
    return respuesta
