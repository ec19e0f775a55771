"""gunicorn, as every HTTP process runs it; its settings are this module's names, which the options may override."""

import logging
import selectors
import socket
import sys
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import structlog
from gunicorn import util
from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from seedwork.entrada import multiproceso
from seedwork.entrada.problemas import pila, problema

log = structlog.get_logger(__name__)


class Registro(Logger):  # type: ignore[misc]
    """Its lines go the way of every other library's: as JSON, from the process's log level on; no error is quoted."""

    def setup(self, cfg: Any) -> None:
        """Set up, without handlers of its own; also on a reload."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.setLevel(logging.NOTSET)
            log.propagate = True

    def debug(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log what became of a connection: its errors' texts hold what the client sent."""
        super().debug(msg, *(type(a).__name__ if isinstance(a, Exception) else a for a in args), **kwargs)


PLAZO_S = 20.0
"""Seconds that a client has to send all of a request."""
DESPEDIDA_S = 2.0
"""Seconds that a client has to close, once it was told that it has its last answer."""
_SORBO = 65536
_ESTADOS: dict[type[Exception], int] = {
    errors.LimitRequestLine: 414,
    errors.ExpectationFailed: 417,
    errors.LimitRequestHeaders: 431,
    errors.UnsupportedTransferCoding: 501,
    # The application's doing, and the settings'.
    errors.InvalidResponseHeader: 500,
    errors.InvalidResponseHeaderName: 500,
    errors.ConfigurationProblem: 500,
}
"""What is answered where it is not 400 for what can't be read as a request."""


class Trabajador(ThreadWorker):  # type: ignore[misc]
    """Threads that no client holds for longer than :data:`PLAZO_S`: a few that send half a request, and then nothing,
    would otherwise leave none for the others. And a main loop that waits for no client to close: gunicorn's own waits
    two seconds for each, so that some twenty that don't would have the worker killed as one that hangs.
    """

    def init_process(self) -> None:
        """In the new process: watch, and serve."""
        self._plazos: dict[socket.socket, float] = {}
        threading.Thread(target=self._vigilar, name="plazos", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Serve one request of a connection."""
        # What cannot be read never gets to where the application forgets the request before it on this thread.
        structlog.contextvars.clear_contextvars()
        self._plazos[conn.sock] = time.monotonic() + PLAZO_S
        try:
            return super().handle(conn)
        finally:
            self._plazos.pop(conn.sock, None)

    def handle_error(self, _req: Any, client: socket.socket, _addr: Any, exc: Exception) -> None:
        """Answer what never got to the application, or what it let through, as it answers errors itself.

        gunicorn's own writes what the client sent to the log, and into a page of HTML.
        """
        estado = _ESTADOS.get(type(exc), 400 if isinstance(exc, errors.ParseException) else 500)
        if estado == HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("error no previsto", error=type(exc).__name__, pila=pila(exc))
            respuesta = problema(estado, correlacion=structlog.contextvars.get_contextvars().get("correlacion"))
        else:
            log.warning("petición ilegible", error=type(exc).__name__)
            respuesta = problema(estado)
        respuesta.headers["Connection"] = "close"
        cabeza = f"HTTP/1.1 {estado} {HTTPStatus(estado).phrase}\r\n{respuesta.headers}"
        with suppress(OSError):
            util.write_nonblock(client, cabeza.encode("latin-1") + respuesta.get_data())

    def finish_request(self, conn: Any, fs: "Future[Any]") -> None:
        """After a request, on the main loop: wait for the next one, or say goodbye."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            # What the client still sends is read until it closes: else it might lose our last answer (RFC 9112 §9.6).
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, self._despedir)
        except (OSError, ValueError):
            self.nr_conns -= 1
            conn.close()
        else:
            self._plazos[conn.sock] = time.monotonic() + DESPEDIDA_S

    def _despedir(self, conexion: socket.socket) -> None:
        """Read on from a client that has its last answer; close when it has closed, or its time is up."""
        with suppress(OSError):
            if conexion.recv(_SORBO):
                return
        self.poller.unregister(conexion)
        del self._plazos[conexion]
        self.nr_conns -= 1
        conexion.close()

    def _vigilar(self) -> None:
        while True:
            time.sleep(PLAZO_S / 10)
            ahora = time.monotonic()
            for conexion, limite in list(self._plazos.items()):
                if ahora > limite:
                    # Whoever still reads reads the end, and who talks on after our own end is reset by the system; an
                    # answer can still be sent.
                    with suppress(OSError):
                        conexion.shutdown(socket.SHUT_RD)


logger_class = Registro
worker_class = f"{__name__}.{Trabajador.__name__}"
workers = 1
threads = 8
graceful_timeout = 4
timeout = 30
# The application is put together once, before the fork: it opens no connection until a request needs one.
# No header of a request says what this server's own addresses are, whoever sends it.
forwarder_headers = ""
preload_app = True
# A socket under $HOME that nobody here uses, and that a container may not write.
control_socket_disable = True


def servir(aplicacion: str, *opciones: str) -> None:
    """Make this process gunicorn's master.

    Args:
        aplicacion: ``module:factory()``.
        opciones: as on gunicorn's command line.
    """
    multiproceso.tomar()
    sys.argv = ["gunicorn", f"--config=python:{__name__}", *opciones, aplicacion]
    WSGIApplication("%(prog)s [OPTIONS]").run()


def child_exit(_server: Any, worker: Any) -> None:
    """A worker is gone, however that came. Its figures are not worth the server: an error here would end it."""
    try:
        multiproceso.enterrar(worker.pid)
    except OSError as error:
        log.warning("las cuentas de un trabajador muerto no se pudieron sumar", error=type(error).__name__)


def on_exit(_server: Any) -> None:
    """All workers are gone."""
    multiproceso.recoger()
