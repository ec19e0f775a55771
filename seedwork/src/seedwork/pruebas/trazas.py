"""Spans that are kept in memory, for tests to look at."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from seedwork.aplicacion import trazas
from seedwork.infraestructura.trazas import TrazadorOtlp


@contextmanager
def guardados(muestreo: float = 1.0, *, de_fuera: bool = False) -> Iterator[InMemorySpanExporter]:
    """Spans are kept here, in the body."""
    exportador = InMemorySpanExporter()
    trazas.usar(TrazadorOtlp("pruebas", "", muestreo, de_fuera=de_fuera, exportador=exportador))
    try:
        yield exportador
    finally:
        trazas.cerrar(1.0)
        trazas.usar(None)


def vistos(exportador: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """Those that ended, by name; none is kept from then on."""
    trazas.cerrar(1.0)
    return {t.name: t for t in exportador.get_finished_spans()}
