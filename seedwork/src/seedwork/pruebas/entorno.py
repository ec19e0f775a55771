"""Surroundings that a test makes up: the same seed gives the same times, ids and chances on every machine."""

import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256

_INICIO = datetime(2026, 1, 1, tzinfo=UTC)
_MILIS = int(_INICIO.timestamp()) * 1000


class RelojSimulado:
    """The time of a world: it stands still until it is told to go on.

    Attributes:
        micros: microseconds since then; whole ones, so that they add up alike everywhere.
    """

    def __init__(self) -> None:
        self.micros = 0
        self._dicho = 0, _INICIO

    def ahora(self) -> datetime:
        """The present instant, in UTC."""
        micros, instante = self._dicho
        if micros != self.micros:
            # It is asked for many times while time stands still.
            micros, instante = self._dicho = self.micros, _INICIO + timedelta(microseconds=self.micros)
        return instante

    def segundos(self) -> float:
        """Seconds since it began."""
        return self.micros / 1e6

    def avanzar(self, segundos: float) -> None:
        """Let time go by.

        Raises:
            ValueError: it can't go back.
        """
        self.avanzar_hasta(self.micros + round(segundos * 1e6))

    def avanzar_hasta(self, micros: int) -> None:
        """Let time go by until so many microseconds since the beginning; nothing happens where they have passed.

        Raises:
            ValueError: the count is negative.
        """
        if micros < 0:
            raise ValueError("el tiempo no vuelve atrás")
        self.micros = max(self.micros, micros)


class EntornoSimulado:
    """The surroundings of one simulated process (:class:`seedwork.aplicacion.entorno.Entorno`).

    Args:
        semilla: two with the same seed, on clocks that go alike, give the same ids and the same chances.
        reloj: the world's time, where processes share one.
        desfase_s: by how many seconds this process's wall clock is ahead; its monotonic clock is not touched.

    Attributes:
        azar: chance, from the seed.
        reloj: the world's time.
        desfase_s: as given; it may be changed, as somebody sets a machine's clock.
    """

    def __init__(self, semilla: int | str = 0, *, reloj: RelojSimulado | None = None, desfase_s: float = 0.0) -> None:
        self.reloj = reloj or RelojSimulado()
        self.desfase_s = desfase_s
        self._semilla = str(semilla)
        # A text, not its hash: Python's own differs from process to process.
        self.azar = random.Random(self._semilla)  # nosec B311 # noqa: S311 - an even spread, not a secret
        self._nodo = sha256(self._semilla.encode()).hexdigest()[:12]
        self._ultimo = (0, 0)

    def otro(self, nombre: str, *, desfase_s: float = 0.0) -> "EntornoSimulado":
        """Another process's, on the same world's time: its ids and chances are its own, whatever this one does."""
        return EntornoSimulado(f"{self._semilla}/{nombre}", reloj=self.reloj, desfase_s=desfase_s)

    def ahora(self) -> datetime:
        """The present instant on this process's wall clock, in UTC."""
        instante = self.reloj.ahora()
        return instante + timedelta(seconds=self.desfase_s) if self.desfase_s else instante

    def monotono(self) -> float:
        """Seconds since the world began."""
        return self.reloj.micros / 1e6

    def id(self) -> str:
        """An id in the form of a UUIDv7: time, then a counter, then the seed. Later ones sort behind earlier ones."""
        milis, cuenta = _MILIS + (self.reloj.micros + round(self.desfase_s * 1e6)) // 1000, 0
        if milis <= self._ultimo[0]:
            milis, cuenta = self._ultimo[0], self._ultimo[1] + 1
        self._ultimo = milis, cuenta
        return f"{milis >> 16:08x}-{milis & 0xFFFF:04x}-7{cuenta >> 14:03x}-{0x8000 | cuenta & 0x3FFF:04x}-{self._nodo}"
