"""HTTP: what aiohttp's server reads is put to a Flask application, and no client holds anything for longer than it may.

A request reaches the application once it is whole, and its answer is written as fast as its client reads: no thread
ever waits for a client. All of it runs on one event loop; the application's views that may block run on threads.
"""

import asyncio
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO, IOBase, RawIOBase
from typing import Any, NamedTuple, NoReturn, cast

import flask
import structlog
from aiohttp import HttpVersion10, web
from aiohttp.http_exceptions import LineTooLong, TransferEncodingError
from typing_extensions import override
from werkzeug.http import HTTP_STATUS_CODES

from seedwork.entrada import wsgi
from seedwork.entrada.cuerpo_que_llega import CUERPO, TIPO, CuerpoRoto, Ritmo, de_peticion
from seedwork.entrada.descargas import SITIO_DE_DESCARGA, Descarga
from seedwork.entrada.flujo import SITIO_DE_FLUJO, Corriente, Flujo
from seedwork.entrada.http import CORRELACION, App
from seedwork.entrada.parada import PARANDO
from seedwork.entrada.problemas import ErrorHttp, pila, problema
from seedwork.entrada.proteccion import proteger
from seedwork.entrada.sitios import Sitio, Sitios

log = structlog.get_logger(__name__)

PLAZO_S = 20.0
"""Seconds that a client has to send all of a request, from its first octet on."""
ENVIO_S = 20.0
"""Seconds that a client has to read what is written to it at a time: an answer, or 64 KiB of a longer one."""
DESPEDIDA_S = 2.0
"""Seconds that a client has to read its last answer and to close, while it still sends."""
CABEZA = 64 * 1024
"""Octets of a request's head; and of what comes behind a request that has no answer yet, until it has."""
DESPACIO_S = 1.0
"""From so many seconds on that a client takes for its turn, it goes first where connections or octets run out."""
EN_MANO = 64 * 1024 * 1024
"""Octets of bodies and answers, of all of a process's clients together, from which on the slow ones go."""
_MAXIMO_LINEA = 8190
_MAXIMO_CAMPO = _MAXIMO_LINEA + 1
"""Another number than the line's, by which an error tells the one from the other."""
_SISTEMA = 256 * 1024
"""Octets that the system takes ahead for a client."""
_GRACIA_S = 0.05
"""Seconds after a client's last octet in which what came before it reaches the application."""
_RONDA_S = 1.0
_CONTINUA = b"HTTP/1.1 100 Continue\r\n\r\n"
_DEMASIADOS = "Se están enviando demasiados archivos a la vez: repítalo en unos segundos, con la misma Idempotency-Key."
_SIN_SITIO_S = 0.1
_ROTO = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_POR_TEXTO = {
    "Too many headers": HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "Request has invalid `Transfer-Encoding`": HTTPStatus.NOT_IMPLEMENTED,
}
"""What is answered to errors that their class does not tell apart."""
SALUDO_S = 5.0
"""Seconds that a client may take to agree on TLS; meanwhile it is one of those that are open."""
_LINGER_CERO = struct.pack("ii", 1, 0)


@dataclass(frozen=True, kw_only=True)
class Limites:
    """What one process's clients may take.

    Attributes:
        conexiones: most that are open at once.
        inactividad_s: seconds that one without a request is kept.
        hilos: views that may block, at once.
        subidas: bodies that views read while they come, at once; of all of a server's processes together.
        descargas: likewise, answers that are files.
        corrientes: likewise, answers without an end.
        proxies: from whose addresses ``X-Forwarded-*`` count.
    """

    conexiones: int = 1000
    inactividad_s: float = 30.0
    hilos: int = 8
    subidas: int = 0
    descargas: int = 0
    corrientes: int = 0
    proxies: Sequence[wsgi.Red] = ()


class SitiosComunes(NamedTuple):
    """The places of files that come, of those that go, and of streams: to be made before a fork, where processes share
    them."""

    subidas: Sitios
    descargas: Sitios
    corrientes: Sitios

    @classmethod
    def de(cls, limites: Limites) -> "SitiosComunes":
        """As many as there may be."""
        return cls(Sitios(limites.subidas), Sitios(limites.descargas), Sitios(limites.corrientes))


def direcciones(host: str, puerto: int) -> list[tuple[str, int]]:
    """Where to listen for a host: where that is the loopback, in both of its families."""
    ambas = host in ("127.0.0.1", "localhost") and puerto and _hay_ipv6()
    return [("127.0.0.1", puerto), ("::1", puerto)] if ambas else [(host, puerto)]


def _hay_ipv6() -> bool:
    with suppress(OSError), socket.socket(socket.AF_INET6) as enchufe:
        enchufe.bind(("::1", 0))
        return True
    return False


async def servir_aqui(app: App, enchufes: Sequence[socket.socket], limites: Limites) -> NoReturn:
    """Serve an application in this very process, for as long as it lives."""
    Servidor(app, limites).escuchar(enchufes)
    while True:
        await asyncio.sleep(3600)


class _SinLeer(Exception):
    """The body was not taken, and its request is answered without asking the application.

    Args:
        estado: how.
        motivo: for the log.
    """

    def __init__(self, estado: HTTPStatus, motivo: str) -> None:
        super().__init__(motivo)
        self.estado = estado
        self.motivo = motivo


class _CuerpoAMedias(RawIOBase):
    """A body that did not come whole, though it may read as such (RFC 9112 §8): whoever reads it hears of it."""

    @override
    def readinto(self, _lugar: object) -> int:
        raise ErrorHttp(HTTPStatus.BAD_REQUEST, "El cuerpo no llegó entero.")


class Conexion(web.RequestHandler):
    """A client's connection, and until when the client may take for what is its turn to do."""

    def __init__(self, servidor: "_FabricaDeConexiones", **opciones: Any) -> None:
        super().__init__(servidor, **opciones)
        self._reloj = servidor.bucle.time
        self._bucle = servidor.bucle
        self.desde = self._reloj()
        """Since when it is idle."""
        self.limite: float | None = None
        """When a request that it began has to be whole."""
        self._cabeza = self._adelantados = 0
        self.octetos = 0
        """Of its request's body and its answer, what is held for it."""
        self._limite_envio: float | None = None
        self.atendiendo = False
        self.sin_mas_entrada = False
        """Whether the client sends no more; it may still read."""
        self._despidiendo: asyncio.Event | None = None
        self.por_leer: Any = None
        """The body that is being read, if one is."""
        self.base: dict[str, Any] | None = None
        """What is the same in every request's environment."""
        self.corriente: Corriente | None = None
        """What is being told on it without an end."""

    @property
    def ociosa(self) -> bool:
        """Whether nobody waits for anything on it: all that came whole was answered, and read."""
        return self._sin_pedido and self._limite_envio is None

    @property
    def _sin_pedido(self) -> bool:
        """Whether all that came whole was answered. Between two requests nobody attends to it, and it is not so."""
        espera = self._waiter
        return espera is not None and not espera.done()

    @property
    def turno(self) -> float | None:
        """Since when it is the client that is waited for: to send what it began, or to read; None where it is not."""
        if self._limite_envio is not None:
            return self._limite_envio - ENVIO_S
        return None if self.limite is None else self.limite - PLAZO_S

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transporte = cast(asyncio.Transport, transport)
        # "Paused" is then whatever the system does not take at once.
        self._transporte.set_write_buffer_limits(high=0)
        super().connection_made(transport)

    @override
    def data_received(self, data: bytes) -> None:
        # An empty line between two requests is none that began (RFC 9112 §2.2).
        if self.limite is None and not self.atendiendo and data.strip(b"\r\n"):
            self.limite = self._reloj() + PLAZO_S
        super().data_received(data)
        if self.por_leer is not None:
            if self._messages and not self.por_leer.is_eof():
                # What came is no piece of it: the parser puts its error behind a request that would wait for the rest.
                self.por_leer.set_exception(CuerpoRoto())
        elif self._sin_pedido:
            self._a_medias(len(data))
        else:
            self._por_adelantado(len(data))

    def leer(self, contenido: Any) -> None:
        """What comes from now on is this body's, until it is whole."""
        self.por_leer = contenido
        self._seguir()

    def _seguir(self) -> None:
        adelantados, self._adelantados = self._adelantados, 0
        if adelantados > CABEZA and self._despidiendo is None and not self._reading_paused:
            self._transporte.resume_reading()

    def _por_adelantado(self, octetos: int) -> None:
        """What comes behind a request that has no answer yet: some of it is taken, the rest when it has one."""
        self._cabeza = 0
        self._adelantados += octetos
        if self._adelantados > CABEZA and self._despidiendo is None:
            self._transporte.pause_reading()

    def _a_medias(self, octetos: int) -> None:
        """A piece of a head that is not whole."""
        self._cabeza += octetos
        if self._cabeza > CABEZA and self._despidiendo is None:
            log.warning("petición ilegible", error="CabezaDemasiadoGrande")
            self._acabar_con(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _acabar_con(self, estado: HTTPStatus) -> None:
        """Answer what is no request yet, unless it has had its last answer already."""
        if self._despidiendo is None and self.transport is not None:
            self.transport.write(b"".join(_cruda(problema(estado))))
            self._bucle.create_task(self.despedir())

    @override
    def eof_received(self) -> bool:  # type: ignore[override]
        """What was asked is still answered, to a client that has said its last word (RFC 9112 §9.6)."""
        self.sin_mas_entrada = True
        self.cerrar_corriente()
        if self.por_leer is not None and not self.por_leer.is_eof():
            self.por_leer.set_exception(CuerpoRoto())
        self._bucle.call_later(_GRACIA_S, self._tras_el_fin)
        return self._despidiendo is None

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._limite_envio = self._reloj() + ENVIO_S

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self._limite_envio = None

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self.cerrar_corriente()
        if self._despidiendo is not None:
            self._despidiendo.set()

    @override
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what never got to the application, or what it let through, as it answers errors itself."""
        if isinstance(exc, ConnectionError):
            # The client has gone.
            raise exc
        if status != HTTPStatus.BAD_REQUEST:
            log.error("error no previsto", error=type(exc).__name__, pila=pila(exc) if exc else [])
            if request.writer.output_size > 0:
                raise ConnectionError("the client has a part of its answer already")
            correlacion = structlog.contextvars.get_contextvars().get("correlacion")
            return Ultima(self, problema(HTTPStatus.INTERNAL_SERVER_ERROR, correlacion=correlacion))
        # Its text would quote what the client sent.
        return self.rechazar(_estado(exc), type(exc).__name__)

    def rechazar(self, estado: int, error: str, detalle: str | None = None) -> web.StreamResponse:
        """The answer to what the application is not asked at all."""
        log.warning("petición ilegible", error=error)
        otra_vez = {"Retry-After": "1"} if estado == HTTPStatus.SERVICE_UNAVAILABLE else None
        return Ultima(self, problema(estado, detalle, cabeceras=otra_vez))

    def respondida(self) -> None:
        """The request was handled, and its answer is on its way."""
        self.atendiendo = False
        self.limite = None
        self.desde = self._reloj()
        self._seguir()
        if self.sin_mas_entrada:
            self._bucle.call_later(_GRACIA_S, self._tras_el_fin)

    def vigilar(self, ahora: float) -> None:
        """End it, where its client takes longer than it may."""
        if self._limite_envio is not None and ahora > self._limite_envio:
            self.cortar()
        elif self.limite is not None and ahora > self.limite and not self.atendiendo:
            self.limite = None
            self._acabar_con(HTTPStatus.REQUEST_TIMEOUT)

    def cerrar_corriente(self) -> None:
        """Let what is told on it come to an end. Whoever says no more has gone, or else comes back."""
        if self.corriente is not None:
            self.corriente.cerrar()

    def cortar(self) -> None:
        """Close it at once; what the client did not read is dropped, here and by the system."""
        # The other's own reference is gone once it closes, though what is left to be sent may keep it from that.
        with suppress(OSError):
            enchufe = self._transporte.get_extra_info("socket")
            enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_CERO)
        self._transporte.abort()

    async def despedir(self) -> None:
        """Say that no more will come, and pass over what still comes: else our last answer might be lost with it."""
        transporte = self.transport
        if transporte is None or transporte.is_closing():
            return
        self._despidiendo = asyncio.Event()
        self.close()
        with suppress(RuntimeError, OSError):
            transporte.resume_reading()
            transporte.write_eof()
        if self.sin_mas_entrada:
            transporte.close()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(DESPEDIDA_S):
                await self._despidiendo.wait()
        self.force_close()

    def _tras_el_fin(self) -> None:
        if self.ociosa and self.transport is not None:
            if self.limite is not None:
                log.debug("petición a medias")
            self.transport.close()


class Ultima(web.StreamResponse):
    """A connection's last answer, after which nothing that the client sends is looked at."""

    def __init__(self, conexion: Conexion, respuesta: flask.Response) -> None:
        super().__init__(status=respuesta.status_code)
        self._conexion = conexion
        self._cabeza, self._cuerpo = _cruda(respuesta)
        self.force_close()

    @override
    async def prepare(self, request: web.BaseRequest) -> None:
        if self._conexion.transport is not None:
            self._conexion.transport.write(self._cabeza + (b"" if request.method == "HEAD" else self._cuerpo))

    @override
    async def write_eof(self, data: bytes = b"") -> None:
        await self._conexion.despedir()


class _FabricaDeConexiones(web.Server):
    """Makes the connections."""

    def __init__(self, atender: Callable[..., Any], **opciones: Any) -> None:
        super().__init__(atender, **opciones)
        self.bucle = asyncio.get_running_loop()
        self._opciones = opciones

    @override
    def __call__(self) -> Conexion:
        return Conexion(self, loop=self.bucle, **self._opciones)


class Servidor:
    """Serves an application on listening sockets, on the running loop.

    Args:
        app: the application.
        limites: what clients may take.
        sitios: the places of files and streams, where other processes share them.
        tls: what it talks with; in the clear by default.
    """

    def __init__(
        self,
        app: App,
        limites: Limites,
        sitios: SitiosComunes | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self._app = app
        self._limites = limites
        self._maximo: int = app.config["MAX_CONTENT_LENGTH"]
        self._hilos = ThreadPoolExecutor(limites.hilos, thread_name_prefix="vista")
        self._bucle = asyncio.get_running_loop()
        self._enchufes: list[socket.socket] = []
        self._escuchando = False
        self._llegando: set[asyncio.Task[Any]] = set()
        """Connections that were taken, and are not made yet."""
        self._ronda: asyncio.Task[None] | None = None
        self._en_mano = 0
        self._sitios = sitios or SitiosComunes.de(limites)
        self._servidor = _FabricaDeConexiones(
            self._atender,
            access_log=None,
            keepalive_timeout=limites.inactividad_s,
            max_line_size=_MAXIMO_LINEA,
            max_field_size=_MAXIMO_CAMPO,
            max_headers=100,
            lingering_time=DESPEDIDA_S,
            auto_decompress=False,
        )

    def escuchar(self, enchufes: Iterable[socket.socket]) -> None:
        """Take connections from these sockets, which listen already."""
        self._enchufes = list(enchufes)
        for enchufe in self._enchufes:
            enchufe.setblocking(False)
            # Inherited by each connection: else the system takes megabytes for a client that reads none of them.
            enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SISTEMA)
        self._abrir()
        self._ronda = self._bucle.create_task(self._vigilar())

    def calentar(self) -> None:
        """Look at what the application needs, so that its connections are there before the first request is; and let it
        begin what it does besides."""
        self._app.empezar()
        for comprobar in self._app.requeridas.values():
            self._bucle.run_in_executor(self._hilos, _sin_fallar, comprobar)

    async def cerrar(self, plazo_s: float) -> None:
        """Take no more connections, let those that there are end within so many seconds, and end them."""
        self._dejar()
        self.cerrar_corrientes()
        # Else the system would go on taking connections that nobody answers, and a balancer sends to them.
        for enchufe in self._enchufes:
            enchufe.close()
        self._enchufes = []
        limite = self._bucle.time() + plazo_s
        # A client that keeps its connection may have sent one more request just now.
        paciencia = self._bucle.time() + min(DESPEDIDA_S, plazo_s)
        while self._bucle.time() < limite:
            abiertas = self._servidor.connections
            if not abiertas or (self._bucle.time() > paciencia and all(c.ociosa for c in cast(Any, abiertas))):
                break
            await asyncio.sleep(0.02)
        for conexion in self._servidor.connections:
            conexion.force_close()
        self._hilos.shutdown(wait=False, cancel_futures=True)

    def cerrar_corrientes(self) -> None:
        """End all streams: their clients go on elsewhere, or here, where they were."""
        for conexion in self._abiertas():
            conexion.cerrar_corriente()

    def _abrir(self) -> None:
        if not self._escuchando:
            self._escuchando = True
            for enchufe in self._enchufes:
                self._bucle.add_reader(enchufe, self._aceptar, enchufe)

    def _dejar(self) -> None:
        if self._escuchando:
            self._escuchando = False
            for enchufe in self._enchufes:
                self._bucle.remove_reader(enchufe)

    def _aceptar(self, enchufe: socket.socket) -> None:
        """One at a time: the other processes are to have theirs."""
        todas = len(self._servidor.connections) + len(self._llegando)
        if todas >= self._limites.conexiones and not self._hacer_sitio():
            self._esperar_sitio()
            return
        try:
            cliente, _ = enchufe.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            log.warning("sin sitio para otra conexión", error=type(error).__name__)
            self._esperar_sitio()
            return
        cliente.setblocking(False)
        tarea: asyncio.Task[Any] = self._bucle.create_task(self._recibir(cliente))
        self._llegando.add(tarea)
        tarea.add_done_callback(self._llegando.discard)

    async def _recibir(self, cliente: socket.socket) -> None:
        """Make a connection of a client's socket; who does not agree on TLS in time has none."""
        plazos = {} if self._tls is None else {"ssl_handshake_timeout": SALUDO_S, "ssl_shutdown_timeout": DESPEDIDA_S}
        try:
            await self._bucle.connect_accepted_socket(self._servidor, cliente, ssl=self._tls, **plazos)
        except OSError as error:
            log.debug("sin conexión", error=type(error).__name__)

    def _hacer_sitio(self) -> bool:
        """Close the connection that has been idle for longest, or else the slowest; whether there was one."""
        ociosas = [c for c in self._abiertas() if c.ociosa and c.limite is None]
        if not ociosas:
            return self._despedir_lento()
        min(ociosas, key=lambda conexion: conexion.desde).cortar()
        return True

    def _despedir_lento(self, *, cargado: bool = False) -> bool:
        """Close the connection whose client has taken longest for its turn; whether there was a slow one.

        Args:
            cargado: of those alone for which something is held.
        """
        tope = self._bucle.time() - DESPACIO_S
        lentas = [(c.turno, c) for c in self._abiertas() if c.turno is not None and (c.octetos or not cargado)]
        desde, lenta = min(lentas, key=lambda par: par[0], default=(tope, None))
        if lenta is None or desde >= tope:
            return False
        self._soltar(lenta)
        lenta.cortar()
        return True

    def _abiertas(self) -> list[Conexion]:
        return [c for c in cast(list[Conexion], self._servidor.connections) if c.transport is not None]

    def _tomar(self, conexion: Conexion, octetos: int) -> None:
        """Hold so many more octets for a client.

        Raises:
            _SinLeer: too many are held, and nobody is slow.
        """
        conexion.octetos += octetos
        self._en_mano += octetos
        while self._en_mano > EN_MANO:
            if not self._despedir_lento(cargado=True):
                raise _SinLeer(HTTPStatus.SERVICE_UNAVAILABLE, "SinSitio")

    def _soltar(self, conexion: Conexion) -> None:
        self._en_mano -= conexion.octetos
        conexion.octetos = 0

    def _esperar_sitio(self) -> None:
        enchufes = self._enchufes
        self._dejar()
        self._bucle.call_later(_SIN_SITIO_S, lambda: self._abrir() if enchufes is self._enchufes else None)

    async def _vigilar(self) -> None:
        while True:
            await asyncio.sleep(_RONDA_S)
            ahora = self._bucle.time()
            for conexion in cast(list[Conexion], self._servidor.connections):
                try:
                    conexion.vigilar(ahora)
                except Exception as error:
                    # One that can't be looked at is not to hide the others.
                    log.error("una conexión sin vigilar", error=type(error).__name__, pila=pila(error))
                    conexion.cortar()

    async def _atender(self, pedido: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        conexion = cast(Conexion, pedido.protocol)
        conexion.atendiendo = True
        # Of what was sent behind another request, the time begins when that is answered.
        conexion.limite = conexion.limite or self._bucle.time() + PLAZO_S
        sitio, sitio_de_flujo = Sitio(self._sitios.descargas), Sitio(self._sitios.corrientes)
        try:
            if pedido.version.major != 1:
                return conexion.rechazar(HTTPStatus.BAD_REQUEST, "BadVersion")
            if pedido.headers.get("Transfer-Encoding", "chunked").strip().lower() != "chunked":
                return conexion.rechazar(HTTPStatus.NOT_IMPLEMENTED, "TransferEncoding")
            espera = pedido.headers.get("Expect") if pedido.version > HttpVersion10 else None
            if espera is not None and espera.lower() != "100-continue":
                return conexion.rechazar(HTTPStatus.EXPECTATION_FAILED, "ExpectationFailed")
            if self._corre(pedido):
                return await self._atender_mientras_llega(conexion, pedido, espera is not None)
            entorno = self._entorno(conexion, pedido, BytesIO(), None)
            try:
                self._caber(pedido.content_length or 0)
                # What is not here yet is not waited for where its sender may not come in.
                if not _por_venir(pedido) or await self._app.admite(entorno):
                    cuerpo, largo = await self._leer(pedido, espera is not None, conexion.limite)
                    wsgi.con_cuerpo(entorno, cuerpo, largo)
            except _SinLeer as razon:
                return conexion.rechazar(razon.estado, razon.motivo)
            conexion.limite = None
            entorno |= {SITIO_DE_DESCARGA: sitio, SITIO_DE_FLUJO: sitio_de_flujo}
            respuesta = await self._app.atender(entorno, self._hilos)
            return await self._responder(conexion, pedido, entorno, respuesta)
        finally:
            sitio.dejar()
            sitio_de_flujo.dejar()
            self._soltar(conexion)
            conexion.respondida()

    def _entorno(
        self, conexion: Conexion, pedido: web.BaseRequest, cuerpo: IOBase, largo: int | None
    ) -> dict[str, Any]:
        if conexion.base is None:
            conexion.base = wsgi.de_la_conexion(
                conexion.peername, conexion.sockname, self._limites.proxies, cifrada=self._tls is not None
            )
        return wsgi.de_la_peticion(conexion.base, pedido, cuerpo, largo, self._limites.proxies)

    def _corre(self, pedido: web.BaseRequest) -> bool:
        """Whether its view reads the body while it comes; of any other media type, that is read as every other is."""
        return pedido.method == "POST" and pedido.path in self._app.al_llegar and pedido.content_type == TIPO

    async def _atender_mientras_llega(
        self, conexion: Conexion, pedido: web.BaseRequest, anunciado: bool
    ) -> web.StreamResponse:
        """Answer a request whose body may be larger than could be held, and whose view bounds what it takes."""
        if not self._sitios.subidas.tomar():
            return conexion.rechazar(HTTPStatus.SERVICE_UNAVAILABLE, "SinSitio", _DEMASIADOS)

        def empezar() -> None:
            if anunciado and conexion.transport is not None:
                conexion.transport.write(_CONTINUA)
            conexion.leer(pedido.content)

        try:
            conexion.limite = None
            entorno = self._entorno(conexion, pedido, BytesIO(), None)
            entorno[CUERPO] = de_peticion(pedido, empezar)
            respuesta = await self._app.atender(entorno, self._hilos)
        finally:
            self._sitios.subidas.dejar()
            conexion.por_leer = None
        return await self._responder(conexion, pedido, entorno, respuesta)

    async def _leer(self, pedido: web.BaseRequest, anunciado: bool, plazo: float) -> tuple[IOBase, int | None]:
        """The request's body, and its length where it has one.

        Args:
            anunciado: whether its client waits for leave to send it.
            plazo: when it has to be whole.

        Raises:
            _SinLeer: it is too large, was not whole in time, or no more can be held at once.
        """
        if not pedido.body_exists:
            return BytesIO(), None
        conexion, contenido = cast(Conexion, pedido.protocol), pedido.content
        if not _por_venir(pedido):
            leido = contenido.read_nowait()
            self._caber(len(leido))
            self._tomar(conexion, len(leido))
            return BytesIO(leido), len(leido)
        if conexion.sin_mas_entrada:
            return _CuerpoAMedias(), pedido.content_length
        if anunciado and conexion.transport is not None:
            conexion.transport.write(_CONTINUA)
        cuerpo = BytesIO()
        conexion.leer(contenido)
        try:
            async with asyncio.timeout_at(plazo):
                while trozo := await contenido.readany():
                    self._caber(cuerpo.tell() + len(trozo))
                    self._tomar(conexion, len(trozo))
                    cuerpo.write(trozo)
        except TimeoutError:
            raise _SinLeer(HTTPStatus.REQUEST_TIMEOUT, "Tardía") from None
        except (CuerpoRoto, web.RequestPayloadError, TransferEncodingError):
            log.warning("petición ilegible", error="Cortado")
            return _CuerpoAMedias(), pedido.content_length
        finally:
            conexion.por_leer = None
        total = cuerpo.tell()
        cuerpo.seek(0)
        return cuerpo, total

    def _caber(self, octetos: int) -> None:
        if octetos > self._maximo:
            raise _SinLeer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "DemasiadoGrande")

    async def _responder(
        self, conexion: Conexion, pedido: web.BaseRequest, entorno: dict[str, Any], respuesta: flask.Response
    ) -> web.StreamResponse:
        """The application's answer, as it is written."""
        try:
            cabeceras = list(respuesta.get_wsgi_headers(entorno))
            if any(_ROTO.search(nombre + valor) for nombre, valor in cabeceras):
                # Whose name and value it does not quote: they may be what its client sent.
                correlacion = entorno.get(CORRELACION)
                log.error("respuesta con una cabecera que no puede ser", correlacion=correlacion)
                return Ultima(conexion, problema(HTTPStatus.INTERNAL_SERVER_ERROR, correlacion=correlacion))
            if _falta(pedido):
                # It was answered before all of it came.
                return Ultima(conexion, respuesta)
            return await self._escribir(conexion, pedido, respuesta, [*cabeceras, ("Server", "SaludTech")])
        finally:
            respuesta.close()

    async def _escribir(
        self, conexion: Conexion, pedido: web.BaseRequest, respuesta: flask.Response, cabeceras: list[tuple[str, str]]
    ) -> web.StreamResponse:
        carga = b""
        if pedido.method != "HEAD" and respuesta.is_sequence:
            carga = b"".join(respuesta.iter_encoded())
        with suppress(_SinLeer):
            # It is made already.
            self._tomar(conexion, len(carga))
        if isinstance(respuesta, Flujo) and pedido.method != "HEAD":
            return await self._contar(conexion, pedido, respuesta, cabeceras)
        cabe = pedido.method == "HEAD" or (respuesta.is_sequence and len(carga) <= wsgi.TROZO)
        escrita = (
            web.Response(status=respuesta.status_code, headers=cabeceras, body=carga)
            if cabe
            else web.StreamResponse(status=respuesta.status_code, headers=cabeceras)
        )
        if PARANDO.is_set():
            escrita.force_close()
        if not cabe:
            await escrita.prepare(pedido)
            if isinstance(respuesta, Descarga):
                await self._enviar(conexion, pedido, escrita, respuesta)
                return escrita
            async for trozo in self._trozos(respuesta, carga):
                await escrita.write(trozo)
                # A piece at a time, as fast as the client reads.
                await pedido.writer.drain()
        return escrita

    async def _contar(
        self, conexion: Conexion, pedido: web.BaseRequest, respuesta: Flujo, cabeceras: list[tuple[str, str]]
    ) -> web.StreamResponse:
        """Write what comes, for as long as it comes. Meanwhile the connection is no idle one; and who reads too slowly
        is cut, as with every answer."""
        escrita, corriente = web.StreamResponse(headers=cabeceras), respuesta.corriente
        if PARANDO.is_set():
            escrita.force_close()
            corriente.cerrar()
        conexion.corriente = corriente
        try:
            await escrita.prepare(pedido)
            async with aclosing(corriente.trozos()) as trozos:
                async for trozo in trozos:
                    await escrita.write(trozo)
                    await pedido.writer.drain()
        finally:
            conexion.corriente = None
        if PARANDO.is_set():
            conexion.close()
        return escrita

    async def _enviar(
        self, conexion: Conexion, pedido: web.BaseRequest, escrita: web.StreamResponse, respuesta: Descarga
    ) -> None:
        """Write a file, a piece of it in hand at a time. Where it ends too soon, or is read too slowly, it is cut."""
        ritmo, enviados = Ritmo(), 0
        try:
            async for pieza in self._piezas(respuesta):
                self._soltar(conexion)
                with suppress(_SinLeer):
                    # It is read already.
                    self._tomar(conexion, len(pieza))
                for desde in range(0, len(pieza), wsgi.TROZO):
                    async with ritmo.esperando(enviados):
                        await escrita.write(pieza[desde : desde + wsgi.TROZO])
                        await pedido.writer.drain()
                        # One that reads as fast as it is written to is not to keep the others waiting.
                        await asyncio.sleep(0)
                    enviados += wsgi.TROZO
        except ConnectionError:
            raise
        except Exception as error:
            # Its client is to see that this is not all.
            log.warning("una descarga se corta", error=type(error).__name__)
            conexion.cortar()
            raise ConnectionError("cut") from None

    async def _trozos(self, respuesta: flask.Response, carga: bytes) -> AsyncIterator[bytes]:
        """The pieces of a large body; what is no sequence comes from a file."""
        for desde in range(0, len(carga), wsgi.TROZO):
            yield carga[desde : desde + wsgi.TROZO]
        if not respuesta.is_sequence:
            async for pieza in self._piezas(respuesta):
                yield pieza

    async def _piezas(self, respuesta: flask.Response) -> AsyncIterator[bytes]:
        """What it is made of, each piece read on a thread."""
        piezas = iter(respuesta.iter_encoded())
        while (pieza := await self._bucle.run_in_executor(self._hilos, next, piezas, None)) is not None:
            yield pieza


def _sin_fallar(comprobar: Callable[[], object]) -> None:
    """What it finds is told by whoever asks for it."""
    with suppress(Exception):
        comprobar()


def _por_venir(pedido: web.BaseRequest) -> bool:
    """Whether the request's body is not here, whole."""
    return pedido.body_exists and not (pedido.content.is_eof() and pedido.content.exception() is None)


def _falta(pedido: web.BaseRequest) -> bool:
    """Whether some of the request's body has not come yet, or was not read."""
    return pedido.body_exists and not pedido.content.is_eof()


def _estado(error: BaseException | None) -> int:
    """The status of what can't be read as a request."""
    if isinstance(error, LineTooLong):
        linea = error.args[1] == _MAXIMO_LINEA
        return HTTPStatus.REQUEST_URI_TOO_LONG if linea else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return next((estado for texto, estado in _POR_TEXTO.items() if texto in str(error)), HTTPStatus.BAD_REQUEST)


def _cruda(respuesta: flask.Response) -> tuple[bytes, bytes]:
    """An answer's octets, head and body, where nothing comes after it."""
    respuesta.headers["Connection"] = "close"
    proteger(respuesta.headers)
    # A small file's, too.
    respuesta.direct_passthrough = False
    estado = respuesta.status_code
    cabeza = f"HTTP/1.1 {estado} {HTTP_STATUS_CODES.get(estado, '')}\r\n{respuesta.headers}"
    return cabeza.encode("latin-1"), respuesta.get_data()
