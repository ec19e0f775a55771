"""Traces: what is under way, told as spans of one tree from the caller's request to the letter; a port (ADR 56).

A span is known by its ``traceparent`` (W3C Trace Context), which is all of it that travels: in HTTP's header, in a
message's ``ce_traceparent``, in an outbox's row. So a span's parent may be of any process, and of any day. Where traces
are not kept, or this one is not, nothing is made, and what came is handed on as it is.
"""

import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Final, Literal, Protocol

from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import Sobre

Clase = Literal["interno", "servidor", "cliente", "productor", "consumidor"]

METODO = "http.request.method"
RUTA = "http.route"
ESTADO = "http.response.status_code"
SISTEMA = "messaging.system"
OPERACION = "messaging.operation.type"
TOPICO = "messaging.destination.name"
ID_MENSAJE = "messaging.message.id"
CONSUMIDOR = "messaging.consumer.group.name"
ERROR = "error.type"
PARTE = "peer.service"
TIPO = "saludtech.tipo"
SUJETO = "saludtech.sujeto"
CORRELACION = "saludtech.correlacion"
RESULTADO = "saludtech.resultado"
INTENTO = "saludtech.intento"
NOTIFICACION = "saludtech.notificacion"

ATRIBUTOS: Final = frozenset(
    {
        METODO,
        RUTA,
        ESTADO,
        SISTEMA,
        OPERACION,
        TOPICO,
        ID_MENSAJE,
        CONSUMIDOR,
        ERROR,
        PARTE,
        TIPO,
        SUJETO,
        CORRELACION,
        RESULTADO,
        INTENTO,
        NOTIFICACION,
    }
)
"""What a span may tell: ids that we made, types, states and numbers; never what a person is called, wrote or can be
found by, nor a path, nor an error's text. OpenTelemetry's own names where it has one for it."""

Atributos = Mapping[str, str | int]


class Tramo(Protocol):
    """A span that has begun."""

    @property
    def contexto(self) -> str | None:
        """Its traceparent: the parent of what it causes. None where there is no trace."""
        ...

    def terminar(self, atributos: Atributos | None = None, *, error: str = "") -> None:
        """It ends now.

        Args:
            atributos: what is known of it by now besides.
            error: the type's name of what it failed with; empty where it did not.
        """
        ...


class SinTramo:
    """No span: what goes on has the parent that there was.

    Args:
        contexto: that parent's traceparent.
    """

    __slots__ = ("contexto",)

    def __init__(self, contexto: str | None) -> None:
        self.contexto = contexto

    def terminar(self, atributos: Atributos | None = None, *, error: str = "") -> None:
        """Nothing ends."""


class Trazador(Protocol):
    """Keeps spans. It raises nothing, and waits for nobody."""

    def empezar(
        self, nombre: str, de: str | None, clase: Clase, atributos: Atributos, inicio_ns: int | None = None
    ) -> Tramo:
        """Begin a span.

        Args:
            nombre: what is done, of few there are.
            de: its parent's traceparent, a valid one; None begins a trace.
            clase: OpenTelemetry's kind of span. With a server's, it is decided whether the trace is kept; all others
                are of one that is.
            atributos: of :data:`ATRIBUTOS`.
            inicio_ns: when it began, in nanoseconds since 1970; now by default.
        """
        ...

    def cerrar(self, espera_s: float) -> None:
        """Take out what ended, for so many seconds at most; nothing is kept from then on."""
        ...


SIN_TRAMO: Final = SinTramo(None)
"""Of what is told of nowhere."""
_trazador: Trazador | None = None
_TRAZA = re.compile(r"(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_MUESTREADA = 1
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def usar(trazador: Trazador | None) -> None:
    """Have this process's spans kept by it; None for by nobody, as at first."""
    global _trazador  # noqa: PLW0603 — a process has one, as it has one log
    _trazador = trazador


def hay() -> bool:
    """Whether anybody keeps spans here."""
    return _trazador is not None


def cerrar(espera_s: float) -> None:
    """The process ends: see :meth:`Trazador.cerrar`."""
    if _trazador is not None:
        _trazador.cerrar(espera_s)


def leida(recibida: str | None) -> str | None:
    """A traceparent that came from outside, as we hand it on; None for what is none.

    One of a later version goes on as version 00, with what that one knows of it: whether it is sampled (W3C Trace
    Context §4.3).
    """
    hallada = _TRAZA.fullmatch(recibida or "")
    if hallada is None or (hallada[1] == "00" and hallada[4]):
        return None
    banderas = hallada[3] if hallada[1] == "00" else f"{int(hallada[3], 16) & _MUESTREADA:02x}"
    return f"00-{hallada[2]}-{banderas}"


def id_de(contexto: str | None) -> str | None:
    """The trace's own id, 32 hexadecimal digits, as people look it up; None for none."""
    hallada = _TRAZA.fullmatch(contexto or "")
    return None if hallada is None else hallada[2][:32]


def es_muestreada(contexto: str | None) -> bool:
    """Whether a trace is kept, by its traceparent."""
    seguida = leida(contexto)
    return seguida is not None and bool(int(seguida[-2:], 16) & _MUESTREADA)


def empezar(
    nombre: str,
    de: str | None,
    clase: Clase = "interno",
    atributos: Atributos | None = None,
    *,
    inicio_ns: int | None = None,
) -> Tramo:
    """Begin a span of a trace that goes on; where there is none, or it is not kept, no span.

    Args:
        nombre: what is done.
        de: its parent's traceparent, whatever came.
        clase: OpenTelemetry's kind of span.
        atributos: of :data:`ATRIBUTOS`.
        inicio_ns: when it began, in nanoseconds since 1970; now by default.
    """
    seguida = _seguida(de)
    if seguida is None or _trazador is None:
        return SinTramo(de)
    return _trazador.empezar(nombre, seguida, clase, atributos or {}, inicio_ns)


def recibir(nombre: str, recibida: str | None, atributos: Atributos) -> Tramo:
    """Begin a server's span: of the caller's trace, if it sent one that counts, or of a new one. Where nobody keeps it,
    there is that trace all the same: logs tell it, and what follows carries it on."""
    if _trazador is None:
        return SinTramo(leida(recibida) or f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01")
    return _trazador.empezar(nombre, leida(recibida), "servidor", atributos)


def publicar(
    de: str | None, topico: str, tipo: str, id: str, sujeto: str, correlacion: str, *, desde_ns: int = 0
) -> Tramo:
    """Begin the span of a message's publishing; what handles it follows from that one.

    Args:
        de: its parent's traceparent, whatever came.
        topico: where it goes.
        tipo: as all below, of the message, as in :func:`de_mensaje`.
        desde_ns: since when it waited to be published, in nanoseconds since 1970, which is a span of its own; 0 for no
            wait.
    """
    if _seguida(de) is None:
        return SinTramo(de)
    dicho = de_mensaje(tipo, id, sujeto, correlacion)
    if desde_ns:
        empezar("espera en outbox", de, atributos=dicho, inicio_ns=desde_ns).terminar()
    dicho |= {OPERACION: "send", TOPICO: topico.rsplit("/", 1)[-1]}
    return empezar(f"publicar {nombre_de(tipo)}", de, "productor", dicho)


@contextmanager
def durante(tramo: Tramo) -> Iterator[Tramo]:
    """A span that ends with the block, or fails with what that fails with."""
    try:
        yield tramo
    except BaseException as error:
        tramo.terminar(error=type(error).__name__)
        raise
    tramo.terminar()


@contextmanager
def publicando(sobre: Sobre, topico: str) -> Iterator[Sobre]:
    """A message is published in the block: its envelope, which names that span as what handling it follows from."""
    with durante(publicar(sobre.traza, topico, sobre.tipo, sobre.id, sobre.sujeto, sobre.correlacion)) as tramo:
        yield sobre if tramo.contexto == sobre.traza else replace(sobre, traza=tramo.contexto)


def de_mensaje(tipo: str, id: str, sujeto: str, correlacion: str) -> dict[str, str | int]:
    """What a span tells of a message.

    Args:
        tipo: its type, ``co.saludtech.<context>.<Name>.v1``.
        id: its id; this and what follows is told where it is one of ours, a UUID, since a client's code, or what its
            sender took for an id, may be a person's.
        sujeto: its subject.
        correlacion: its correlation id.
    """
    ids = {ID_MENSAJE: id, SUJETO: sujeto, CORRELACION: correlacion}
    return {SISTEMA: "pulsar", TIPO: tipo, **{nombre: valor for nombre, valor in ids.items() if _es_uuid(valor)}}


def nombre_de(tipo: str) -> str:
    """A message's type, as spans are named after it."""
    partes = tipo.split(".")
    return partes[-2] if len(partes) > 1 else tipo


class Atencion:
    """Messages that are handled together: of each whose trace is kept, a span since it was published, until it came
    here, and one since then, which is the parent of all that it causes. They end with the block.

    Args:
        consumidor: who handles them.
        recibidos: the messages.

    Attributes:
        recibidos: the messages, whose envelopes know these spans.
        esperan: the ids of those that wait elsewhere from now on.
    """

    def __init__(self, consumidor: str, recibidos: Sequence[Recibido]) -> None:
        self._consumidor = consumidor
        self._tramos: list[tuple[str, Tramo]] = []
        self.esperan: Collection[str] = ()
        self.recibidos = [self._seguir(recibido) for recibido in recibidos]

    def _seguir(self, recibido: Recibido) -> Recibido:
        sobre = recibido.sobre
        seguida = _seguida(sobre.traza)
        if seguida is None:
            return recibido
        dicho = de_mensaje(sobre.tipo, sobre.id, sobre.sujeto, sobre.correlacion) | {CONSUMIDOR: self._consumidor}
        if publicado := recibido.original.publicado:
            empezar("espera en cola", seguida, atributos=dicho, inicio_ns=int(publicado * 1e9)).terminar()
        tramo = empezar(
            f"atender {nombre_de(sobre.tipo)}",
            seguida,
            "consumidor",
            dicho | {OPERACION: "process"},
        )
        self._tramos.append((sobre.id, tramo))
        return replace(recibido, sobre=replace(sobre, tramo=tramo.contexto))

    def __enter__(self) -> "Atencion":
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, _error: BaseException | None, _pila: TracebackType | None
    ) -> None:
        for id, tramo in self._tramos:
            if tipo is not None:
                tramo.terminar(error=tipo.__name__)
            else:
                tramo.terminar({RESULTADO: "en_espera" if id in self.esperan else "hecho"})


def _seguida(de: str | None) -> str | None:
    """A parent's traceparent, where its trace is kept here; None where it is not."""
    if _trazador is None or de is None:
        return None
    return leida(de) if es_muestreada(de) else None


def _es_uuid(texto: str) -> bool:
    return _UUID.fullmatch(texto) is not None
