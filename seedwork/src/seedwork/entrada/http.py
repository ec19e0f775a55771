"""The shape that every Flask application shares: problem+json errors, health, metrics, correlation ids."""

import asyncio
import contextvars
import inspect
import math
import re
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor, Future
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol

import flask
import structlog
import uuid_utils
from flask.json.provider import DefaultJSONProvider
from prometheus_client import Histogram
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import MapAdapter

from contratos.consultas import Respuesta
from seedwork.aplicacion import trazas
from seedwork.aplicacion.consultas import Auditor, SinAuditor
from seedwork.aplicacion.identidad import Quien
from seedwork.dominio.reglas import es_id
from seedwork.entrada import compresion
from seedwork.entrada.problemas import ErrorHttp, registrar_errores
from seedwork.entrada.proteccion import proteger
from seedwork.entrada.salud import SALUD, Comprobacion, Papel, crear_salud

CABECERA_CORRELACION = "X-Correlation-Id"
MAXIMO_CUERPO = 1024 * 1024
"""Octets of a request's body."""
COLA_S = 5.0
"""Seconds that a request may wait for a thread; then it is answered 503."""
CORRELACION = "seedwork.correlacion"
"""In a request's environment, its correlation id, for the server."""
CADUCA = "seedwork.caduca"
"""In a request's environment, until when its sender may come in, in seconds of the epoch."""
_LLEGADA = "seedwork.llegada"
_ADMISION = "seedwork.admision"
"""In a request's environment, its route's name, and who sends it or the error that it is refused with."""

_SIN_HOST = ("HTTP/1.0", "HTTP/0.9")
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{0,5}))?")
_MAXIMO_PUERTO = 65535

SOLICITUDES = Histogram(
    "saludtech_http_segundos",
    "Seconds from a request's arrival in the application to its answer",
    ["ruta", "metodo", "estado"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


class Portero(Protocol):
    """Says of each request whether it may come in, before its body is read."""

    def preparar(self, entorno: dict[str, Any]) -> "Future[None] | None":
        """What has to be waited for before :meth:`admitir` can look at a request with this environment; None where
        nothing has. It does not block."""

    def admitir(self, nombre: str | None, entorno: dict[str, Any]) -> Quien | None:
        """Who sends a request; None where whoever comes may. It does not block.

        Args:
            nombre: the route's that it is for; None where there is none.
            entorno: its environment, in which :data:`CADUCA` is put.

        Raises:
            ErrorHttp: it may not come in.
        """


class App(flask.Flask):
    """A Flask for an event loop: views that are coroutines run on it, and must not block; all others run on threads.

    As a WSGI application, by a test's client say, it runs both kinds.

    Attributes:
        requeridas: by name, the checks of the parts without which it is not ready.
        identificar: who sends the request being handled; None where nobody is asked who they are. It raises ErrorHttp,
            401, where somebody is asked, and says nothing that counts.
        auditor: keeps who asked what.
        empezar: what its process does once it serves, besides.
        terminar: what it does last, once it serves no more.
        portero: who lets requests in; None where all are let in.
        al_llegar: the addresses whose views, coroutines, read forms while they come
            (``seedwork.entrada.cuerpo_que_llega``).
    """

    requeridas: Mapping[str, Comprobacion] = {}
    al_llegar: Collection[str] = ()
    identificar: Callable[[], Quien | None] = staticmethod(lambda: None)
    auditor: Auditor = SinAuditor()
    empezar: Callable[[], None] = staticmethod(lambda: None)
    terminar: Callable[[], None] = staticmethod(lambda: None)
    portero: Portero | None = None

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: a coroutine is awaited by :meth:`atender`, and runs on no loop of its own."""
        return func

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """What finds a request's route; there is none where its address begins with two slashes, which werkzeug would
        take for one."""
        if request is not None and _empieza_en_dos(request.environ):
            raise NotFound
        return super().create_url_adapter(request)

    def dispatch_request(self) -> Any:
        """What the view returns; where no loop runs, also that of a coroutine."""
        devuelto = super().dispatch_request()
        if inspect.iscoroutine(devuelto) and not _en_bucle():
            return asyncio.run(devuelto)
        return devuelto

    def poner_portero(self, portero: Portero) -> None:
        """Have a doorkeeper let requests in, and say who sends them."""
        self.portero = portero
        self.identificar = partial(_quien_pide, portero)
        self.before_request(partial(_entrar, portero))

    def _por_esperar(self, entorno: dict[str, Any]) -> "Future[None] | None":
        if self.portero is None or _ADMISION in entorno:
            return None
        return self.portero.preparar(entorno)

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """As a WSGI application: it waits for the doorkeeper on this very thread."""
        if (pendiente := self._por_esperar(environ)) is not None:
            pendiente.result()
        return super().wsgi_app(environ, start_response)

    async def admite(self, entorno: dict[str, Any]) -> bool:
        """Whether a request may come in whose body has not come yet. What was found is kept in its environment, and one
        that may not is to be answered by :meth:`atender` with that, without a body."""
        if self.portero is None:
            return True
        await self._esperar_al_portero(entorno)
        try:
            _admitido(self.portero, self._ruta(entorno), entorno)
        except ErrorHttp:
            return False
        return True

    def _ruta(self, entorno: Mapping[str, Any]) -> str | None:
        """The name of the route that a request is for, if there is one."""
        if _empieza_en_dos(entorno):
            return None
        try:
            ruta = entorno["PATH_INFO"].encode("latin-1").decode()
            return str(self.url_map.bind("").match(ruta, entorno["REQUEST_METHOD"])[0])
        except (HTTPException, UnicodeError):
            return None

    async def _esperar_al_portero(self, entorno: dict[str, Any]) -> None:
        if (pendiente := self._por_esperar(entorno)) is not None:
            await asyncio.wrap_future(pendiente)

    async def atender(self, entorno: dict[str, Any], hilos: Executor) -> flask.Response:
        """The answer to a request, in its own task: what :meth:`wsgi_app` does, without waiting on the loop.

        Args:
            entorno: the request's WSGI environment.
            hilos: where views that may block run.
        """
        entorno[_LLEGADA] = time.monotonic()
        await self._esperar_al_portero(entorno)
        contexto = self.request_context(entorno)
        fallo: Exception | None = None
        try:
            contexto.push()
            try:
                vista = self.view_functions.get(contexto.request.endpoint or "")
                if vista is None or inspect.iscoroutinefunction(vista):
                    return await self._esperar()
                lugar = contextvars.copy_context()
                return await asyncio.get_running_loop().run_in_executor(hilos, lugar.run, self.full_dispatch_request)
            except Exception as error:
                fallo = error
                return self.handle_exception(error)
        finally:
            contexto.pop(fallo)

    async def _esperar(self) -> flask.Response:
        """As :meth:`full_dispatch_request`, for a view that is a coroutine."""
        try:
            devuelto = self.preprocess_request()
            if devuelto is None:
                devuelto = self.dispatch_request()
                if inspect.isawaitable(devuelto):
                    devuelto = await devuelto
        except Exception as error:
            devuelto = self.handle_user_exception(error)
        return self.finalize_request(devuelto)


def _empieza_en_dos(entorno: Mapping[str, Any]) -> bool:
    return str(entorno["PATH_INFO"]).startswith("//")


def _admitido(portero: Portero, nombre: str | None, entorno: dict[str, Any]) -> Quien | None:
    """Who sends a request, as the doorkeeper says: of one route it is asked once, however early."""
    if _ADMISION not in entorno or entorno[_ADMISION][0] != nombre:
        try:
            entorno[_ADMISION] = nombre, portero.admitir(nombre, entorno)
        except ErrorHttp as error:
            entorno[_ADMISION] = nombre, error
    dicho: Quien | ErrorHttp | None = entorno[_ADMISION][1]
    if isinstance(dicho, ErrorHttp):
        raise dicho
    return dicho


def _quien_pide(portero: Portero) -> Quien | None:
    pedido = flask.request
    return _admitido(portero, pedido.endpoint, pedido.environ)


def _entrar(portero: Portero) -> None:
    _quien_pide(portero)


def _en_bucle() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class _Json(DefaultJSONProvider):
    """Fields in the order in which they were written, accents as themselves."""

    sort_keys = False
    ensure_ascii = False

    @staticmethod
    def default(o: Any) -> Any:
        """An answer within another is its fields."""
        return vars(o) if isinstance(o, Respuesta) else DefaultJSONProvider.default(o)


def correlacion() -> str:
    """The correlation id of the request being handled: an id, so that messages may bear it. Its answer tells it."""
    return str(flask.g.correlacion)


def en_flask(ruta: str) -> str:
    """An address as Flask writes it: ``/suscripciones/<id_suscripcion>``."""
    return ruta.replace("{", "<").replace("}", ">")


def crear_app(
    requeridas: Mapping[str, Comprobacion] | None = None,
    informativas: Mapping[str, Comprobacion] | None = None,
    papeles: Mapping[str, Papel] | None = None,
) -> App:
    """A Flask application with the shared shape; the checks are those of :func:`equipar`."""
    app = App(__name__, static_folder=None)
    app.requeridas = requeridas or {}
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
    app.config["MAX_CONTENT_LENGTH"] = MAXIMO_CUERPO
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
    comun.tramo = _seguir(flask.request)
    recibida = flask.request.headers.get(CABECERA_CORRELACION, "")
    comun.correlacion = propia = recibida if es_id(recibida) else str(uuid_utils.uuid7())
    structlog.contextvars.clear_contextvars()
    entorno = flask.request.environ
    entorno[CORRELACION] = propia
    structlog.contextvars.bind_contextvars(correlacion=propia, direccion=entorno.get("REMOTE_ADDR"))
    if traza := trazas.id_de(comun.tramo.contexto):
        structlog.contextvars.bind_contextvars(traza=traza)
    _exigir_host(entorno)
    if time.monotonic() - entorno.get(_LLEGADA, math.inf) > COLA_S:
        # Whoever still waits gets word at once, and who comes now gets a thread.
        raise ErrorHttp(503, "Hay demasiadas peticiones en espera.", cabeceras={"Retry-After": "1"})


def _seguir(pedido: flask.Request) -> trazas.Tramo:
    """The request's span. Whoever looks at health and metrics every few seconds is not told of."""
    if pedido.blueprint == SALUD:
        return trazas.SIN_TRAMO
    hallada = pedido.url_rule
    ruta, metodo = (hallada.rule, pedido.method) if hallada is not None else ("desconocida", "-")
    dicho = {trazas.RUTA: ruta, trazas.METODO: metodo}
    return trazas.recibir(f"{metodo} {ruta}", pedido.environ.get("HTTP_TRACEPARENT"), dicho)


def _exigir_host(entorno: Mapping[str, Any]) -> None:
    """One valid Host, which HTTP/1.1 demands (RFC 9112 §3.2); the server itself refuses a second one."""
    host = entorno.get("HTTP_HOST")
    if host is None and entorno.get("SERVER_PROTOCOL") in _SIN_HOST:
        return
    valido = _HOST.fullmatch(host or "")
    if valido is None or int(valido[1] or 0) > _MAXIMO_PUERTO:
        raise ErrorHttp(400, "Falta una cabecera Host válida.")


def _terminar(respuesta: flask.Response) -> flask.Response:
    compresion.comprimir(respuesta)
    pedido = flask.request
    proteger(respuesta.headers, por_tls=pedido.scheme == "https")
    respuesta.headers[CABECERA_CORRELACION] = correlacion()
    hallada = pedido.url_rule
    # What matched no route is one series, whatever paths and methods clients make up.
    etiquetas = (hallada.rule, pedido.method) if hallada is not None else ("desconocida", "-")
    estado = respuesta.status_code
    if trazas.hay():
        fallo = str(estado) if estado >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
        flask.g.tramo.terminar({trazas.ESTADO: estado}, error=fallo)
    duracion = time.perf_counter() - flask.g.inicio
    SOLICITUDES.labels(*etiquetas, str(estado)).observe(duracion)
    return respuesta
