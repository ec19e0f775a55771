"""Whose fault it is that a mail server did not take a letter (contract §5): its mailbox's, nobody's, or ours.

A rule, not a list of codes. What ends a letter at once has to be about its mailbox: said when the mailbox was named or
the letter handed over, for good, and by a code that speaks of mailboxes (RFC 3463). All else can change while there is
time: what speaks of the session, of us or of the server is for the operators to mend, and never the client's fault.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Etapa(Enum):
    """A step of an SMTP dialogue (RFC 5321); the value is how it is told."""

    CONEXION = "conexión"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


class Culpa(Enum):
    """Whose fault it is that a letter was not taken."""

    DEL_BUZON = "del buzón"
    """The mailbox's, or the letter's, and for good: trying again can't help."""
    DE_NADIE = "de nadie"
    """The server asks for time for this mailbox or this letter: it is full, or strangers wait (greylisting)."""
    NUESTRA = "nuestra"
    """Ours, our server's, or of what lies between: the operators' to mend."""


@dataclass(frozen=True)
class Respuesta:
    """A reply of a server's, without its text, which may quote the address.

    Attributes:
        codigo: its three digits; 0 where there was no reply, or none that can be read.
        ampliado: its enhanced code (RFC 2034, 3463), in three numbers; None for none.
    """

    codigo: int = 0
    ampliado: tuple[int, int, int] | None = None

    @classmethod
    def leer(cls, codigo: int, texto: bytes) -> "Respuesta":
        """A reply as it came."""
        hallado = _AMPLIADO.search(texto)
        numeros = None if hallado is None else [int(n) for n in hallado["codigo"].split(b".")]
        return cls(max(0, codigo), None if numeros is None else (numeros[0], numeros[1], numeros[2]))

    def __str__(self) -> str:
        return " ".join([str(self.codigo), *([".".join(map(str, self.ampliado))] if self.ampliado else [])])


# At a line's front, as RFC 2034 has it, or as qmail and its kin put it: "... (#5.1.1)". Whatever line it is: a reply's
# first ones may be a preamble without a code.
_AMPLIADO = re.compile(rb"(?:^#?|\(#)(?P<codigo>[245]\.\d{1,3}\.\d{1,3})(?![\d.])", re.MULTILINE)
_DEL_REMITENTE = ((1, 7), (1, 8))
"""X.1.7 and X.1.8 speak of an address, but of the sender's: ours."""
_BUZON_SIN_MAS = (501, 550, 551, 553)
"""RFC 5321 §4.2.3, as a reply to RCPT: an argument that is none (all that we give there is the address), no such
mailbox, not to be had here, or no name that is allowed."""
_SERVIDOR_SIN_MAS = (421, 454)
"""The server goes away (RFC 5321 §3.8), or has no TLS or login for us just now (RFC 3207, 4954)."""


def clasificar(etapa: Etapa, respuesta: Respuesta) -> Culpa:
    """Whose fault a reply is that is not the one which was hoped for."""
    if etapa not in (Etapa.RCPT, Etapa.DATA):
        # No mailbox was named yet, nor a letter shown.
        return Culpa.NUESTRA
    clase = respuesta.codigo // 100
    clase_ampliada, asunto, detalle = respuesta.ampliado or (clase, None, None)
    if clase == 5:
        if asunto is None:
            del_buzon = etapa is Etapa.RCPT and respuesta.codigo in _BUZON_SIN_MAS
        else:
            del_buzon = clase_ampliada == 5 and asunto in (1, 2) and (asunto, detalle) not in _DEL_REMITENTE
        return Culpa.DEL_BUZON if del_buzon else Culpa.NUESTRA
    # X.3.x: the mail system itself is in trouble.
    del_servidor = respuesta.codigo in _SERVIDOR_SIN_MAS or asunto == 3 or (asunto, detalle) in _DEL_REMITENTE
    return Culpa.DE_NADIE if clase == 4 and not del_servidor else Culpa.NUESTRA
