"""The web server of every process that serves HTTP: gunicorn's master, and workers that serve with aiohttp (ADR 31)."""

import asyncio
import gc
import logging
import math
import os
import resource
import signal
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from seedwork.aplicacion import trazas
from seedwork.entrada import multiproceso
from seedwork.entrada.conexiones import Limites, Servidor, SitiosComunes
from seedwork.entrada.parada import PARANDO, PETICIONES_S, PLAZO_S, TRAZAS_S

log = structlog.get_logger(__name__)

COLGADO_S = 30
"""Seconds without a sign of life after which a worker is killed."""
_LATIDO_S = 1.0
_POR_ACEPTAR = 2048
_OTROS_DESCRIPTORES = 200
"""What a process has open besides its clients: connections of its own, files of figures."""


@dataclass(frozen=True, kw_only=True)
class Ajustes:
    """How an application is served.

    Attributes:
        direcciones: hosts and ports where it listens.
        trabajadores: processes.
        drenaje_s: seconds from SIGTERM on that it still takes requests, and has each connection closed after the next.
        conexiones: most that clients have open at once, of all processes together.
        limites: what each process's clients may take; of connections, their share.
        tls: what it talks with; in the clear by default.
    """

    direcciones: Sequence[tuple[str, int]]
    trabajadores: int = 1
    drenaje_s: float = 0.0
    conexiones: int = 1000
    limites: Limites = field(default_factory=Limites)
    tls: ssl.SSLContext | None = None


def servir(aplicacion: str, ajustes: Ajustes) -> None:
    """Make this process the master of the server's processes.

    Args:
        aplicacion: ``module:factory()``. It is put together once, before the fork, and opens no connection until a
            request needs one.
        ajustes: how.
    """
    multiproceso.tomar()
    _Maestro(aplicacion, ajustes).run()


class Registro(Logger):  # type: ignore[misc]
    """Its lines go the way of every other library's: as JSON, from the process's log level on."""

    def setup(self, cfg: Any) -> None:
        """Set up, without handlers of its own; also on a reload."""
        super().setup(cfg)
        for suyo in (self.error_log, self.access_log):
            suyo.handlers.clear()
            suyo.setLevel(logging.NOTSET)
            suyo.propagate = True


class ProcesoHttp(Worker):  # type: ignore[misc]
    """A process that serves."""

    def run(self) -> None:
        """Until SIGTERM, or until its master is gone."""
        asyncio.run(self._servir(self.app.ajustes))

    async def _servir(self, ajustes: Ajustes) -> None:
        parada = asyncio.Event()

        def parar() -> None:
            PARANDO.set()
            parada.set()

        bucle = asyncio.get_running_loop()
        for senal in (signal.SIGINT, signal.SIGQUIT):
            bucle.add_signal_handler(senal, os._exit, 0)
        bucle.add_signal_handler(signal.SIGTERM, parar)
        # Its master takes none either.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        suyas = _con_descriptores(-(-ajustes.conexiones // ajustes.trabajadores))
        servidor = Servidor(self.wsgi, replace(ajustes.limites, conexiones=suyas), self.app.sitios, ajustes.tls)
        servidor.escuchar([s.sock for s in self.sockets])
        servidor.calentar()
        while not parada.is_set():
            if self.ppid != os.getppid():
                parar()
            self.notify()
            with suppress(TimeoutError):
                await asyncio.wait_for(parada.wait(), _LATIDO_S)
        # Who drains is not to be asked any more, and streams would ask it for ever.
        servidor.cerrar_corrientes()
        limite = bucle.time() + ajustes.drenaje_s
        while bucle.time() < limite and self.ppid == os.getppid():
            self.notify()
            await asyncio.sleep(min(_LATIDO_S, limite - bucle.time()))
        await servidor.cerrar(PETICIONES_S)
        self.wsgi.terminar()
        trazas.cerrar(TRAZAS_S)


class _Maestro(BaseApplication):  # type: ignore[misc]
    def __init__(self, aplicacion: str, ajustes: Ajustes) -> None:
        self._aplicacion = aplicacion
        self.ajustes = ajustes
        self.sitios = SitiosComunes.de(ajustes.limites)
        super().__init__()

    def load_config(self) -> None:
        donde = self.ajustes.direcciones
        dichos = {
            "bind": [f"[{host}]:{puerto}" if ":" in host else f"{host}:{puerto}" for host, puerto in donde],
            "backlog": _POR_ACEPTAR,
            "workers": self.ajustes.trabajadores,
            "worker_class": ProcesoHttp,
            "logger_class": Registro,
            "timeout": COLGADO_S,
            "graceful_timeout": math.ceil(self.ajustes.drenaje_s + PLAZO_S),
            "preload_app": True,
            # A socket under $HOME that nobody here uses, and that a container may not write.
            "control_socket_disable": True,
            "child_exit": _enterrar,
            # It would put new processes beside those that drain, and the instance would say both. It is started anew.
            "when_ready": lambda _master: signal.signal(signal.SIGHUP, signal.SIG_IGN),
            "on_exit": lambda _master: multiproceso.recoger(),
        }
        for nombre, valor in dichos.items():
            self.cfg.set(nombre, valor)

    def load(self) -> Any:
        app = util.import_app(self._aplicacion)
        # What there is by now stays for good, and a worker shares it as long as nobody goes over it.
        gc.collect()
        gc.freeze()
        return app


def _enterrar(_master: Any, trabajador: Worker) -> None:
    """A worker is gone, however that came. Its figures are not worth the server: an error here would end it."""
    try:
        multiproceso.enterrar(trabajador.pid)
    except OSError as error:
        log.warning("las cuentas de un trabajador muerto no se pudieron sumar", error=type(error).__name__)


def _con_descriptores(conexiones: int) -> int:
    """So many connections, as far as the system lets this process have them; it takes what it is let."""
    _, duro = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (duro, duro))
    posibles = duro - _OTROS_DESCRIPTORES if duro != resource.RLIM_INFINITY else conexiones
    if posibles < conexiones:
        log.warning("menos conexiones de las pedidas: el sistema no deja más", conexiones=posibles)
    return min(conexiones, posibles)
