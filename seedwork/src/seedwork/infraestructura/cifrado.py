"""AES-256-GCM as text: base64 of nonce, ciphertext and tag. What is encrypted here is so laid out, and nothing else.

The nonce is random: so one key is good for no more than 2³² texts (NIST SP 800-38D, 8.3).
"""

import binascii
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LARGO_CLAVE = 32
"""Octets of a key."""
_NONCE = 12


def cifrar(cifra: AESGCM, texto: str, de: bytes) -> str:
    """A text encrypted.

    Args:
        cifra: its key's.
        de: what it belongs to: it is good there alone.
    """
    return cifrar_octetos(cifra, texto.encode(), de)


def cifrar_octetos(cifra: AESGCM, octetos: bytes, de: bytes) -> str:
    """Likewise what is no text; so written it is one."""
    nonce = os.urandom(_NONCE)
    return binascii.b2a_base64(nonce + cifra.encrypt(nonce, octetos, de), newline=False).decode()


def descifrar(cifra: AESGCM, cifrado: str, de: bytes) -> str:
    """The inverse.

    Raises:
        InvalidTag: it was encrypted under another key or for something else, or changed.
        ValueError: it is nothing that :func:`cifrar` would write.
    """
    return descifrar_octetos(cifra, cifrado, de).decode()


def descifrar_octetos(cifra: AESGCM, cifrado: str, de: bytes) -> bytes:
    """The inverse of :func:`cifrar_octetos`; it raises as :func:`descifrar` does."""
    octetos = binascii.a2b_base64(cifrado, strict_mode=True)
    return cifra.decrypt(octetos[:_NONCE], octetos[_NONCE:], de)
