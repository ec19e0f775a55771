"""Keyed pseudonyms: HMAC-SHA-256 with a secret, versioned key and a purpose label per use.

A plain hash of an id that can be enumerated, as a cédula can, is no protection; a keyed one is, for as long as the key
is secret. The labels keep the uses apart: knowing one output of a patient tells nothing about another.
"""

import hmac
from datetime import timedelta

CLAVE_MINIMA = 32
"""Bytes."""

DESPLAZAMIENTO_MAXIMO = 730
"""Days."""


class Seudonimizador:
    """What one version of the key makes of a patient. The same on every worker, and after every restart.

    Raises:
        ValueError: the key is shorter than ``CLAVE_MINIMA``.
    """

    def __init__(self, clave: bytes, version: int) -> None:
        if len(clave) < CLAVE_MINIMA:
            raise ValueError(f"la clave ha de tener al menos {CLAVE_MINIMA} bytes")
        self.version = version
        # The key is taken in once; what is hashed per message starts from a copy of that state.
        self._paciente = _con_etiqueta(clave, "paciente")
        self._fechas = _con_etiqueta(clave, "fechas")
        self._contenido = _con_etiqueta(clave, "contenido")

    def paciente(self, id_paciente: str) -> str:
        """The patient's pseudonym, ``v<version>:`` and 128 bits in hexadecimal."""
        return f"v{self.version}:{_sello(self._paciente, id_paciente).hex()[:32]}"

    def desplazamiento(self, id_paciente: str) -> timedelta:
        """How far all of a patient's dates are moved: whole days, and back, so that none lies in the future."""
        numero = int.from_bytes(_sello(self._fechas, id_paciente)[:8], "big")
        return timedelta(days=-1 - numero % DESPLAZAMIENTO_MAXIMO)

    def huella(self, contenido: str) -> bytes:
        """The fingerprint by which a repeat is recognised. Keyed too: else contents could be guessed, and checked."""
        return _sello(self._contenido, contenido)


def _con_etiqueta(clave: bytes, uso: str) -> hmac.HMAC:
    return hmac.new(clave, f"saludtech.procesamiento.{uso}\0".encode(), "sha256")


def _sello(etiqueta: hmac.HMAC, dato: str) -> bytes:
    copia = etiqueta.copy()
    copia.update(dato.encode())
    return copia.digest()
