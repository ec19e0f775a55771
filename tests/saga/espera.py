"""Waiting by probe."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def hasta(mirar: Callable[[], T], que: str, *, segundos: float = 45) -> T:
    """Look again and again until there is something to see, and give it.

    Raises AssertionError, naming `que`, when there is nothing after so many seconds.
    """
    limite = time.monotonic() + segundos
    while not (visto := mirar()):
        if time.monotonic() > limite:
            raise AssertionError(f"no ocurrió en {segundos:g} s: {que}")
        time.sleep(0.1)
    return visto
