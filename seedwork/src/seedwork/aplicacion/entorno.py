"""Where time, ids and chance come from. What is simulated asks nothing else: a simulation brings its own.

Beneath ``entrada``, only who talks to a real broker may ask the process's clock, for how long that takes: a test of the
architecture names them. In ``entrada``, processes and the HTTP server do, for how long a stop or a connection takes.
"""

import random
import time
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

import uuid_utils


class Entorno(Protocol):
    """The surroundings of one process."""

    azar: random.Random
    """Chance, for spreading load and pauses; never for secrets."""

    def ahora(self) -> datetime:
        """The present instant, in UTC."""
        ...

    def monotono(self) -> float:
        """Seconds on a clock that never goes back, and that no other process shares."""
        ...

    def id(self) -> str:
        """An id that nobody has had before; later ones sort behind earlier ones."""
        ...


class EntornoReal:
    """The machine's own clocks, UUIDv7 (RFC 9562 §5.7), and the operating system's entropy as a seed."""

    def __init__(self) -> None:
        self.azar = random.Random()  # nosec B311 # noqa: S311 - an even spread, not a secret
        self.ahora = partial(datetime.now, UTC)
        self.monotono = time.monotonic

    def id(self) -> str:
        """A UUIDv7."""
        return str(uuid_utils.uuid7())
