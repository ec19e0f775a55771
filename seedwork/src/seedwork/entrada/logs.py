"""Structured logs: one JSON object a line, with the correlation id of what is being handled."""

import logging
import os
import sys
from contextlib import suppress
from typing import Literal, TextIO, cast

import structlog


def apartar_salida() -> None:
    """Keep standard output for what is printed here: what a native library writes there goes to standard error.

    The Pulsar client writes its own warnings as text. To hand them to Python's logging can deadlock it, and a file
    named /dev/stderr is no other's to open, or has a place of its own in it; so its descriptor is changed instead.
    """
    sys.stdout.flush()
    propia = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(propia, "w", buffering=1, encoding=sys.stdout.encoding, errors=sys.stdout.errors)


class _Salida:
    """A standard stream, or nothing once nobody reads it: a worker that outlives its master fails for no line."""

    def __init__(self, nombre: str) -> None:
        self._nombre = nombre

    def write(self, texto: str) -> None:
        with suppress(OSError):
            getattr(sys, self._nombre).write(texto)

    def flush(self) -> None:
        with suppress(OSError):
            getattr(sys, self._nombre).flush()


def configurar(servicio: str, nivel: str = "INFO", *, salida: Literal["stdout", "stderr"] = "stdout") -> None:
    """Set the process's logging up; ``servicio`` is in every line, whatever thread writes it."""
    donde = cast(TextIO, _Salida(salida))

    def nombrar(_registro: object, _metodo: str, linea: structlog.typing.EventDict) -> structlog.typing.EventDict:
        linea["servicio"] = servicio
        return linea

    comunes: list[structlog.typing.Processor] = [
        nombrar,
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    json = structlog.processors.JSONRenderer(ensure_ascii=False)
    # Our own lines go straight out, at a third of the cost of the way through the standard library; what is below the
    # level costs one call that does nothing, also where it would be a line per message.
    structlog.configure(
        processors=[*comunes, json],
        wrapper_class=structlog.make_filtering_bound_logger(nivel),
        logger_factory=structlog.WriteLoggerFactory(donde),
        cache_logger_on_first_use=True,
    )
    ajenas = logging.StreamHandler(donde)
    ajenas.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=comunes,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, json],
        )
    )
    raiz = logging.getLogger()
    raiz.handlers = [ajenas]
    raiz.setLevel(nivel)
