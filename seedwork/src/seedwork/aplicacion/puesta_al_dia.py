"""Until when a consumer has handled all that its topic held: what the saga's deadline asks (contract §4)."""

from datetime import datetime

import structlog

from seedwork.aplicacion.broker import Avance, Lugares, SinAvance

log = structlog.get_logger(__name__)


class PuestaAlDia:
    """Until when a consumer has handled all that its topic held, as the broker tells.

    It waits for one end of the topic at a time: what it keeps is little, and stays true whatever happens. A process
    that begins anew asks anew.

    Args:
        avance: the broker.
        topico: the topic's full name.
        subscription: the consumer's.
    """

    def __init__(self, avance: Avance, topico: str, subscription: str) -> None:
        self._avance = avance
        self._topico = topico
        self._subscription = subscription
        self._pendiente: tuple[datetime, Lugares] | None = None
        self._hasta: datetime | None = None
        self._callado = False

    def hasta(self, ahora: datetime) -> datetime | None:
        """Ask the broker, once: the latest instant of which it is known that all that the topic held is handled.

        Args:
            ahora: the present instant, by whatever clock the answer is to go by.

        Returns:
            None where that is known of none. What was known before holds while the broker does not tell.
        """
        try:
            marcha = self._avance.mirar(self._topico, self._subscription)
        except SinAvance as error:
            if not self._callado:
                log.warning("no se sabe hasta dónde se ha atendido", topico=self._topico, error=str(error))
            self._callado = True
            return self._hasta
        self._callado = False
        if self._pendiente is not None and marcha.llega_a(self._pendiente[1]):
            self._hasta, self._pendiente = self._pendiente[0], None
        if marcha.llega_a(marcha.ultimo):
            self._hasta = ahora
        elif self._pendiente is None:
            self._pendiente = ahora, marcha.ultimo
        return self._hasta
