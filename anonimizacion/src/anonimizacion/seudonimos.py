"""Keyed pseudonyms: HMAC-SHA-256 with a secret, versioned key and a purpose label per use.

A plain hash of an id that can be enumerated, as a cédula can, is no protection; a keyed one is, for as long as the key
is secret. The labels keep the uses apart: knowing one output of a patient tells nothing about another.

A patient is a number and its issuer. Version 1 was of numbers alone, so no key makes pseudonyms under that version any
more; what it made keeps it, and is recognised by its fingerprint.
"""

import hmac
from datetime import timedelta
from uuid import UUID

from anonimizacion.paciente import Paciente

CLAVE_MINIMA = 32
"""Bytes."""

DESPLAZAMIENTO_MAXIMO = 730
"""Days."""

VERSION_MINIMA = 2
"""The first version of pseudonyms over issuer and number."""


class Seudonimizador:
    """What one version of the key makes of a patient. The same on every worker, and after every restart.

    Raises:
        ValueError: the key is shorter than ``CLAVE_MINIMA``.
    """

    def __init__(self, clave: bytes, version: int) -> None:
        if len(clave) < CLAVE_MINIMA:
            raise ValueError(f"la clave ha de tener al menos {CLAVE_MINIMA} bytes")
        self.version = version
        # The key is taken in once; what is hashed per message starts from a copy of that state. Labels of their own for
        # what is keyed over the issuer too: under one key, version 1 hashed numbers that may look like both.
        self._paciente = _con_etiqueta(clave, "paciente.2")
        self._fechas = _con_etiqueta(clave, "fechas.2")
        self._contenido = _con_etiqueta(clave, "contenido")
        self._uids = _con_etiqueta(clave, "uid")
        self._rotulos = _con_etiqueta(clave, "rotulo")
        self._ids = _con_etiqueta(clave, "id")

    def paciente(self, paciente: Paciente) -> str:
        """The patient's pseudonym, ``v<version>:`` and 128 bits in hexadecimal."""
        return f"v{self.version}:{_sello(self._paciente, paciente.canonico).hex()[:32]}"

    def desplazamiento(self, paciente: Paciente) -> timedelta:
        """How far all of a patient's dates are moved: whole days, and back, so that none lies in the future."""
        numero = int.from_bytes(_sello(self._fechas, paciente.canonico)[:8], "big")
        return timedelta(days=-1 - numero % DESPLAZAMIENTO_MAXIMO)

    def uid(self, original: str) -> str:
        """The UID that stands for one: 2.25. and a UUID as a number (PS3.5 B.2), at most 44 characters.

        It depends on nothing but the key: what refers to an instance in another file, study or year still does.
        """
        return f"2.25.{UUID(bytes=_sello(self._uids, original)[:16], version=4).int}"

    def rotulo(self, original: str) -> str:
        """What stands for a label by which parts of a file name one another: 16 characters, one per label."""
        return f"R{_sello(self._rotulos, original).hex()[:15].upper()}"

    def id(self, original: str) -> UUID:
        """The id that stands for something whose own name may be a person's: a path in a package.

        Keyed: who has a list of names can't try which of them makes it.
        """
        return UUID(bytes=_sello(self._ids, original)[:16], version=4)

    def huella(self, contenido: str) -> bytes:
        """The fingerprint by which a repeat is recognised. Keyed too: else contents could be guessed, and checked."""
        return _sello(self._contenido, contenido)


def _con_etiqueta(clave: bytes, uso: str) -> hmac.HMAC:
    # The name is where this once stood: another would make other pseudonyms of the same patients.
    return hmac.new(clave, f"saludtech.procesamiento.{uso}\0".encode(), "sha256")


def _sello(etiqueta: hmac.HMAC, dato: str) -> bytes:
    copia = etiqueta.copy()
    copia.update(dato.encode())
    return copia.digest()
