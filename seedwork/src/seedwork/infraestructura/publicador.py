"""How a client of Pulsar is made, and what publishes: on a client of its own, a producer per topic, made once."""

import asyncio
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pulsar
import structlog

from contratos import REGISTRO, Mensaje
from seedwork.aplicacion.broker import Confirmar, NoCabe, SinConfirmacion
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import avro, cloudevents
from seedwork.infraestructura.credencial import NADIE, Credencial
from seedwork.infraestructura.topicos import es_de_cartas

log = structlog.get_logger(__name__)


class _Cerrado(SinConfirmacion):
    """The producer is of no use any more."""


_MAXIMO = 5 * 1024 * 1024 - 16 * 1024
"""Octets of payload and properties. A little below the broker's own limit, 5 MiB, neither client nor broker says that a
message is too large: the broker hangs up, and is sent it again. One with a lower limit says so."""
CIERRE_S = 1.0
"""Seconds that a client may take to say goodbye."""
_CLASES = {pulsar.Result.AlreadyClosed: _Cerrado, pulsar.Result.MessageTooBig: NoCabe}


def crear_cliente(url: str, *, quien: Credencial = NADIE, espera_s: int = 30) -> pulsar.Client:
    """A client of this very process: a client must never cross a fork.

    Args:
        url: the broker's URL.
        quien: who we are, to a broker that asks.
        espera_s: how long a subscription or a producer may take to come about.
    """
    return pulsar.Client(
        url,
        operation_timeout_seconds=espera_s,
        connection_timeout_ms=5000,
        io_threads=1,
        message_listener_threads=1,
        logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Warn),
        **quien.de_cliente(),
    )


def cerrar_cliente(cliente: pulsar.Client) -> None:
    """Close it, and wait no longer than ``CIERRE_S`` for a broker that is away.

    Its ``shutdown()`` would not ask the broker at all, but keeps the interpreter's lock: with a confirmation on its
    way, whose callback waits for that lock, the whole process stands still for ten seconds.
    """
    hilo = threading.Thread(target=_cerrar, args=(cliente,), daemon=True)
    hilo.start()
    hilo.join(CIERRE_S)


def _cerrar(cliente: pulsar.Client) -> None:
    # It may be closed already, and nobody can do anything about one that can't be.
    with suppress(pulsar.PulsarException):
        cliente.close()


class EsquemaCodificado(pulsar.schema.AvroSchema):  # type: ignore[misc]
    """Says with which registered schema payloads were written, and takes them encoded already, as the outbox and dead
    letters are."""

    def encode(self, obj: Any) -> Any:
        """The bytes, as they are."""
        return obj


def _error(resultado: pulsar.Result) -> SinConfirmacion:
    return _CLASES.get(resultado, SinConfirmacion)(f"el broker respondió {resultado}")


def _sin_productor(topico: str, error: Exception) -> SinConfirmacion:
    return SinConfirmacion(f"no hay productor para {topico}: {type(error).__name__}")


class _Confirmaciones:
    """Brings the broker's answers from the client's threads to an event loop: all that have come, with one call."""

    def __init__(self, bucle: asyncio.AbstractEventLoop) -> None:
        self.bucle = bucle
        self._llegadas: deque[tuple[asyncio.Future[pulsar.Result], pulsar.Result]] = deque()
        self._avisado = False

    def nueva(self) -> "tuple[asyncio.Future[pulsar.Result], Callable[[pulsar.Result, object], None]]":
        """What will be the broker's answer, and what the client is to call with it."""
        futura = self.bucle.create_future()

        def oir(resultado: pulsar.Result, _id: object) -> None:
            self._llegadas.append((futura, resultado))
            if not self._avisado:
                self._avisado = True
                # The process may be ending, and its loop closed.
                with suppress(RuntimeError):
                    self.bucle.call_soon_threadsafe(self._repartir)

        return futura, oir

    def _repartir(self) -> None:
        # Before they are taken: what comes after that calls again.
        self._avisado = False
        while self._llegadas:
            futura, resultado = self._llegadas.popleft()
            # Whoever waited may have given up.
            if not futura.done():
                futura.set_result(resultado)


def cabe(carga: bytes, propiedades: Mapping[str, str], clave: str) -> bool:
    """Whether a message is as small as any broker takes it."""
    # In a batch of one, its key travels twice.
    textos = [clave, clave, *(texto for propiedad in propiedades.items() for texto in propiedad)]
    return len(carga) + sum(len(texto.encode()) for texto in textos) <= _MAXIMO


def _vaciar(productor: pulsar.Producer) -> None:
    # Whatever goes wrong, the callbacks of the messages hear of it.
    with suppress(pulsar.PulsarException):
        productor.flush()


class Publicador:
    """Publishes with a producer per topic, made on first use in the process that uses it. It is a ``Salida``.

    Args:
        url: the broker's URL.
        quien: who we are, to a broker that asks.
        plazo_ms: after how long an unconfirmed message is an error; 0 never gives up, so that what a lost connection
            left pending is sent again in its order.
        esperar_cola: whether a full send queue blocks, or is an error.
        agrupar_ms: how long a message may wait for others to travel with; :meth:`despachar` ends the wait.
    """

    def __init__(
        self,
        url: str,
        *,
        quien: Credencial = NADIE,
        plazo_ms: int = 4500,
        esperar_cola: bool = False,
        agrupar_ms: int = 1,
    ) -> None:
        self._url = url
        self._quien = quien
        self._agrupar_ms = agrupar_ms
        self._plazo_ms = plazo_ms
        self._esperar_cola = esperar_cola
        self._heredados: list[Any] = []
        self._empezar()
        nacer = weakref.WeakMethod(self._nacer)
        os.register_at_fork(after_in_child=lambda: (metodo := nacer()) and metodo())

    def _empezar(self) -> None:
        self._cliente: pulsar.Client | None = None
        self._productores: dict[str, pulsar.Producer] = {}
        self._en_curso: dict[str, Future[pulsar.Producer]] = {}
        self._cerrojo = threading.Lock()
        self._confirmaciones: _Confirmaciones | None = None

    def _nacer(self) -> None:
        """In a forked child: the parent's client hangs whoever touches it, even to let go of it."""
        self._heredados.append((self._cliente, self._productores, self._en_curso))
        self._empezar()

    def preparar(self, topico: str, espera_s: float = 30.0) -> None:
        """Make sure that the topic can be published to.

        Raises:
            SinConfirmacion: it can't, within ``espera_s`` seconds.
        """
        self._productor(topico, espera_s)

    def _productor(self, topico: str, espera: float = 30.0) -> pulsar.Producer:
        """The topic's producer."""
        hecho = self._productores.get(topico)
        if hecho is not None:
            return hecho
        try:
            return self._pedir(topico).result(espera)
        except (pulsar.PulsarException, TimeoutError) as error:
            raise _sin_productor(topico, error) from error

    def _pedir(self, topico: str) -> "Future[pulsar.Producer]":
        """The topic's producer, once there is one. Whoever asks at once, it is made once, and all hear of a failure."""
        with self._cerrojo:
            en_curso = self._en_curso.get(topico)
            if en_curso is None:
                en_curso = Future()
                if topico in self._productores:
                    en_curso.set_result(self._productores[topico])
                    return en_curso
                self._en_curso[topico] = en_curso
                # On a thread of its own: the client may take longer than whoever asks can wait.
                threading.Thread(target=self._crear, args=(topico, en_curso), daemon=True).start()
            return en_curso

    def _crear(self, topico: str, en_curso: "Future[pulsar.Producer]") -> None:
        try:
            productor = self._crear_productor(topico)
        except BaseException as error:
            with self._cerrojo:
                self._en_curso.pop(topico, None)
            en_curso.set_exception(error)
        else:
            with self._cerrojo:
                self._productores[topico] = productor
                self._en_curso.pop(topico, None)
            en_curso.set_result(productor)

    def _crear_productor(self, topico: str) -> pulsar.Producer:
        with self._cerrojo:
            if self._cliente is None:
                self._cliente = crear_cliente(self._url, quien=self._quien, espera_s=4 if self._plazo_ms else 30)
        tipo = next((t for t in REGISTRO.values() if t.topico == topico), None)
        esquema = EsquemaCodificado(None, schema_definition=tipo.esquema) if tipo else pulsar.schema.BytesSchema()
        return self._cliente.create_producer(
            topico,
            schema=esquema,
            send_timeout_millis=self._plazo_ms,
            block_if_queue_full=self._esperar_cola,
            max_pending_messages=5000,
            # A dead letter lies in an entry of its own: the broker tells by entries which are gone.
            batching_enabled=tipo is not None or not es_de_cartas(topico),
            batching_max_publish_delay_ms=self._agrupar_ms,
            batching_max_messages=1000,
        )

    def descartar(self, topico: str, fallido: pulsar.Producer | None = None) -> None:
        """Let go of a producer that failed: the next message makes a new one.

        Args:
            fallido: which one; nothing is done where another has taken its place. Whichever there is by default.
        """
        with self._cerrojo:
            if fallido is not None and self._productores.get(topico) is not fallido:
                return
            productor = self._productores.pop(topico, None)
        if productor is not None:
            with suppress(pulsar.PulsarException):
                productor.close()

    def enviar(
        self,
        topico: str,
        carga: bytes,
        propiedades: Mapping[str, str],
        clave: str,
        al_terminar: Confirmar,
        *,
        retraso_s: float = 0.0,
    ) -> None:
        """Send without waiting; ``al_terminar`` hears the broker's answer, on a thread of the client's.

        Raises:
            SinConfirmacion: it could not be sent.
        """
        productor = self._productor(topico)

        def oir(resultado: pulsar.Result, _id: pulsar.MessageId) -> None:
            al_terminar(None if resultado == pulsar.Result.Ok else _error(resultado))

        # One that is delayed travels alone, whatever others there are to travel with.
        retraso = {"deliver_after": timedelta(seconds=retraso_s)} if retraso_s > 0 else {}
        try:
            productor.send_async(carga, oir, properties=dict(propiedades), partition_key=clave, **retraso)
        except pulsar.PulsarException as error:
            raise SinConfirmacion(type(error).__name__) from error

    def despachar(self, topico: str) -> None:
        """Let what :meth:`enviar` took for the topic go now; returns at once."""
        productor = self._productores.get(topico)
        if productor is not None:
            # flush() also waits for the broker; and flush_async, which does not, can deadlock with a callback.
            threading.Thread(target=_vaciar, args=(productor,), daemon=True).start()

    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
        """Send, and wait until the broker has confirmed the message as durable; the event loop goes on meanwhile.

        Raises:
            SinConfirmacion: no confirmation within ``espera`` seconds.
        """
        topico = mensaje.topico
        carga, propiedades = avro.codificar(mensaje, sobre), cloudevents.a_propiedades(sobre, topico)
        bucle, confirmaciones = asyncio.get_running_loop(), self._confirmaciones
        if confirmaciones is None or confirmaciones.bucle is not bucle:
            confirmaciones = self._confirmaciones = _Confirmaciones(bucle)
        try:
            async with asyncio.timeout(espera):
                productor: pulsar.Producer = self._productores.get(topico)
                if productor is None:
                    # Others may wait for the same one.
                    productor = await asyncio.shield(asyncio.wrap_future(self._pedir(topico)))
                confirmada, oir = confirmaciones.nueva()
                productor.send_async(carga, oir, properties=propiedades, partition_key=sobre.sujeto)
                resultado = await confirmada
        except TimeoutError as error:
            raise SinConfirmacion("el broker no confirmó a tiempo") from error
        except pulsar.PulsarException as error:
            raise _sin_productor(topico, error) from error
        if resultado == pulsar.Result.AlreadyClosed:
            threading.Thread(target=self.descartar, args=(topico, productor), daemon=True).start()
        if resultado != pulsar.Result.Ok:
            raise _error(resultado)

    def publicar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float = 4.0) -> None:
        """As :meth:`entregar`, without a loop.

        Raises:
            NoCabe: it is larger than the broker takes.
            SinConfirmacion: no confirmation within ``espera`` seconds.
        """
        topico = mensaje.topico
        propiedades = cloudevents.a_propiedades(sobre, topico)
        self.publicar_carga(topico, avro.codificar(mensaje), propiedades, sobre.sujeto, espera=espera)

    def publicar_carga(
        self, topico: str, carga: bytes, propiedades: Mapping[str, str], clave: str, *, espera: float
    ) -> None:
        """As :meth:`entregar`, without a loop, for a payload that is encoded already, and that may be of any size.

        Raises:
            NoCabe: it is larger than the broker takes.
            SinConfirmacion: no confirmation within ``espera`` seconds.
        """
        if not cabe(carga, propiedades, clave):
            raise NoCabe("pesa más de lo que admite un broker")
        limite = time.monotonic() + espera
        terminado = threading.Event()
        respuesta: list[SinConfirmacion | None] = []

        def al_terminar(error: SinConfirmacion | None) -> None:
            respuesta.append(error)
            terminado.set()

        self.preparar(topico, espera)
        self.enviar(topico, carga, propiedades, clave, al_terminar)
        if not terminado.wait(max(0.0, limite - time.monotonic())):
            raise SinConfirmacion("el broker no confirmó a tiempo")
        if isinstance(respuesta[0], _Cerrado):
            self.descartar(topico)
        if respuesta[0] is not None:
            raise respuesta[0]

    def comprobar(self, topicos: Sequence[str]) -> str | None:
        """Why the topics can't be published to right now, if so; a health check."""
        try:
            productores = [self._productor(topico) for topico in topicos]
            # A connection may look alive while nobody answers on it: ask.
            if self._cliente is not None:
                self._cliente.get_topic_partitions(topicos[0])
        except (SinConfirmacion, pulsar.PulsarException) as error:
            return f"no hay conexión con el broker ({type(error).__name__})"
        return None if all(p.is_connected() for p in productores) else "no hay conexión con el broker"

    def cerrar(self) -> None:
        """Close without waiting for a broker that is away."""
        if self._cliente is not None:
            cerrar_cliente(self._cliente)
            self._empezar()
