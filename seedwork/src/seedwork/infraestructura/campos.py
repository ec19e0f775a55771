"""A person's fields as they travel: encrypted before Avro, so that schema and bytes still agree, and whoever reads the
broker's disk, an outbox or a dead letter reads none of them (ADR 49).

A field is ``v1.<kid>.`` and what :mod:`seedwork.infraestructura.cifrado` makes of it under a key that is the message's
own.
The id of a key of the ring is derived from the key, so that no two processes can mean different keys by one id.
"""

import functools
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contratos import Mensaje
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import cifrado
from seedwork.infraestructura.cifrado import LARGO_CLAVE
from seedwork.infraestructura.cloudevents import MensajeIlegible

_FORMA = re.compile(r"v1\.[0-9a-f]{8}\.")
_DELANTE = len("v1.") + 8 + len(".")


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
        self._claves = {f"v1.{id_de_clave(clave)}.": clave for clave in claves}
        if len(self._claves) < len(claves):
            raise ValueError("una clave está dos veces")
        self._vigente = next(iter(self._claves))
        self._hasta = en_claro_hasta
        self._ahora = ahora

    def cifrar(self, mensaje: type[Mensaje], sobre: Sobre, datos: dict[str, Any]) -> None:
        """Encrypt a message's personal fields where they stand.

        Args:
            mensaje: its type.
            sobre: its envelope: what is encrypted is good in this message alone.
            datos: the message, as Avro is to encode it. An empty field stays empty: absent can be told from encrypted.
        """
        cifra = _cifra(self._claves[self._vigente], mensaje, sobre)
        for camino, contenedores, nombre in _lugares(mensaje.propios):
            registro = _registro(datos, contenedores)
            if texto := registro[nombre]:
                registro[nombre] = self._vigente + cifrado.cifrar(cifra, texto, camino)

    def descifrar(self, mensaje: type[Mensaje], sobre: Sobre, datos: dict[str, Any]) -> None:
        """The inverse of :meth:`cifrar`.

        Raises:
            MensajeIlegible: a field is not encrypted, or under a key that the ring lacks, or it was made for another
                field or another message, or changed.
        """
        # One call of a function less for each field: images come by the thousand a second.
        delante, cifra = "", None
        for camino, contenedores, nombre in _lugares(mensaje.propios):
            registro = _registro(datos, contenedores) if contenedores else datos
            if not (valor := registro[nombre]):
                continue
            if cifra is None or not valor.startswith(delante):
                if not _FORMA.match(valor):
                    if self._hasta is None or self._ahora() >= self._hasta:
                        raise _ilegible(camino, "no está cifrado")
                    continue
                delante = valor[:_DELANTE]
                if delante not in self._claves:
                    raise _ilegible(camino, "se cifró con una clave que no está en CAMPOS_CLAVES")
                cifra = _cifra(self._claves[delante], mensaje, sobre)
            try:
                registro[nombre] = cifrado.descifrar(cifra, valor[_DELANTE:], camino)
            except (InvalidTag, ValueError):
                raise _ilegible(camino, "no se cifró para este mensaje, o cambió desde entonces") from None

    def sellar(self, uso: str, texto: str) -> bytes:
        """32 octets that only who has the ring's first key can make of a text.

        Args:
            uso: what for: each has a key of its own, derived from that one, which is no message's either.
        """
        clave = hmac.digest(self._claves[self._vigente], f"saludtech:{uso}".encode(), "sha256")
        return hmac.digest(clave, texto.encode(), "sha256")

    def guardar(self, uso: str, octetos: bytes) -> str:
        """What is given into a client's keeping: text that nobody reads or changes without the ring.

        Args:
            uso: what for: each has a key of its own, and is good for nothing else.
        """
        return self._vigente + cifrado.cifrar_octetos(_de_uso(self._claves[self._vigente], uso), octetos, b"")

    def abrir(self, uso: str, guardado: str) -> bytes:
        """The inverse of :meth:`guardar`, under any key of the ring.

        Raises:
            ValueError: it was not made for this with a key that the ring has, or changed.
        """
        clave = self._claves.get(guardado[:_DELANTE])
        if clave is None:
            raise ValueError("no se cifró con una clave que está en el llavero")
        try:
            return cifrado.descifrar_octetos(_de_uso(clave, uso), guardado[_DELANTE:], b"")
        except InvalidTag:
            raise ValueError("no se cifró para esto, o cambió desde entonces") from None


@functools.lru_cache(32)
def _de_uso(clave: bytes, uso: str) -> AESGCM:
    """What encrypts for one use, under a key of its own (RFC 5869)."""
    return AESGCM(HKDF(SHA256(), LARGO_CLAVE, salt=None, info=f"saludtech:{uso}".encode()).derive(clave))


class SinLlavero(Exception):
    """Nobody has said with which keys, or for which message: nothing goes in the clear, or unsigned, for that."""


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


def sellar(uso: str, texto: str) -> bytes:
    """As :meth:`Llavero.sellar`, with the ring of this process.

    Raises:
        SinLlavero: there is none.
    """
    if not _LLAVERO:
        raise SinLlavero(f"no se sabe con qué clave sellar: {uso}")
    return _LLAVERO[0].sellar(uso, texto)


def _algo(mensaje: type[Mensaje], datos: dict[str, Any]) -> bool:
    return any(_registro(datos, contenedores)[nombre] for _, contenedores, nombre in _lugares(mensaje.propios))


def _con_que(mensaje: type[Mensaje], sobre: Sobre | None) -> tuple[Llavero, Sobre]:
    if not _LLAVERO or sobre is None:
        raise SinLlavero(f"no se sabe con qué claves, o para qué sobre, cifrar los campos de {mensaje.__name__}")
    return _LLAVERO[0], sobre


def _cifra(clave: bytes, mensaje: type[Mensaje], sobre: Sobre) -> AESGCM:
    """The message's own key. One key must not encrypt more than 2³² fields under random nonces (NIST SP 800-38D, 8.3),
    which images would reach within weeks; and what is encrypted can't be moved to a message with another id, subject or
    type."""
    return AESGCM(hmac.digest(clave, f"{mensaje.tipo}\0{sobre.id}\0{sobre.sujeto}".encode(), "sha256"))


def _ilegible(camino: bytes, motivo: str) -> MensajeIlegible:
    return MensajeIlegible(f"{camino.decode()} {motivo}")


@functools.cache
def _lugares(propios: tuple[tuple[str, ...], ...]) -> tuple[tuple[bytes, tuple[str, ...], str], ...]:
    """Each personal field's path, the records that lead to it, and its name there."""
    return tuple((".".join(ruta).encode(), ruta[:-1], ruta[-1]) for ruta in propios)


def _registro(datos: dict[str, Any], contenedores: tuple[str, ...]) -> dict[str, Any]:
    for nombre in contenedores:
        datos = datos[nombre]
    return datos
