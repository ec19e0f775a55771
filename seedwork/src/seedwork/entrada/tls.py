"""TLS of whoever serves HTTP, and of whoever asks: 1.2 or newer, and certificates that are looked at."""

import ssl
from pathlib import Path

SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""What a server speaks of TLS 1.2: with forward secrecy, and authenticating what it encrypts (RFC 9325 §4.2). Of 1.3
all suites are so."""


def de_servidor(certificado: Path | None, clave: Path | None) -> ssl.SSLContext | None:
    """What a server talks with that has a certificate; None where it has none, and talks in the clear.

    Args:
        certificado: the chain, in PEM, its own first.
        clave: its private key, in PEM.

    Raises:
        OSError: they can't be read, or don't belong together.
    """
    if certificado is None:
        return None
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.minimum_version = ssl.TLSVersion.TLSv1_2
    contexto.set_ciphers(SUITES)
    # A client that begins anew again and again would have us work for nothing (RFC 9325 §3.5).
    contexto.options |= ssl.OP_NO_RENEGOTIATION
    contexto.load_cert_chain(certificado, clave)
    return contexto


def de_cliente(autoridades: Path | None) -> ssl.SSLContext:
    """What a client talks with: the other's certificate must come from these authorities, or else from those that the
    system trusts, and bear the name that was asked for.

    Raises:
        OSError: they can't be read.
    """
    contexto = ssl.create_default_context(cafile=autoridades)
    contexto.minimum_version = ssl.TLSVersion.TLSv1_2
    return contexto
