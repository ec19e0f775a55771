"""What the broker does for this platform: ports. Apache Pulsar is one way to do it, memory another.

What goes wrong there is said with the exceptions of this module alone, and no message is ever to blame for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from contratos.base import Entrega
from seedwork.aplicacion.recibido import Original


class SinBroker(Exception):
    """The broker is away, or does not answer as it should. No text of these errors quotes a value of a message."""


class SinSubscription(SinBroker):
    """It can't be subscribed now, or the subscription is open no more: what was in hand will be delivered again."""


class SinConfirmacion(SinBroker):
    """The broker did not confirm in time: whether the message is durable is unknown."""


class NoCabe(SinConfirmacion):
    """The message is larger than the broker takes: it was not sent, and never will be as it is."""


class SinEsquemas(SinBroker):
    """The schema registry can't be asked now."""


class SinAvance(SinBroker):
    """The broker does not tell how far a consumer has come."""


class Subscription(Protocol):
    """An open subscription, in the hands of one thread.

    What was delivered and not acknowledged is delivered again once this is closed, or its process gone; where the
    subscription is an ordered one, in the order of its topics.
    """

    def recibir(self, cuantos: int, espera_s: float) -> Sequence[Original]:
        """What is there, oldest first in each topic, up to so many; none after ``espera_s`` seconds without any.

        Raises:
            SinSubscription: it is open no more.
        """
        ...

    def aceptar(self, llegado: Original, /) -> None:
        """Acknowledge what :meth:`recibir` gave. It may get lost on its way without a word: then it comes again.

        Raises:
            SinSubscription: it is open no more; it was not acknowledged.
        """
        ...

    def conectada(self) -> bool:
        """Whether the broker delivers to it."""
        ...

    def cerrar(self) -> None:
        """Give everything back that was not acknowledged. It raises nothing, and may be called twice."""
        ...


class Subscriber(Protocol):
    """Where subscriptions are opened."""

    def suscribir(self, topicos: Sequence[str], nombre: str, *, entrega: Entrega, cola: int) -> Subscription:
        """Open a subscription; a new one begins with the earliest message that its topics hold.

        Args:
            topicos: their full names; one that is partitioned, with all its partitions.
            nombre: the subscription's.
            entrega: "ordenada": of all who hold it, one at a time gets a topic's messages, in their order.
                "compartida": all who hold it share them, in no order; only there, delayed messages are late.
            cola: most messages that are delivered ahead of :meth:`Subscription.recibir`.

        Raises:
            SinSubscription: not now.
        """
        ...


Confirmar = Callable[[SinConfirmacion | None], None]
"""Hears that the broker has made a message durable (None), or that it is unknown whether it has."""


class Salida(Protocol):
    """Where messages are published. Those of one topic and key stay in the order in which they were handed over."""

    def preparar(self, topico: str, espera_s: float = 30.0) -> None:
        """Make sure that the topic can be published to.

        Raises:
            SinConfirmacion: it can't, within ``espera_s`` seconds.
        """
        ...

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
        """Send without waiting; ``al_terminar`` hears of it once, at any time from now on, on any thread.

        Args:
            topico: its full name.
            carga: the payload, encoded.
            propiedades: the message's.
            clave: its partition key.
            retraso_s: after how many seconds it is delivered, at the earliest; to shared subscriptions alone.

        Raises:
            SinConfirmacion: it could not be sent; ``al_terminar`` hears nothing.
        """
        ...

    def despachar(self, topico: str) -> None:
        """Let what :meth:`enviar` took for the topic go now, instead of waiting for more; returns at once."""
        ...

    def descartar(self, topico: str) -> None:
        """Let go of whatever publishes to the topic, after an error: what was pending there is not sent any more."""
        ...

    def publicar_carga(
        self, topico: str, carga: bytes, propiedades: Mapping[str, str], clave: str, *, espera: float
    ) -> None:
        """Send, and wait until the broker has confirmed the message as durable.

        Raises:
            NoCabe: it is larger than the broker takes.
            SinConfirmacion: no confirmation within ``espera`` seconds.
        """
        ...


class Esquemas(Protocol):
    """The registry of the schemas that messages are written with."""

    def texto(self, topico: str, version: int) -> str | None:
        """One version of a topic's schema, as Avro has it in JSON; None where there is none.

        Raises:
            SinEsquemas: it can't be asked now.
        """
        ...


Posicion = tuple[int, int]
"""A message's place on its topic, or on its part of one that is partitioned; later ones compare greater."""
Lugares = tuple[Posicion, ...]
"""A place on each part of a topic, in their order; one that is not partitioned has one."""


@dataclass(frozen=True, slots=True)
class Marcha:
    """How far a consumer has come on a topic.

    Attributes:
        ultimo: the last messages that were published on it.
        atendido: up to where the consumer has acknowledged everything.
    """

    ultimo: Lugares
    atendido: Lugares

    def llega_a(self, lugares: Lugares) -> bool:
        """Whether it has come there on every part; parts are only ever added."""
        return len(self.atendido) >= len(lugares) and all(a >= b for a, b in zip(self.atendido, lugares, strict=False))


class Avance(Protocol):
    """How far consumers have come. It answers soon, or not at all: whoever asks has other things to do."""

    def mirar(self, topico: str, subscription: str) -> Marcha:
        """How far the subscription has come on the topic; never further than it really had.

        Raises:
            SinAvance: the broker did not tell.
        """
        ...


@dataclass(frozen=True, slots=True)
class Atraso:
    """What a subscription has not acknowledged.

    Attributes:
        entradas: how many entries, as the broker counts them; those that are to be delivered later are not among them.
        marca: changes whenever anybody has acknowledged something.
        mas_antiguo: when the oldest message of these was published, by its sender's clock; one that is to be delivered
            later counts, too. None for none.
        llegados: by part of the topic, how many messages have arrived there since the broker has counted them.
        entregados: how many it has delivered to the subscription likewise; one that it delivered again, again.
        consumidores: how many are connected to the subscription; of a topic's parts, to the one that has most.
    """

    entradas: int
    marca: int
    mas_antiguo: datetime | None = None
    llegados: Mapping[str, int] = field(default_factory=dict)
    entregados: int = 0
    consumidores: int = 0


class Atrasos(Protocol):
    """How much subscriptions have before them."""

    def mirar(self, topico: str, subscription: str) -> Atraso:
        """What the subscription has before it on the topic.

        Raises:
            SinAvance: the broker did not tell.
        """
        ...
