"""Answers that are files: read a piece at a time, and written no faster than their clients read (ADR 40)."""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import chain

import flask

from seedwork.entrada.problemas import ErrorHttp
from seedwork.entrada.sitios import Sitio

SITIO_DE_DESCARGA = "seedwork.sitio_de_descarga"
"""In a request's environment, its :class:`~seedwork.entrada.sitios.Sitio`."""
_LLENO = "Se están bajando demasiados archivos a la vez: repítalo en unos segundos."
_TRAMO = re.compile(r"bytes=\s*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))\s*", re.I)
"""A single range; whatever else a client asks for is the whole (RFC 9110 §14.2)."""

Leer = Callable[[int, int], Iterator[bytes]]
"""``(from, up to) -> the octets between, a piece at a time``."""


class Descarga(flask.Response):
    """A file, or a piece of it. Where its octets end before its length does, its client's connection is cut."""


def descargar(leer: Leer, *, huella: str, octetos: int, tipo: str, nombre: str) -> flask.Response:
    """The answer to the request for a file: all of it, or the one range that is asked for, or what spares sending it.

    Args:
        leer: reads it; its first piece is read before anything is answered.
        huella: the SHA-256 of its content, which is its entity tag.
        octetos: its size.
        tipo: its media type.
        nombre: what its client is to call it.

    Raises:
        ErrorHttp: 412 and 416 where the request's conditions, or its range, are not met; 503 where too many files are
            sent.
        Exception: what ``leer`` raises at once.
    """
    pedido = flask.request
    if "If-Match" in pedido.headers and not pedido.if_match.contains(huella):
        raise ErrorHttp(HTTPStatus.PRECONDITION_FAILED, "El archivo no es el que se dijo.")
    conocido = pedido.if_none_match.contains_weak(huella)
    desde, hasta = (0, octetos) if conocido or pedido.method == "HEAD" else _rango(huella, octetos)
    respuesta = Descarga(status=HTTPStatus.PARTIAL_CONTENT if hasta - desde < octetos else HTTPStatus.OK)
    respuesta.set_etag(huella)
    respuesta.accept_ranges = "bytes"
    # Whoever keeps it asks each time whether it may still be shown.
    respuesta.headers["Cache-Control"] = "private, no-cache"
    if conocido:
        respuesta.status_code = HTTPStatus.NOT_MODIFIED
        return respuesta
    respuesta.content_type = tipo
    respuesta.content_length = hasta - desde
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}"'
    respuesta.headers["X-Content-Type-Options"] = "nosniff"
    if respuesta.status_code == HTTPStatus.PARTIAL_CONTENT:
        respuesta.headers["Content-Range"] = f"bytes {desde}-{hasta - 1}/{octetos}"
    if pedido.method != "HEAD":
        sitio: Sitio | None = pedido.environ.get(SITIO_DE_DESCARGA)
        if sitio is not None:
            sitio.tomar(_LLENO)
        trozos = leer(desde, hasta)
        respuesta.response = chain([next(trozos)], trozos)
    return respuesta


def _rango(huella: str, octetos: int) -> tuple[int, int]:
    """From where up to where the request asks for the file."""
    cabeceras = flask.request.headers
    dicho = _TRAMO.fullmatch(cabeceras.get("Range", ""))
    if dicho is None or cabeceras.get("If-Range", f'"{huella}"').strip() != f'"{huella}"':
        return 0, octetos
    primero, ultimo, del_final = dicho.groups()
    if del_final is not None:
        desde, hasta = max(0, octetos - int(del_final)), octetos
    else:
        desde, hasta = int(primero), min(octetos, int(ultimo) + 1) if ultimo else octetos
        if ultimo and int(ultimo) < desde:
            # None that can be (RFC 9110 §14.1.1).
            return 0, octetos
    if desde >= hasta:
        raise ErrorHttp(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "El archivo no llega hasta ahí.",
            cabeceras={"Content-Range": f"bytes */{octetos}"},
        )
    return desde, hasta
