"""Large texts are compressed for clients that take them so; what is the same each time, once."""

import gzip
import re

import flask

_DESDE = 2048
"""Octets from which on a text is worth compressing."""
_TEXTOS = re.compile(r"text/(?!event-stream).*|application/(?:.*\+)?(?:json|xml|javascript|yaml)|image/svg\+xml")
_NIVEL = 6
_archivos: dict[str, bytes] = {}
"""The installed files that pages ask for, compressed once."""


class Fija:
    """A view whose answer is the same each time: made, and compressed, as the application is put together.

    Args:
        carga: the answer's octets.
        tipo: their media type.
    """

    def __init__(self, carga: bytes, tipo: str) -> None:
        self._carga = carga
        self._comprimida = gzip.compress(carga, _NIVEL)
        self._tipo = tipo

    def __call__(self) -> flask.Response:
        """The answer, as its client takes it."""
        comprimida = admite(flask.request)
        respuesta = flask.Response(self._comprimida if comprimida else self._carga, content_type=self._tipo)
        respuesta.vary.add("Accept-Encoding")
        if comprimida:
            respuesta.content_encoding = "gzip"
        return respuesta


def comprimir(respuesta: flask.Response) -> None:
    """Compress an answer, if it is a large text and its client takes it so."""
    if (respuesta.content_length or 0) < _DESDE:
        return
    if respuesta.status_code != 200 or respuesta.content_encoding or not _TEXTOS.fullmatch(respuesta.mimetype or ""):
        return
    respuesta.vary.add("Accept-Encoding")
    pedido = flask.request
    if not admite(pedido):
        return
    if respuesta.direct_passthrough:
        # By what it is: its address can be spelled in ever so many ways.
        carga = _archivo_comprimido(respuesta, str(respuesta.get_etag()[0]))
    else:
        carga = gzip.compress(respuesta.get_data(), _NIVEL)
    respuesta.set_data(carga)
    respuesta.content_encoding = "gzip"
    etiqueta, _ = respuesta.get_etag()
    if etiqueta is not None:
        # Other octets, the same content.
        respuesta.set_etag(etiqueta, weak=True)


def admite(pedido: flask.Request) -> bool:
    """Whether a request's client takes its answer compressed, whole as it is then."""
    return bool(pedido.accept_encodings["gzip"]) and "Range" not in pedido.headers


def _archivo_comprimido(respuesta: flask.Response, cual: str) -> bytes:
    hecho = _archivos.get(cual)
    if hecho is None:
        respuesta.direct_passthrough = False
        hecho = _archivos[cual] = gzip.compress(respuesta.get_data(), _NIVEL)
    respuesta.close()
    respuesta.direct_passthrough = False
    return hecho
