"""Chance whose whole state is one number: each deed begins with its own, which costs nothing."""

import random
from typing import Any

_MASCARA = (1 << 64) - 1


class Azar(random.Random):
    """SplitMix64 (Steele, Lea and Flood, 2014). The standard library's generator takes 10 µs to be seeded."""

    _estado = 0

    def seed(self, a: Any = 0, version: int = 2) -> None:
        """Begin with a whole number."""
        self._estado = int(a) & _MASCARA

    def random(self) -> float:
        """From 0 to 1, which is not among them."""
        return (self.getrandbits(64) >> 11) * 2.0**-53

    def getrandbits(self, k: int, /) -> int:
        """So many bits, at most 64."""
        self._estado = z = (self._estado + 0x9E3779B97F4A7C15) & _MASCARA
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASCARA
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASCARA
        return (z ^ (z >> 31)) >> (64 - k)
