"""Whose pages may ask the door from a browser (CORS): those whose origin a setting names, and by default nobody's."""

from collections.abc import Collection

import flask

from bff_web.idempotencia import CABECERA
from seedwork.entrada.http import CABECERA_CORRELACION

_METODOS = "GET, HEAD, POST"
_CONDICIONES = ("Range", "If-Range", "If-None-Match")
_ADMITIDAS = ", ".join(["Authorization", "Content-Type", CABECERA, CABECERA_CORRELACION, "traceparent", *_CONDICIONES])
_MOSTRADAS = ", ".join(["Location", "Retry-After", "ETag", "Content-Range", "WWW-Authenticate", CABECERA_CORRELACION])
_RECUERDO_S = "600"


def admitir(app: flask.Flask, origenes: Collection[str]) -> None:
    """Let pages of these origins ask, with a token that they name themselves: the console's cookie is not theirs."""
    if not origenes:
        return

    @app.after_request
    def _decir(respuesta: flask.Response) -> flask.Response:
        pedido, cabeceras = flask.request, respuesta.headers
        cabeceras.add("Vary", "Origin")
        origen = pedido.headers.get("Origin", "")
        if origen in origenes:
            cabeceras["Access-Control-Allow-Origin"] = origen
            cabeceras["Access-Control-Expose-Headers"] = _MOSTRADAS
            if pedido.method == "OPTIONS" and "Access-Control-Request-Method" in pedido.headers:
                cabeceras["Access-Control-Allow-Methods"] = _METODOS
                cabeceras["Access-Control-Allow-Headers"] = _ADMITIDAS
                cabeceras["Access-Control-Max-Age"] = _RECUERDO_S
        return respuesta
