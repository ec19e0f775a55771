"""Receiving from Pulsar: subscriptions, messages as they travelled, and the schema registry."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

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


@cache
def _sin_particion(topico: str) -> str:
    return topico.split("-partition-")[0]


class SubscriptionPulsar:
    """An open subscription."""

    def __init__(self, consumidor: pulsar.Consumer) -> None:
        self._consumidor = consumidor

    def recibir(self, cuantos: int, espera_s: float) -> Sequence[Original]:
        """What is there, up to so many; none after ``espera_s`` seconds without any."""
        llegados: list[Original] = []
        # To the client, 0 means to wait for ever.
        plazo_ms = max(1, int(espera_s * 1000))
        recibir = self._consumidor.receive
        try:
            while len(llegados) < cuantos:
                llegados.append(MensajePulsar(recibir(plazo_ms)))
                plazo_ms = 1
        except pulsar.Timeout:
            pass
        except pulsar.PulsarException as error:
            # What came until then is delivered again, once this is closed.
            raise SinSubscription(type(error).__name__) from error
        return llegados

    def aceptar(self, llegado: Original) -> None:
        """Acknowledge."""
        if not isinstance(llegado, MensajePulsar):
            raise TypeError("no lo recibió esta suscripción")
        try:
            self._consumidor.acknowledge(llegado.mensaje)
        except pulsar.PulsarException as error:
            raise SinSubscription(type(error).__name__) from error

    def conectada(self) -> bool:
        """Whether the broker delivers to it."""
        return bool(self._consumidor.is_connected())

    def cerrar(self) -> None:
        """Give everything back. Acknowledgements that are still on their way go out before."""
        # The client does not know one that it has closed.
        with suppress(pulsar.PulsarException, ValueError):
            self._consumidor.close()


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
        try:
            consumidor = self._cliente.subscribe(
                list(topicos),
                nombre,
                consumer_type=_TIPOS[entrega],
                receiver_queue_size=cola,
                initial_position=pulsar.InitialPosition.Earliest,
                batch_index_ack_enabled=True,
            )
        except pulsar.PulsarException as error:
            raise SinSubscription(type(error).__name__) from error
        return SubscriptionPulsar(consumidor)


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
