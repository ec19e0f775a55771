"""How a service's consumers and relay pace themselves: how often they try, how long they wait, how much they hold.

What only one part needs, as how long a command waits or a timer rests, stands with that part.
"""

import random
from dataclasses import dataclass

from seedwork.aplicacion.reintentos import EXCESO, creciente, pausa


@dataclass(frozen=True, kw_only=True)
class Ritmo:
    """What a service's settings say of it; all times are in seconds.

    Attributes:
        maximo: single handlings of a failing message before it is parked.
        inmediatos: of these, how many follow at once.
        base_s: before the first delayed one; each further one waits twice as long, give or take a fifth.
        tope_s: the longest such wait.
        retenidos: most messages that a consumer holds because of these waits; then it receives no more.
        escucha_s: the longest that a consumer listens for a message before it looks at what else is due.
        problema_s: how long trouble of broker or database is waited out before it is looked at again.
        sondeo_s: between two looks at what a notification should have told of.
        vuelta_larga_s: after so long a round, something does not answer.
        sin_avance_s: after so long without one handling, a consumer with messages before it is not ready; longer than
            all waits of one message together, since another worker may be at that.
        descanso: what the consumer of waiting commands rests for each second that it worked, so that the others of
            its process keep their latency.
        lote_espera: most waiting commands in one transaction.
        reunir_s: least time between two looks that find something on topics that workers share: what comes one by one
            is handled in small batches, at a fraction of the cost; what comes after a quiet time waits for nothing,
            nor does a backlog.
        lote_s: how long the messages of a batch may take, besides what its transaction costs by itself; where they take
            longer, the next batches are smaller.
    """

    maximo: int = 8
    inmediatos: int = 2
    base_s: float = 0.5
    tope_s: float = 30.0
    retenidos: int = 10_000
    escucha_s: float = 0.3
    problema_s: float = 1.0
    sondeo_s: float = 0.5
    vuelta_larga_s: float = 5.0
    sin_avance_s: float = 60.0
    descanso: float = 1.0
    lote_espera: int = 100
    reunir_s: float = 0.02
    lote_s: float = 0.1

    def espera(self, intento: int, azar: random.Random) -> float:
        """Seconds between this attempt, the first being 1, and the next."""
        if intento < self.inmediatos:
            return 0.0
        return pausa(intento - self.inmediatos + 1, self.base_s, self.tope_s, azar)

    @property
    def total_s(self) -> float:
        """The longest that all waits between the attempts with one message may take."""
        repeticiones = range(1, self.maximo - self.inmediatos + 1)
        return EXCESO * sum(creciente(n, self.base_s, self.tope_s) for n in repeticiones)
