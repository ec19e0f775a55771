"""Receiving from Pulsar: subscriptions, messages as they travelled, and the schema registry."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from queue import Empty, SimpleQueue

import _pulsar
import pulsar

from contratos.base import Entrega
from seedwork.aplicacion.broker import SinEsquemas, SinSubscription, Subscription
from seedwork.aplicacion.recibido import Original

_TIPOS = {"ordenada": pulsar.ConsumerType.Failover, "compartida": pulsar.ConsumerType.Shared}


class MensajePulsar:
    """A message of the client's, as it travelled. What is not asked for costs nothing."""

    __slots__ = ("mensaje",)

    def __init__(self, mensaje: pulsar.Message) -> None:
        self.mensaje = mensaje

    @property
    def topico(self) -> str:
        """The topic's name, without the number of its partition."""
        return _sin_particion(self.mensaje.topic_name())

    @property
    def clave(self) -> str:
        """Its partition key, or else its subject; empty where it can't be read."""
        try:
            return self.mensaje.partition_key() or self.propiedades.get("ce_subject", "")
        except UnicodeDecodeError:
            return ""

    @property
    def carga(self) -> bytes:
        """Its payload."""
        return bytes(self.mensaje.data())

    @property
    def propiedades(self) -> Mapping[str, str]:
        """Its properties. The client hands out either all or, where one is no UTF-8, none."""
        try:
            return dict(self.mensaje.properties())
        except UnicodeDecodeError:
            return {}

    @property
    def esquema(self) -> int:
        """The version that its topic's registry gave the schema that it was written with; -1 where it does not say."""
        return int(self.mensaje._message.int_schema_version())

    @property
    def lugar(self) -> str:
        """Ledger, entry, and its place in the entry."""
        return lugar_de(self.mensaje)

    @property
    def publicado(self) -> float:
        """When it was published, as its client says."""
        return float(self.mensaje.publish_timestamp() / 1000)


def publicado(mensaje: pulsar.Message) -> datetime:
    """When a message was published, as its client says; the beginning of 1970 where that is no time that there is."""
    try:
        return datetime.fromtimestamp(mensaje.publish_timestamp() / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def lugar_de(mensaje: pulsar.Message) -> str:
    """Where a message lies: ledger, entry, and its place in the entry, -1 where it has that for itself."""
    id = mensaje.message_id()
    return f"{id.ledger_id()}:{id.entry_id()}:{id.batch_index()}"


@cache
def _sin_particion(topico: str) -> str:
    return topico.split("-partition-")[0]


class _Entregado(MensajePulsar):
    """A message, and the consumer that it came by."""

    __slots__ = ("consumidor",)

    def __init__(self, mensaje: pulsar.Message, consumidor: pulsar.Consumer) -> None:
        super().__init__(mensaje)
        self.consumidor = consumidor


class _Toma:
    """One topic of a subscription, or one partition of it, with a consumer of the client's own.

    The client bounds what it holds for a consumer of one topic. For a consumer of several it does not: whatever flood
    comes in on one of them then lies before all that the others bring.
    """

    __slots__ = ("_primero", "_timbre", "consumidor")

    def __init__(self, consumidor: pulsar.Consumer, timbre: "SimpleQueue[_Timbrazo]") -> None:
        self.consumidor = consumidor
        self._timbre = timbre
        self._primero: pulsar.Message | None = None

    def aguardar(self) -> None:
        """Ring when the next message is there. Until then nothing may be taken: it would overtake that one."""
        timbre = self._timbre
        # On the client's own thread; what :mod:`pulsar.asyncio` awaits, without a loop.
        self.consumidor._consumer.receive_async(lambda resultado, mensaje: timbre.put((self, resultado, mensaje)))

    def despertar(self, resultado: _pulsar.Result, mensaje: _pulsar.Message) -> None:
        """It rang, with this message."""
        if resultado != _pulsar.Result.Ok:
            raise SinSubscription(str(resultado))
        self._primero = pulsar.Message._wrap(mensaje)

    def tomar(self) -> pulsar.Message | None:
        """The next message, if it is there."""
        primero, self._primero = self._primero, None
        if primero is not None:
            return primero
        try:
            return self.consumidor.receive(0)
        except pulsar.Timeout:
            return None


_Timbrazo = tuple[_Toma, _pulsar.Result, _pulsar.Message]


class SubscriptionPulsar:
    """An open subscription: its topics are drained in turns, a message of each, so that none waits behind a flood.

    Args:
        cliente: made in this process.
        abrir: opens the client's consumer of one topic, or of one partition.
        topicos: their names.
    """

    REVISION_S = 60.0
    """Seconds after which a topic may have got more partitions."""

    def __init__(self, cliente: pulsar.Client, abrir: Callable[[str], pulsar.Consumer], topicos: Sequence[str]) -> None:
        self._cliente = cliente
        self._abrir = abrir
        self._timbre: SimpleQueue[_Timbrazo] = SimpleQueue()
        self._despiertas: deque[_Toma] = deque()
        self._tomas: dict[str, _Toma] = {}
        try:
            for topico in topicos:
                self._abrir_particiones(topico)
        except BaseException:
            self.cerrar()
            raise
        self._con_particiones = [t for t in topicos if t not in self._tomas]
        self._revision = time.monotonic() + self.REVISION_S

    def _abrir_particiones(self, topico: str) -> None:
        """All of a topic's that are not open yet; one that has none is its own."""
        for parte in self._cliente.get_topic_partitions(topico):
            if parte not in self._tomas:
                toma = self._tomas[parte] = _Toma(self._abrir(parte), self._timbre)
                toma.aguardar()

    def _revisar(self) -> None:
        self._revision = time.monotonic() + self.REVISION_S
        for topico in self._con_particiones:
            self._abrir_particiones(topico)

    def recibir(self, cuantos: int, espera_s: float) -> Sequence[Original]:
        """What is there, up to so many; none after ``espera_s`` seconds without any."""
        try:
            # The client asks of itself for a consumer of the whole topic, and not for those of its partitions.
            if time.monotonic() > self._revision and self.conectada():
                self._revisar()
            # Who is awake may have no more; once all sleep, the first one who rings has something.
            return self._recoger(cuantos, 0.0) or self._recoger(cuantos, espera_s)
        except pulsar.PulsarException as error:
            # What came until then is delivered again, once this is closed.
            raise SinSubscription(type(error).__name__) from error

    def _recoger(self, cuantos: int, espera_s: float) -> list[Original]:
        llegados: list[Original] = []
        despiertas = self._despiertas
        try:
            while True:
                toma, resultado, mensaje = self._timbre.get(timeout=0.0 if despiertas else espera_s)
                toma.despertar(resultado, mensaje)
                despiertas.append(toma)
        except Empty:
            pass
        while despiertas and len(llegados) < cuantos:
            toma = despiertas.popleft()
            siguiente = toma.tomar()
            if siguiente is None:
                toma.aguardar()
            else:
                llegados.append(_Entregado(siguiente, toma.consumidor))
                despiertas.append(toma)
        return llegados

    def aceptar(self, llegado: Original) -> None:
        """Acknowledge."""
        if not isinstance(llegado, _Entregado):
            raise TypeError("no lo recibió esta subscription")
        try:
            llegado.consumidor.acknowledge(llegado.mensaje)
        except pulsar.PulsarException as error:
            raise SinSubscription(type(error).__name__) from error

    def conectada(self) -> bool:
        """Whether the broker delivers to it, on all of its topics."""
        return all(toma.consumidor.is_connected() for toma in list(self._tomas.values()))

    def cerrar(self) -> None:
        """Give everything back. Acknowledgements that are still on their way go out before."""
        for toma in self._tomas.values():
            # The client does not know one that it has closed.
            with suppress(pulsar.PulsarException, ValueError):
                toma.consumidor.close()


class SubscriberPulsar:
    """Opens subscriptions.

    Args:
        cliente: made in this process.
    """

    def __init__(self, cliente: pulsar.Client) -> None:
        self._cliente = cliente

    def suscribir(self, topicos: Sequence[str], nombre: str, *, entrega: Entrega, cola: int) -> Subscription:
        """Open one.

        Raises:
            SinSubscription: not now.
        """

        def abrir(topico: str) -> pulsar.Consumer:
            return self._cliente.subscribe(
                topico,
                nombre,
                consumer_type=_TIPOS[entrega],
                receiver_queue_size=cola,
                initial_position=pulsar.InitialPosition.Earliest,
                batch_index_ack_enabled=True,
            )

        try:
            return SubscriptionPulsar(self._cliente, abrir, topicos)
        except pulsar.PulsarException as error:
            raise SinSubscription(type(error).__name__) from error


class EsquemasPulsar:
    """The broker's schema registry.

    Args:
        cliente: made in this process.
    """

    def __init__(self, cliente: pulsar.Client) -> None:
        self._cliente = cliente

    def texto(self, topico: str, version: int) -> str | None:
        """One version of a topic's schema; None where there is none.

        Raises:
            SinEsquemas: it can't be asked now.
        """
        if version < 0:
            # It would answer with its newest one, and nonsense may decode.
            return None
        try:
            return str(self._cliente._client.get_schema_info(topico, version).schema())
        except pulsar.TopicNotFound:
            return None
        except pulsar.PulsarException as error:
            raise SinEsquemas(type(error).__name__) from error
