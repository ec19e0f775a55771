"""The shape that every Flask application shares: problem+json errors, health, metrics, correlation ids."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import flask
import structlog
import uuid_utils
from flask.json.provider import DefaultJSONProvider
from prometheus_client import Histogram

from contratos.consultas import Respuesta
from seedwork.dominio.reglas import es_id
from seedwork.entrada.problemas import ErrorHttp, registrar_errores
from seedwork.entrada.salud import Comprobacion, Papel, crear_salud

CABECERA_CORRELACION = "X-Correlation-Id"
CABECERA_CONSULTANTE = "X-Consultante"
"""By which the door tells a service who asks. The door alone sets it; what a client sends under it goes no further."""
ANONIMO = "anonimo"
"""Who asks, where nobody was authenticated."""

_SIN_HOST = ("HTTP/1.0", "HTTP/0.9")
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{0,5}))?")
_MAXIMO_PUERTO = 65535

SOLICITUDES = Histogram(
    "saludtech_http_segundos",
    "Seconds from a request's arrival in the application to its answer",
    ["ruta", "metodo", "estado"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


class _App(flask.Flask):
    """A Flask whose views are all plain functions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: to look whether it is a coroutine costs more than most of what is asked here."""
        return func


class _Json(DefaultJSONProvider):
    """Fields in the order in which they were written, accents as themselves."""

    sort_keys = False
    ensure_ascii = False

    @staticmethod
    def default(o: Any) -> Any:
        """An answer within another is its fields."""
        return vars(o) if isinstance(o, Respuesta) else DefaultJSONProvider.default(o)


def correlacion() -> str:
    """The correlation id of the request being handled: an id, so that messages may bear it."""
    return str(flask.g.correlacion)


def consultante() -> str:
    """Who asks, as the door tells: an id; :data:`ANONIMO` where it tells nobody, or what is no id."""
    dicho = flask.request.headers.get(CABECERA_CONSULTANTE, "")
    return dicho if es_id(dicho) else ANONIMO


def regla(ruta: str) -> str:
    """An address as Flask writes it: ``/suscripciones/<id_suscripcion>``."""
    return ruta.replace("{", "<").replace("}", ">")


def crear_app(
    requeridas: Mapping[str, Comprobacion] | None = None,
    informativas: Mapping[str, Comprobacion] | None = None,
    papeles: Mapping[str, Papel] | None = None,
) -> flask.Flask:
    """A Flask application with the shared shape; the checks are those of :func:`equipar`."""
    app = _App(__name__, static_folder=None)
    equipar(app, requeridas, informativas, papeles)
    return app


def equipar(
    app: flask.Flask,
    requeridas: Mapping[str, Comprobacion] | None = None,
    informativas: Mapping[str, Comprobacion] | None = None,
    papeles: Mapping[str, Papel] | None = None,
) -> None:
    """Give an application the shared shape.

    Args:
        app: the application, before its routes are added.
        requeridas: by name, the checks of the parts without which it is not ready.
        informativas: by name, the checks of parts that are shown beside them and never fail it.
        papeles: by name, what a part is among others alike, shown likewise.
    """
    # Two slashes in a row are an unknown address, not a redirect with a page of HTML.
    app.url_map.merge_slashes = False
    app.json = _Json(app)
    registrar_errores(app)
    app.before_request(_empezar)
    app.after_request(_terminar)
    app.register_blueprint(crear_salud(requeridas or {}, informativas or {}, papeles or {}))


def _empezar() -> None:
    comun = flask.g
    comun.inicio = time.perf_counter()
    recibida = flask.request.headers.get(CABECERA_CORRELACION, "")
    comun.correlacion = propia = recibida if es_id(recibida) else str(uuid_utils.uuid7())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlacion=propia)
    _exigir_host(flask.request.environ)


def _exigir_host(entorno: Mapping[str, Any]) -> None:
    """One valid Host, which HTTP/1.1 demands (RFC 9112 §3.2); the server itself refuses a second one."""
    host = entorno.get("HTTP_HOST")
    if host is None and entorno.get("SERVER_PROTOCOL") in _SIN_HOST:
        return
    valido = _HOST.fullmatch(host or "")
    if valido is None or int(valido[1] or 0) > _MAXIMO_PUERTO:
        raise ErrorHttp(400, "Falta una cabecera Host válida.")


def _terminar(respuesta: flask.Response) -> flask.Response:
    pedido = flask.request
    regla = pedido.url_rule
    # What matched no route is one series, whatever paths and methods clients make up.
    etiquetas = (regla.rule, pedido.method) if regla is not None else ("desconocida", "-")
    duracion = time.perf_counter() - flask.g.inicio
    SOLICITUDES.labels(*etiquetas, str(respuesta.status_code)).observe(duracion)
    return respuesta
