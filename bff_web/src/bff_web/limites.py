"""How many requests one caller may send to one instance: so many a second in the long run, and so many at once."""

import hashlib
import ipaddress
import math
import mmap
import secrets
import struct
import time
from collections.abc import Callable

from limits import RateLimitItemPerSecond
from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport, TimestampedSlidingWindow
from limits.strategies import SlidingWindowCounterRateLimiter
from typing_extensions import override

from seedwork.entrada.problemas import ErrorHttp

_CUENTAS = 1 << 17
"""Counts that are kept at once: two of each caller."""
_RED_IPV6 = 64
"""Bits of an address of IPv6 that are one client's: of the rest it has as many as it likes."""


class CuentasComunes(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """Counts that the processes of one instance share: to be made before the fork, in memory that they all see.

    Each is where a keyed hash of its name says; another one that falls on the same place takes it, and is let off with
    the rest. Nothing is locked, and so no process that dies holds the others up: two that count at the same instant
    may count as one.

    Args:
        reloj: seconds of the epoch.
    """

    STORAGE_SCHEME = None
    _CUENTA = struct.Struct("=II")

    def __init__(self, reloj: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._reloj = reloj
        self._sal = secrets.token_bytes(16)
        self._memoria = mmap.mmap(-1, _CUENTAS * self._CUENTA.size)

    @property
    @override
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def _lugar(self, key: str) -> tuple[int, int]:
        """Where a count is, and the mark that tells it from others there."""
        huella = int.from_bytes(hashlib.blake2b(key.encode(), key=self._sal, digest_size=8).digest(), "little")
        return (huella % _CUENTAS) * self._CUENTA.size, huella >> 32 or 1

    def _leer(self, lugar: int, marca: int) -> int:
        de, cuenta = self._CUENTA.unpack_from(self._memoria, lugar)
        return int(cuenta) if de == marca else 0

    @override
    def get(self, key: str) -> int:
        return self._leer(*self._lugar(key))

    @override
    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        lugar, marca = self._lugar(key)
        cuenta = self._leer(lugar, marca) + amount
        self._CUENTA.pack_into(self._memoria, lugar, marca, cuenta)
        return cuenta

    @override
    def clear(self, key: str) -> None:
        self._CUENTA.pack_into(self._memoria, self._lugar(key)[0], 0, 0)

    @override
    def get_expiry(self, key: str) -> float:
        # A count is of one window, which its name says: it is never asked for after that.
        return self._reloj()

    @override
    def check(self) -> bool:
        return True

    @override
    def reset(self) -> None:
        self._memoria[:] = bytes(len(self._memoria))

    @override
    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        instante = self._reloj()
        anterior, actual = self.sliding_window_keys(key, expiry, instante)
        lugar, marca = self._lugar(actual)
        ahora = self._leer(lugar, marca)
        antes = self._leer(*self._lugar(anterior)) * (expiry - instante % expiry) / expiry
        if antes + ahora + amount > limit:
            return False
        self._CUENTA.pack_into(self._memoria, lugar, marca, ahora + amount)
        return True

    @override
    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        ahora = self._reloj()
        anterior, actual = self.sliding_window_keys(key, expiry, ahora)
        queda = expiry - ahora % expiry
        return self.get(anterior), queda, self.get(actual), queda + expiry

    @override
    def clear_sliding_window(self, key: str, expiry: int) -> None:
        for suya in self.sliding_window_keys(key, expiry, self._reloj()):
            self.clear(suya)


class Limite:
    """The limit.

    Args:
        ritmo: requests a second, in the long run.
        rafaga: requests at once. Of what was sent before, a window of the time that so many take at that pace is
            forgotten evenly: so besides a burst the pace itself passes, and within one such time less than twice as
            many as these.
        reloj: seconds of the epoch.
    """

    def __init__(self, ritmo: int, rafaga: int, reloj: Callable[[], float] = time.time) -> None:
        self._regla = RateLimitItemPerSecond(rafaga, math.ceil(rafaga / ritmo))
        self._cuentas = CuentasComunes(reloj)
        self._ventanas = SlidingWindowCounterRateLimiter(self._cuentas)

    def contar(self, *, sujeto: str | None = None, direccion: str | None = None) -> None:
        """Count one more request of a caller's; of whoever has said nothing that counts, of its address's.

        Raises:
            ErrorHttp: 429, with the seconds after which there is room again.
        """
        quien = f"sujeto {sujeto}" if sujeto is not None else f"red {_red(direccion)}"
        if not self._ventanas.hit(self._regla, quien):
            raise ErrorHttp(429, cabeceras={"Retry-After": str(self._espera(quien))})

    def _espera(self, quien: str) -> int:
        """Seconds until one more passes, rounded up."""
        dura = self._regla.get_expiry()
        antes, queda, ahora, _ = self._cuentas.get_sliding_window(self._regla.key_for(quien), dura)
        if ahora >= self._regla.amount:
            # All of this window's: the next one begins with them as its past, and has to be rid of one.
            return math.ceil(queda + dura / ahora)
        sobran = antes * queda / dura + ahora + 1 - self._regla.amount
        return max(1, math.ceil(min(queda, sobran * dura / max(antes, 1))))


def _red(direccion: str | None) -> str:
    try:
        ip = ipaddress.ip_address(direccion or "")
    except ValueError:
        return ""
    return str(ip if ip.version == 4 else ipaddress.ip_network((ip, _RED_IPV6), strict=False))
