"""A person's fields as they travel: encrypted before Avro, so that schema and bytes still agree, and whoever reads the
broker's disk, an outbox or a dead letter reads none of them (ADR 49).

A field is ``v1.<kid>.<base64url of nonce, ciphertext and tag>``: AES-256-GCM, under a key that is the message's own.
The id of a key of the ring is derived from the key, so that no two processes can mean different keys by one id.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contratos import Mensaje
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura.cloudevents import MensajeIlegible

LARGO_CLAVE = 32
"""Octets of a key of the ring: AES-256's."""
_FORMA = "v1"
_NONCE = 12
_A_COMUN = bytes.maketrans(b"-_", b"+/")


def id_de_clave(clave: bytes) -> str:
    """What stands before all that is encrypted under a key: 32 bits of its hash, which tell nothing of a random key."""
    return hashlib.sha256(b"saludtech:campos:" + clave).hexdigest()[:8]


class Llavero:
    """The keys of personal fields: the first encrypts, any of them decrypts.

    Args:
        claves: at least one, each of ``LARGO_CLAVE`` random octets.
        en_claro_hasta: until when a field in the clear is read too, for messages of before there was a ring; none is
            by default. After that instant a field that is not encrypted makes its message unreadable: else whoever
            may publish could have clear text taken for what the platform wrote.
        ahora: the time.

    Raises:
        ValueError: there is no key, one of another length, or one twice.
    """

    def __init__(
        self,
        claves: Sequence[bytes],
        en_claro_hasta: datetime | None = None,
        ahora: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not claves or any(len(clave) != LARGO_CLAVE for clave in claves):
            raise ValueError(f"han de ser claves de {LARGO_CLAVE} bytes, una al menos")
        self._claves = {id_de_clave(clave): clave for clave in claves}
        if len(self._claves) < len(claves):
            raise ValueError("una clave está dos veces")
        self._vigente = id_de_clave(claves[0])
        self._hasta = en_claro_hasta
        self._ahora = ahora

    def cifrar(self, mensaje: type[Mensaje], sobre: Sobre, datos: dict[str, Any]) -> None:
        """Encrypt a message's personal fields where they stand.

        Args:
            mensaje: its type.
            sobre: its envelope: what is encrypted is good in this message alone.
            datos: the message, as Avro is to encode it. An empty field stays empty: absent can be told from encrypted.
        """
        cifra: AESGCM | None = None
        for ruta in mensaje.propios:
            registro = _registro(datos, ruta)
            if texto := registro[ruta[-1]]:
                cifra = cifra or _cifra(self._claves[self._vigente], mensaje, sobre)
                nonce = os.urandom(_NONCE)
                cifrado = nonce + cifra.encrypt(nonce, texto.encode(), _camino(ruta))
                registro[ruta[-1]] = f"{_FORMA}.{self._vigente}.{base64.urlsafe_b64encode(cifrado).decode()}"

    def descifrar(self, mensaje: type[Mensaje], sobre: Sobre, datos: dict[str, Any]) -> None:
        """The inverse of :meth:`cifrar`.

        Raises:
            MensajeIlegible: a field is not encrypted, or under a key that the ring lacks, or it was made for another
                field or another message, or changed.
        """
        cifras: dict[str, AESGCM] = {}
        for ruta in mensaje.propios:
            registro = _registro(datos, ruta)
            if not (valor := registro[ruta[-1]]):
                continue
            forma, _, resto = valor.partition(".")
            kid, _, cifrado = resto.partition(".")
            if forma != _FORMA or not cifrado:
                if self._hasta is None or self._ahora() >= self._hasta:
                    raise _ilegible(ruta, "no está cifrado")
                continue
            if kid not in cifras:
                if kid not in self._claves:
                    raise _ilegible(ruta, "se cifró con una clave que no está en CAMPOS_CLAVES")
                cifras[kid] = _cifra(self._claves[kid], mensaje, sobre)
            try:
                octetos = binascii.a2b_base64(cifrado.encode().translate(_A_COMUN), strict_mode=True)
                texto = cifras[kid].decrypt(octetos[:_NONCE], octetos[_NONCE:], _camino(ruta))
            except (InvalidTag, ValueError):
                raise _ilegible(ruta, "no se cifró para este mensaje, o cambió desde entonces") from None
            registro[ruta[-1]] = texto.decode()


class SinLlavero(Exception):
    """Nobody has said with which keys, or for which message: nothing goes in the clear because of that."""


_LLAVERO: list[Llavero] = []


def usar(llavero: Llavero) -> None:
    """The ring of this process, from here on: one, like its log. Without it no personal field is written or read."""
    _LLAVERO[:] = [llavero]


@contextmanager
def con(llavero: Llavero) -> Iterator[None]:
    """Another ring, for as long as the block lasts."""
    antes = list(_LLAVERO)
    usar(llavero)
    try:
        yield
    finally:
        _LLAVERO[:] = antes


def cifrar(mensaje: type[Mensaje], sobre: Sobre | None, datos: dict[str, Any]) -> None:
    """As :meth:`Llavero.cifrar`, with the ring of this process.

    Raises:
        SinLlavero: there is none, or no envelope, and there is something to encrypt.
    """
    if _algo(mensaje, datos):
        llavero, de = _con_que(mensaje, sobre)
        llavero.cifrar(mensaje, de, datos)


def descifrar(mensaje: type[Mensaje], sobre: Sobre | None, datos: dict[str, Any]) -> None:
    """As :meth:`Llavero.descifrar`, with the ring of this process.

    Raises:
        MensajeIlegible: as there.
        SinLlavero: there is none, or no envelope, and there is something to decrypt.
    """
    if _algo(mensaje, datos):
        llavero, de = _con_que(mensaje, sobre)
        llavero.descifrar(mensaje, de, datos)


def _algo(mensaje: type[Mensaje], datos: dict[str, Any]) -> bool:
    return any(_registro(datos, ruta)[ruta[-1]] for ruta in mensaje.propios)


def _con_que(mensaje: type[Mensaje], sobre: Sobre | None) -> tuple[Llavero, Sobre]:
    if not _LLAVERO or sobre is None:
        raise SinLlavero(f"no se sabe con qué claves, o para qué sobre, cifrar los campos de {mensaje.__name__}")
    return _LLAVERO[0], sobre


def _cifra(clave: bytes, mensaje: type[Mensaje], sobre: Sobre) -> AESGCM:
    """The message's own key. One key must not encrypt more than 2³² fields under random nonces (NIST SP 800-38D, 8.3),
    which images would reach within weeks; and what is encrypted can't be moved to a message with another id, subject or
    type."""
    return AESGCM(hmac.digest(clave, f"{mensaje.tipo}\0{sobre.id}\0{sobre.sujeto}".encode(), "sha256"))


def _ilegible(ruta: tuple[str, ...], motivo: str) -> MensajeIlegible:
    return MensajeIlegible(f"{'.'.join(ruta)} {motivo}")


@functools.cache
def _camino(ruta: tuple[str, ...]) -> bytes:
    return ".".join(ruta).encode()


def _registro(datos: dict[str, Any], ruta: tuple[str, ...]) -> dict[str, Any]:
    for nombre in ruta[:-1]:
        datos = datos[nombre]
    return datos
