"""How long to wait before trying again."""

import random

_DOBLECES = 64
"""More doublings than any pause has room for; without a bound, the power overflows one day."""


EXCESO = 1.2
"""By this a pause may be longer than it should."""


def creciente(repeticion: int, base_s: float, tope_s: float) -> float:
    """Seconds before a repetition, the first being 1: ``base_s``, and twice as long each time until ``tope_s``."""
    return min(tope_s, base_s * 2.0 ** min(repeticion - 1, _DOBLECES))


def pausa(repeticion: int, base_s: float, tope_s: float, azar: random.Random) -> float:
    """As :func:`creciente`, give or take a fifth, so that what failed together does not come again together."""
    return creciente(repeticion, base_s, tope_s) * azar.uniform(2 - EXCESO, EXCESO)
