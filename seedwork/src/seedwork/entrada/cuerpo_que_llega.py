"""A request's body that its view reads while it comes, where all others are whole before theirs is entered (ADR 38),
and the pace that is asked of whoever sends one, or is sent a file (ADR 40)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError, TransferEncodingError
from aiohttp.streams import StreamReader

from seedwork.entrada.problemas import ErrorHttp

CUERPO = "seedwork.cuerpo"
"""In a request's environment, its body, for a view that reads it while it comes."""
TIPO = "multipart/form-data"
"""The one media type of such bodies."""
ESPERA_S = 20.0
"""Seconds that such a client is waited for, all its pauses together, besides what its octets may take."""
RITMO = 50_000
"""Octets a second that it has to come by in the long run."""


class CuerpoRoto(Exception):
    """The client ended before its body did, or framed it as none can be (RFC 9112 §7.1)."""


class Ritmo:
    """How long one client is waited for."""

    def __init__(self) -> None:
        self._esperado = 0.0

    @asynccontextmanager
    async def esperando(self, octetos: int) -> AsyncIterator[None]:
        """Wait for the client in this block, no longer than it may take in all.

        Args:
            octetos: how many have passed so far.

        Raises:
            TimeoutError: it takes longer.
        """
        queda = ESPERA_S + octetos / RITMO - self._esperado
        antes = time.monotonic()
        try:
            async with asyncio.timeout(queda):
                yield
        finally:
            self._esperado += time.monotonic() - antes


class CuerpoQueLlega:
    """The body, as it comes.

    Args:
        cabeceras: the request's.
        contenido: what has come of it, and comes; it holds little, and what does not fit waits with the client.
        largo: its length, where the client says it.
        empezar: called before it is read: the client may wait for leave to send it.
    """

    def __init__(
        self,
        cabeceras: Mapping[str, str],
        contenido: StreamReader,
        *,
        largo: int | None,
        empezar: Callable[[], None],
    ) -> None:
        self._cabeceras = cabeceras
        self._contenido = contenido
        self.largo = largo
        self._empezar = empezar
        self._ritmo = Ritmo()

    def partes(self) -> MultipartReader:
        """What reads its parts, one after the other; each wait for the client is to be within :meth:`esperando`.

        Raises:
            ErrorHttp: 400 for a multipart body without a boundary.
        """
        self._empezar()
        try:
            return MultipartReader(self._cabeceras, self._contenido)
        except (ValueError, AssertionError):
            raise no_es_multipart() from None

    @asynccontextmanager
    async def esperando(self) -> AsyncIterator[None]:
        """Wait for the client in this block, no longer than it may take in all.

        Raises:
            ErrorHttp: 408 where it does; 400 where it has gone, or what it sends is no multipart body.
        """
        try:
            async with self._ritmo.esperando(self._contenido.total_bytes):
                yield
        except TimeoutError:
            raise ErrorHttp(408) from None
        except (CuerpoRoto, ConnectionError, web.RequestPayloadError, TransferEncodingError):
            raise ErrorHttp(400, "El cuerpo no llegó entero.") from None
        except (ValueError, AssertionError, RuntimeError, LookupError, HttpProcessingError):
            # Whatever the parser says, its text may quote what it read.
            raise no_es_multipart() from None


def no_es_multipart() -> ErrorHttp:
    """400, for a body that can't be read as what it is said to be."""
    return ErrorHttp(400, f"El cuerpo no es {TIPO} bien formado.")


def de_peticion(pedido: web.BaseRequest, empezar: Callable[[], None]) -> CuerpoQueLlega:
    """A request's."""
    cabeceras: Any = pedido.headers
    return CuerpoQueLlega(cabeceras, pedido.content, largo=pedido.content_length, empezar=empezar)
