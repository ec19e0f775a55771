"""A collector of traces: takes OTLP over HTTP as any does, by the protocol's own definitions, and keeps what came."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from plataforma.puertos import LOCAL


@dataclass(frozen=True)
class Tramo:
    """A span, as it came. ``padre`` is empty for none; instants are in nanoseconds since 1970."""

    traza: str
    id: str
    padre: str
    nombre: str
    servicio: str
    empieza: int
    acaba: int
    atributos: Mapping[str, str | int]


class Colector:
    """What came.

    Attributes:
        url: what TRAZAS_OTLP is set to.
    """

    def __init__(self) -> None:
        self._tramos: list[Tramo] = []
        self.url = ""

    def de(self, traza: str) -> list[Tramo]:
        """A trace's spans, as far as they came."""
        return [t for t in list(self._tramos) if t.traza == traza]

    def tomar(self, cuerpo: bytes) -> None:
        """One request's."""
        for de_recurso in ExportTraceServiceRequest.FromString(cuerpo).resource_spans:
            recurso = {a.key: a.value.string_value for a in de_recurso.resource.attributes}
            for ambito in de_recurso.scope_spans:
                for t in ambito.spans:
                    # What an exception says would be an event, or the status's text.
                    assert not t.events, t
                    assert not t.status.message, t
                    self._tramos.append(
                        Tramo(
                            t.trace_id.hex(),
                            t.span_id.hex(),
                            t.parent_span_id.hex(),
                            t.name,
                            recurso["service.name"],
                            t.start_time_unix_nano,
                            t.end_time_unix_nano,
                            {a.key: a.value.string_value or a.value.int_value for a in t.attributes},
                        )
                    )


@contextmanager
def colector() -> Iterator[Colector]:
    """One that listens, in the body."""
    propio = Colector()

    class Peticion(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            propio.tomar(self.rfile.read(int(self.headers["Content-Length"])))
            dicho = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(dicho)))
            self.end_headers()
            self.wfile.write(dicho)

        def log_message(self, *_args: object) -> None:
            pass

    servidor = ThreadingHTTPServer((LOCAL, 0), Peticion)
    propio.url = f"http://{LOCAL}:{servidor.server_port}"
    hilo = Thread(target=servidor.serve_forever, daemon=True)
    hilo.start()
    try:
        yield propio
    finally:
        servidor.shutdown()
        servidor.server_close()
