"""How long to wait before trying again."""

import random

_DOBLECES = 64
"""More doublings than any pause has room for; without a bound, the power overflows one day."""


def pausa(repeticion: int, base_s: float, tope_s: float) -> float:
    """Seconds before a repetition, the first being 1: ``base_s``, and twice as long each time until ``tope_s``.

    Give or take a fifth, so that what failed together does not come again together.
    """
    segundos = min(tope_s, base_s * 2.0 ** min(repeticion - 1, _DOBLECES))
    return segundos * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
