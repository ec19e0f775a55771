"""Answers without an end: what a client is told as it happens, for as long as it stays (ADR 53)."""

from collections.abc import AsyncGenerator
from typing import Protocol

import flask

TIPO = "text/event-stream"
SITIO_DE_FLUJO = "seedwork.sitio_de_flujo"
"""In a request's environment, its :class:`~seedwork.entrada.sitios.Sitio` among the streams."""


class Corriente(Protocol):
    """What one client is told. All of it runs on the server's loop."""

    def trozos(self) -> AsyncGenerator[bytes, None]:
        """What is to be written, as it comes; the next is asked for once the client has taken the one before."""
        ...

    def cerrar(self) -> None:
        """Come to an end, soon and in order. It may be called at any time, and again."""
        ...


class Flujo(flask.Response):
    """An answer without an end, which the server writes, on its loop, as its client reads. No thread waits for it.

    As a WSGI application's it has no body.

    Args:
        corriente: what is told.
    """

    automatically_set_content_length = False

    def __init__(self, corriente: Corriente) -> None:
        # A proxy is neither to keep it nor to gather it (nginx, and those that know its header).
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}, content_type=TIPO)
        self.corriente = corriente
