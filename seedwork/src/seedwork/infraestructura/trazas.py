"""Spans by OpenTelemetry's SDK, taken to a collector by OTLP over HTTP. Imported only where one is configured."""

import os
import threading
from collections.abc import Sequence
from types import MappingProxyType

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from seedwork.aplicacion import trazas
from seedwork.aplicacion.trazas import Atributos, Clase, SinTramo, Tramo, es_muestreada
from seedwork.infraestructura.metricas import TRAMOS

log = structlog.get_logger(__name__)

COLA = 2048
"""Spans that wait for the collector at most; the oldest is lost for the next."""
_PLAZO_S = 2.0
"""Seconds that the collector has for a batch, tries included."""
_CADA_MS = 1000
_IDS = RandomIdGenerator()
_CLASES = MappingProxyType(
    {
        "interno": SpanKind.INTERNAL,
        "servidor": SpanKind.SERVER,
        "cliente": SpanKind.CLIENT,
        "productor": SpanKind.PRODUCER,
        "consumidor": SpanKind.CONSUMER,
    }
)


class TrazadorOtlp:
    """Keeps spans (:class:`seedwork.aplicacion.trazas.Trazador`).

    What the thread that talks to the collector is made of is made with the first span, in the process that makes it: a
    thread does not cross a fork. Its other settings (headers, certificates) the exporter takes by its own names,
    ``OTEL_EXPORTER_OTLP_HEADERS`` say.

    Args:
        servicio: who makes the spans.
        otlp: the collector's base URL.
        muestreo: the part of traces that is kept, of those that begin here.
        de_fuera: whether its callers are anybody: then that part is kept of what they call sampled, too, by the trace's
            id; who could have all kept would have us pay for it.
        exportador: where spans are taken; the collector by default.
    """

    def __init__(
        self,
        servicio: str,
        otlp: str,
        muestreo: float,
        *,
        de_fuera: bool = False,
        exportador: SpanExporter | None = None,
    ) -> None:
        self._servicio = servicio
        self._otlp = otlp
        self._tope = TraceIdRatioBased(muestreo).bound
        self._de_fuera = de_fuera
        self._exportador = exportador
        self._nacer()
        os.register_at_fork(after_in_child=self._nacer)

    def _nacer(self) -> None:
        self._cerrojo = threading.Lock()
        self._proveedor: TracerProvider | None = None
        self._hecho: Tracer | None = None
        self._cerrado = False

    def empezar(
        self, nombre: str, de: str | None, clase: Clase, atributos: Atributos, inicio_ns: int | None = None
    ) -> Tramo:
        """See the port."""
        if self._cerrado:
            return SinTramo(de)
        if clase == "servidor" and (omitida := self._omitida(de)) is not None:
            return SinTramo(omitida)
        tramo = (self._hecho or self._trazador()).start_span(
            nombre,
            Context() if de is None else _contexto(de),
            kind=_CLASES[clase],
            attributes=_permitidos(atributos),
            start_time=inicio_ns,
            record_exception=False,
            set_status_on_exception=False,
        )
        return _Tramo(tramo)

    def _omitida(self, de: str | None) -> str | None:
        """The traceparent by which all others know that the trace that comes in here is not kept; None where it is.
        Nothing else is made of it: that is what most cost where a small part is kept."""
        if de is not None and not es_muestreada(de):
            return de
        if de is not None and not self._de_fuera:
            return None
        sorteado = _IDS.generate_trace_id()
        # As OpenTelemetry's own sampler has it, but by an id of ours: by those that somebody outside chose, all of
        # theirs could be kept.
        if sorteado & TraceIdRatioBased.TRACE_ID_LIMIT < self._tope:
            return None
        return f"00-{sorteado:032x}-{_IDS.generate_span_id():016x}-00" if de is None else f"{de[:-2]}00"

    def cerrar(self, espera_s: float) -> None:
        """See the port. A collector that is away must not hold the process up."""
        self._cerrado = True
        if self._proveedor is not None:
            hilo = threading.Thread(target=self._proveedor.shutdown, daemon=True)
            hilo.start()
            hilo.join(espera_s)

    def _trazador(self) -> Tracer:
        with self._cerrojo:
            if self._hecho is None:
                quien = Resource.create({"service.name": self._servicio})
                self._proveedor = TracerProvider(ALWAYS_ON, quien, shutdown_on_exit=False)
                fin = self._exportador or OTLPSpanExporter(f"{self._otlp}/v1/traces", timeout=_PLAZO_S)
                self._proveedor.add_span_processor(_Cola(_Contado(fin), COLA, _CADA_MS))
                self._hecho = self._proveedor.get_tracer("saludtech")
            return self._hecho


class _Tramo:
    __slots__ = ("_tramo",)

    def __init__(self, tramo: Span) -> None:
        self._tramo = tramo

    @property
    def contexto(self) -> str:
        return _texto(self._tramo.get_span_context())

    def terminar(self, atributos: Atributos | None = None, *, error: str = "") -> None:
        if atributos:
            self._tramo.set_attributes(_permitidos(atributos))
        if error:
            self._tramo.set_attribute(trazas.ERROR, error)
            self._tramo.set_status(Status(StatusCode.ERROR))
        self._tramo.end()


class _Cola(BatchSpanProcessor):
    """The SDK's queue, which says what it loses."""

    def on_end(self, span: ReadableSpan) -> None:
        if len(self._batch_processor._queue) >= COLA:
            TRAMOS.labels("perdido").inc()
        super().on_end(span)


class _Contado(SpanExporter):
    """Counts what became of batches."""

    def __init__(self, exportador: SpanExporter) -> None:
        self._exportador = exportador

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        resultado = SpanExportResult.FAILURE
        try:
            resultado = self._exportador.export(spans)
        finally:
            bien = resultado is SpanExportResult.SUCCESS
            TRAMOS.labels("enviado" if bien else "perdido").inc(len(spans))
        return resultado

    def shutdown(self) -> None:
        self._exportador.shutdown()

    def force_flush(self, timeout_millis: int = 0) -> bool:
        return self._exportador.force_flush(timeout_millis)


def _permitidos(atributos: Atributos) -> dict[str, str | int]:
    """What is on the list alone: what a programmer adds in haste does not get out."""
    return {nombre: valor for nombre, valor in atributos.items() if nombre in trazas.ATRIBUTOS}


def _contexto(de: str) -> Context:
    padre = SpanContext(int(de[3:35], 16), int(de[36:52], 16), is_remote=True, trace_flags=TraceFlags(int(de[53:], 16)))
    return set_span_in_context(NonRecordingSpan(padre), Context())


def _texto(contexto: SpanContext) -> str:
    return f"00-{contexto.trace_id:032x}-{contexto.span_id:016x}-{contexto.trace_flags:02x}"
