"""The key that a client's code is kept under in the event store: to destroy it is to forget whose an event is."""

from dataclasses import dataclass, field

from seedwork.dominio.agregado import Agregado


@dataclass(kw_only=True)
class ClaveDeCliente(Agregado):
    """A client's key for what is kept by one of its subscriptions, whose id is its own.

    One for each subscription, not for each client: an id of a subscription is never used again, so what arrives late
    finds its key destroyed, and a client who comes back has other keys.

    Attributes:
        clave: as many random octets as the cipher takes; None once it is destroyed, for good.
    """

    clave: bytes | None = field(repr=False)

    @property
    def destruida(self) -> bool:
        """Whether the client is forgotten."""
        return self.clave is None

    def destruir(self) -> None:
        """Forget the client."""
        self.clave = None
