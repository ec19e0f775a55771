"""The server of HTTP on a thread of a test's own process, on a free port of the loopback."""

import asyncio
import socket
import ssl
import threading

from seedwork.entrada.conexiones import Limites, Servidor
from seedwork.entrada.http import App


class ServidorEnHilo:
    """Answers from when it is made until :meth:`cerrar`.

    Attributes:
        puerto: where it listens.
    """

    def __init__(self, app: App, limites: Limites, tls: ssl.SSLContext | None = None) -> None:
        enchufe = socket.create_server(("127.0.0.1", 0))
        self.puerto: int = enchufe.getsockname()[1]
        self._fin = threading.Event()
        listo = threading.Event()

        async def servir() -> None:
            servidor = Servidor(app, limites, tls=tls)
            servidor.escuchar([enchufe])
            listo.set()
            while not self._fin.is_set():
                await asyncio.sleep(0.02)
            await servidor.cerrar(1.0)

        self._hilo = threading.Thread(target=asyncio.run, args=(servir(),))
        self._hilo.start()
        if not listo.wait(10):
            raise AssertionError("el servidor no empieza")

    def cerrar(self) -> None:
        """End it; requests in hand have a second."""
        self._fin.set()
        self._hilo.join()
