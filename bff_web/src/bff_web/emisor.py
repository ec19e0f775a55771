"""The door's way to the broker, and what it signs its messages with."""

from typing import Protocol

from contratos import Mensaje
from seedwork.aplicacion.sobre import Sobre

FUENTE = "/saludtech/bff"
"""What its envelopes say that they come from (``ce_source``)."""
PLAZO_MS = 3700
"""Milliseconds that the broker has to confirm a message."""
ESPERA_S = 4.0
"""Seconds for that, and for the connection where there is none yet: the client is to hear within 5 (contract §2)."""


class Emisor(Protocol):
    """Takes messages to the broker."""

    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
        """Return once the message is durable; nothing in it blocks.

        Raises:
            SinConfirmacion: it is unknown whether it is.
        """

    def publicar(self, sobre: Sobre, mensaje: Mensaje) -> None:
        """As :meth:`entregar`, for a thread that may be blocked."""
