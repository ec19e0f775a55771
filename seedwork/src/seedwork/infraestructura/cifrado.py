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
    nonce = os.urandom(_NONCE)
    return binascii.b2a_base64(nonce + cifra.encrypt(nonce, texto.encode(), de), newline=False).decode()


def descifrar(cifra: AESGCM, cifrado: str, de: bytes) -> str:
    """The inverse.

    Raises:
        InvalidTag: it was encrypted under another key or for something else, or changed.
        ValueError: it is nothing that :func:`cifrar` would write.
    """
    octetos = binascii.a2b_base64(cifrado, strict_mode=True)
    return cifra.decrypt(octetos[:_NONCE], octetos[_NONCE:], de).decode()
