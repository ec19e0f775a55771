"""Structured logs: one JSON object a line, with the correlation id of what is being handled."""

import logging
import sys
from typing import Any

import structlog


def configurar(servicio: str, nivel: str = "INFO") -> None:
    """Set the process's logging up; ``servicio`` is in every line."""

    def nombrar(_logger: Any, _metodo: str, linea: structlog.typing.EventDict) -> structlog.typing.EventDict:
        linea["servicio"] = servicio
        return linea

    comunes: list[structlog.typing.Processor] = [
        nombrar,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*comunes, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        # What is below the level costs one call that does nothing, also where it would be a line per message.
        wrapper_class=structlog.make_filtering_bound_logger(nivel),
        cache_logger_on_first_use=True,
    )
    salida = logging.StreamHandler(sys.stdout)
    salida.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=comunes,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    raiz = logging.getLogger()
    raiz.handlers = [salida]
    raiz.setLevel(nivel)
