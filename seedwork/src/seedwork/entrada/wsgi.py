"""A request as a WSGI application is told of it (PEP 3333), from what aiohttp read of it."""

import ipaddress
import re
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import IOBase
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from aiohttp import web
from werkzeug.wsgi import FileWrapper

TROZO = 64 * 1024
"""Octets of a large answer that are written at a time."""
REPETIDAS = "seedwork.repetidas"
"""In a request's environment, the headers that came more than once, by their names there; their values are one, with
commas, as is right for a list alone (RFC 9110 §5.3)."""
_PREFIJO = re.compile(r"(?:/(?!\.+(?:/|$))[A-Za-z0-9._~-]+)+")

Red = ipaddress.IPv4Network | ipaddress.IPv6Network


def de_la_conexion(cliente: Any, propia: Any, proxies: Sequence[Red], *, cifrada: bool = False) -> dict[str, Any]:
    """What is the same for all of a connection's requests.

    Args:
        cliente: the other's address, as the socket tells it.
        propia: ours.
        proxies: from whose addresses ``X-Forwarded-*`` count.
        cifrada: whether it is TLS.
    """
    # An IPv4 client of a socket for both families is told as what it is.
    direccion = (cliente or ("",))[0].removeprefix("::ffff:")
    servidor = propia or ("", 0)
    return {
        "SCRIPT_NAME": "",
        "REMOTE_ADDR": direccion,
        "SERVER_NAME": servidor[0],
        "SERVER_PORT": str(servidor[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if cifrada else "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": lambda archivo, _octetos=0: FileWrapper(archivo, TROZO),
        "seedwork.de_confianza": _es_de(direccion, proxies),
    }


def de_la_peticion(
    conexion: Mapping[str, Any], pedido: web.BaseRequest, cuerpo: IOBase, largo: int | None, proxies: Sequence[Red]
) -> dict[str, Any]:
    """A request's own environment.

    Args:
        conexion: what its connection's requests have in common.
        largo: the body's length, where it has one.
    """
    entorno = dict(conexion)
    destino = pedido.message.path
    if not destino.startswith("/") and destino != "*":
        partes = urlsplit(destino)
        destino = f"{partes.path or '/'}?{partes.query}"
    ruta, _, consulta = destino.partition("#")[0].partition("?")
    octetos = ruta.encode("utf-8", "surrogateescape")
    entorno["REQUEST_METHOD"] = pedido.method
    entorno["PATH_INFO"] = (unquote_to_bytes(octetos) if b"%" in octetos else octetos).decode("latin-1")
    entorno["QUERY_STRING"] = consulta.encode("utf-8", "surrogateescape").decode("latin-1")
    entorno["SERVER_PROTOCOL"] = f"HTTP/{pedido.version.major}.{pedido.version.minor}"
    repetidas = set()
    for nombre, valor in pedido.raw_headers:
        clave = _clave(nombre)
        if clave is not None:
            texto = valor.decode("latin-1")
            if clave in entorno:
                repetidas.add(clave)
                texto = f"{entorno[clave]},{texto}"
            entorno[clave] = texto
    if repetidas:
        entorno[REPETIDAS] = repetidas
    if "HTTP_CONTENT_TYPE" in entorno:
        entorno["CONTENT_TYPE"] = entorno.pop("HTTP_CONTENT_TYPE")
    # Whoever offers another protocol is answered in this one (RFC 9110 §7.8).
    entorno.pop("HTTP_UPGRADE", None)
    # The body is whole, and in no pieces any more.
    entorno.pop("HTTP_CONTENT_LENGTH", None)
    entorno.pop("HTTP_TRANSFER_ENCODING", None)
    con_cuerpo(entorno, cuerpo, largo)
    if entorno.pop("seedwork.de_confianza"):
        _reenviado(entorno, proxies)
    return entorno


def con_cuerpo(entorno: dict[str, Any], cuerpo: IOBase, largo: int | None) -> None:
    """Put a request's body into its environment, and the body's length where it has one."""
    entorno["wsgi.input"] = cuerpo
    if largo is not None:
        entorno["CONTENT_LENGTH"] = str(largo)


@lru_cache(256)
def _clave(nombre: bytes) -> str | None:
    """A header's name in the environment; one with an underscore has none, since it would pass for another."""
    return None if b"_" in nombre else "HTTP_" + nombre.decode("latin-1").upper().replace("-", "_")


def _es_de(direccion: str, redes: Sequence[Red]) -> bool:
    try:
        ip = ipaddress.ip_address(direccion)
    except ValueError:
        return False
    return any(ip in red for red in redes)


def _reenviado(entorno: dict[str, Any], redes: Sequence[Red]) -> None:
    """What a proxy that is trusted tells of its client: the last address that is none of a trusted proxy's."""
    for dicha in reversed([d.strip() for d in entorno.get("HTTP_X_FORWARDED_FOR", "").split(",") if d.strip()]):
        try:
            entorno["REMOTE_ADDR"] = str(ipaddress.ip_address(dicha))
        except ValueError:
            break
        if not _es_de(dicha, redes):
            break
    esquema = entorno.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
    if esquema in ("http", "https"):
        entorno["wsgi.url_scheme"] = esquema
    prefijo = entorno.get("HTTP_X_FORWARDED_PREFIX", "").strip().rstrip("/")
    if _PREFIJO.fullmatch(prefijo):
        entorno["SCRIPT_NAME"] = prefijo
