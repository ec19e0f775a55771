"""E-mail addresses, and the names of the hosts that mail goes by: read in one way, from the door to the mail server.

A domain beyond ASCII is taken as IDNA 2008 (RFC 5891, mapped as UTS 46 has it, non-transitional): ``faß.de`` is
``xn--fa-hia.de``. Python's own codec ``idna`` is IDNA 2003, which makes another's domain of it, ``fass.de``; nothing
here may fall back on it, and so what is handed to a socket or a server is ASCII already.
"""

import re
import unicodedata

import email_validator
import idna

# Whether a domain is one that mail can be sent to is for the channel to find out.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


MAXIMO_CORREO = 254
"""Characters of an address (RFC 5321 §4.5.3.1.3, less the brackets)."""
PATRON_CORREO = r"^[A-Za-z0-9.+_'&=~][A-Za-z0-9.+_'&=~-]*@"
"""How an address begins: by what people's mailboxes have. The other characters that RFC 5321 takes there are a route to
one server or another (``a%b.co@c.co``, ``b.co!a@c.co``), an encoded word, which a lenient one reads as another
recipient or as more lines than one (``=?utf-8?q?a=40b.co?=@c.co``, RFC 2047), a file, a program or a pattern; and what
begins with a hyphen is an option."""
REGLA_CORREO = "debe ser una dirección de correo, con solo A-Z a-z 0-9 . + - _ ' & = ~ antes de la @, sin - al comienzo"


_MAXIMO_SIN_NORMALIZAR = 4 * MAXIMO_CORREO
"""More characters than that, NFC makes no address of."""
_COMIENZO = re.compile(PATRON_CORREO)
_NO_ES = "no es una dirección de correo que todo servidor admita"


class DireccionInvalida(ValueError):
    """The text is not one e-mail address that any mail server takes. It is not quoted."""


def leer_correo(texto: str) -> str:
    """The address in the form that every server takes: ASCII, its domain in IDNA 2008, at most 254 characters, and 64
    before the ``@`` (RFC 5321 §4.5.3.1).

    Before the ``@``, ASCII is all there may be: what is beyond needs SMTPUTF8 (RFC 6531) of each server on the way, and
    a server of ours that offers it knows nothing of the next one. Of ASCII it is what :data:`PATRON_CORREO` has.

    Raises:
        DireccionInvalida: it is none, or not only one.
    """
    if _COMIENZO.match(texto) is None:
        raise DireccionInvalida(_NO_ES)
    try:
        leida = email_validator.validate_email(texto, allow_smtputf8=False, strict=True, check_deliverability=False)
    except email_validator.EmailNotValidError:
        raise DireccionInvalida(_NO_ES) from None
    # As it was given: the library's own form of it has "INFO" small.
    usuario, _, _ = texto.rpartition("@")
    return f"{usuario}@{leida.ascii_domain}"


def correo_tomado(texto: str) -> str:
    """What is kept of an address: as it was given, in Unicode's form NFC, as every text is (contract §2).

    Raises:
        DireccionInvalida: it is none, or not only one.
    """
    if len(texto) > _MAXIMO_SIN_NORMALIZAR:
        raise DireccionInvalida(_NO_ES)
    normal = unicodedata.normalize("NFC", texto)
    leer_correo(normal)
    return normal


def es_correo(texto: str) -> bool:
    """Whether it is what is kept of one e-mail address that any mail server takes, as it stands: this is how messages
    bear it. Only its domain may go beyond ASCII."""
    try:
        return correo_tomado(texto) == texto
    except DireccionInvalida:
        return False


def leer_maquina(texto: str) -> str:
    """A host's name, or its IP address, in ASCII.

    Raises:
        ValueError: it is none. It is not quoted.
    """
    try:
        nombre = texto if texto.isascii() else idna.encode(texto, uts46=True).decode("ascii")
    except idna.IDNAError:
        nombre = ""
    if not nombre or not nombre.isprintable() or " " in nombre:
        raise ValueError("no es el nombre de una máquina")
    return nombre
