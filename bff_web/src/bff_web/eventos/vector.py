"""How far somebody has seen all topics: what a stream's ids are, which any process of any instance goes on from."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from seedwork.infraestructura.lector import Lugar

NINGUNO: Lugar = (-1, -1, -1)
"""Before whatever a topic has."""
_SELLO = 16
"""Octets of what it is signed with."""
_TOPICOS = 4
"""Octets that tell of which topics it is."""


class Forjado(Exception):
    """It is none that a door of this platform gave out."""


class Ajeno(Exception):
    """It was given out by a door that looked at other topics, or wrote otherwise: of an earlier edition, say."""


@dataclass(frozen=True, slots=True)
class Vector:
    """How far.

    Attributes:
        lugares: of each topic, the last place that was seen.
        hasta: all that was published until then, in seconds of the epoch, was seen.
    """

    lugares: tuple[Lugar, ...]
    hasta: float


class Vectores:
    """Writes and reads them.

    Args:
        secreto: which all instances have.
        topicos: full names, in their order.
    """

    def __init__(self, secreto: bytes, topicos: Sequence[str]) -> None:
        self._clave = HKDF(SHA256(), 32, salt=None, info=b"saludtech:eventos").derive(secreto)
        self._cuales = hashlib.sha256("\n".join(topicos).encode()).digest()[:_TOPICOS]
        self._cuantos = len(topicos)

    def escribir(self, lugares: Sequence[Lugar], hasta: float) -> str:
        """A vector as its client keeps it: some 300 characters."""
        escrito = bytearray(self._cuales)
        _poner(escrito, max(0, int(hasta)))
        for mayor, entrada, menor in lugares:
            # One octet for a topic on which nothing was seen.
            _poner(escrito, mayor + 1)
            if mayor >= 0:
                _poner(escrito, entrada)
                _poner(escrito, menor)
        return base64.urlsafe_b64encode(self._sello(escrito) + escrito).decode().rstrip("=")

    def leer(self, dicho: str) -> Vector:
        """The inverse.

        Raises:
            Forjado: nobody who has the secret wrote it.
            Ajeno: it is of other topics, or written otherwise.
        """
        try:
            octetos = base64.b64decode(dicho + "=" * (-len(dicho) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise Forjado from None
        sello, escrito = octetos[:_SELLO], octetos[_SELLO:]
        if not hmac.compare_digest(sello, self._sello(escrito)):
            raise Forjado
        if escrito[:_TOPICOS] != self._cuales:
            raise Ajeno
        numeros = _numeros(escrito[_TOPICOS:])
        lugares = []
        try:
            hasta = float(next(numeros))
            for _ in range(self._cuantos):
                mayor = next(numeros) - 1
                lugares.append((mayor, next(numeros), next(numeros)) if mayor >= 0 else NINGUNO)
        except StopIteration:
            raise Ajeno from None
        return Vector(tuple(lugares), hasta)

    def _sello(self, escrito: bytes | bytearray) -> bytes:
        return hmac.digest(self._clave, escrito, "sha256")[:_SELLO]


def _poner(escrito: bytearray, numero: int) -> None:
    """A number in seven bits an octet, the least first; the last octet has its highest bit clear."""
    while numero > 0x7F:
        escrito.append(numero & 0x7F | 0x80)
        numero >>= 7
    escrito.append(numero)


def _numeros(octetos: bytes) -> Iterator[int]:
    numero = lugar = 0
    for octeto in octetos:
        numero |= (octeto & 0x7F) << lugar
        lugar += 7
        if octeto < 0x80:
            yield numero
            numero = lugar = 0
