"""Being told by Pulsar's client that a message is there, without a thread of ours for each topic."""

from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

import _pulsar
import pulsar

T = TypeVar("T")


class Timbre(Generic[T]):
    """Rings for whoever waits here, once, when the next message is there for them."""

    def __init__(self) -> None:
        self._cola: SimpleQueue[tuple[T, _pulsar.Result, _pulsar.Message]] = SimpleQueue()

    def aguardar(self, quien: T, de: pulsar.Consumer | pulsar.Reader) -> None:
        """Wait for its next message. Until it rang nothing may be taken there: that would overtake this one.

        Args:
            quien: who waits, as :meth:`oir` says.
            de: what the message comes by.
        """
        cola = self._cola
        # On the client's own thread; what :mod:`pulsar.asyncio` awaits, without a loop.
        pedir = de._consumer.receive_async if isinstance(de, pulsar.Consumer) else de._reader.read_next_async
        pedir(lambda resultado, mensaje: cola.put((quien, resultado, mensaje)))

    def oir(self, espera_s: float) -> tuple[T, pulsar.Message] | None:
        """For whom it rang first, and their message; None where it does not within these seconds.

        Raises:
            pulsar.PulsarException: there is to be none, the client says.
        """
        try:
            quien, resultado, mensaje = self._cola.get(timeout=espera_s)
        except Empty:
            return None
        if resultado != _pulsar.Result.Ok:
            raise pulsar.NotConnected
        return quien, pulsar.Message._wrap(mensaje)
