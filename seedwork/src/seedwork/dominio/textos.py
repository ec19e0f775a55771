"""Texts that people wrote: how they are taken and kept (contract §2, "What is valid"), and how they are compared."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_BLANCOS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""Every blank there is: Unicode's category Zs, one by one, since generators take ``\\p{Zs}`` for ``\\s``."""
_CONTROL = r"\x00-\x1f\x7f-\x9f"
_CONTROL_DE_PARRAFO = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_MEDIOS_PARES = r"\ud800-\udfff"
"""Halves of surrogate pairs: JSON can write one alone, and it is nobody's text."""
_SIGNOS = r"\-/().,;:'’+%&#º°ª–≥≤"

MARCAS_SEGUIDAS = 30
"""What no writing system exceeds (Unicode's Stream-Safe Text Format, UAX #15 §13), and normalising takes time over."""
_ACASO_MARCAS = re.compile(rf"[^\x00-\u02ff]{{{MARCAS_SEGUIDAS + 1}}}")
_CORRIDA = re.compile(rf"[{_BLANCOS}]+")
_CORRIENTE = re.compile(rf"[A-Za-z0-9 ÁÉÍÓÚÜÑáéíóúüñ{_SIGNOS}]*")
_SENCILLO = re.compile(r"(?:[A-Za-z0-9ÁÉÍÓÚÜÑáéíóúüñ-]++ )*+[A-Za-z0-9ÁÉÍÓÚÜÑáéíóúüñ-]++")
"""Words with a blank between two: nearly every text, and of every kind what is kept. It saves normalising them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TipoTexto:
    """A kind of text. What is kept of one is in Unicode's form NFC, and without blanks at both ends.

    Attributes:
        maximo: characters of what is kept; there is at least one.
        patron: what is taken, whatever its length: a regular expression of ECMA-262 without look-ahead, for documents.
        descripcion: what is taken, in Spanish.
        admite: whether all characters of what is kept are ones that it may have.
        extremos: what is no part of it at either end.
        corridas: whether a run of blanks inside is kept as it came; else as one.
    """

    maximo: int
    patron: str
    descripcion: str
    admite: Callable[[str], bool]
    extremos: str = _BLANCOS
    corridas: bool = True

    def leer(self, texto: str) -> str:
        """What is kept of a text.

        Raises:
            ValueError: it is none of this kind. The error does not quote it.
        """
        if len(texto) <= self.maximo and _SENCILLO.fullmatch(texto):
            return texto
        normal = self._normal(texto)
        if not (1 <= len(normal) <= self.maximo and self.admite(normal)):
            raise ValueError(self.descripcion)
        return normal

    def es(self, texto: str) -> bool:
        """Whether it is what is kept, as it stands: this is how messages bear it."""
        if not 1 <= len(texto) <= self.maximo:
            return False
        return _SENCILLO.fullmatch(texto) is not None or (texto == self._normal(texto) and self.admite(texto))

    def cabe(self, texto: str) -> bool:
        """Whether it could be kept if it were in the form that this kind is kept in."""
        return len(texto) <= self.maximo and self.admite(texto)

    def _normal(self, texto: str) -> str:
        normal = _nfc(texto).strip(self.extremos)
        return normal if self.corridas else _CORRIDA.sub(" ", normal)


def _nfc(texto: str) -> str:
    """In NFC; as it is where it has more marks in a row than any word, which nobody admits (see :func:`_sin`)."""
    return texto if texto.isascii() or _amontona_marcas(texto) else unicodedata.normalize("NFC", texto)


def _amontona_marcas(texto: str) -> bool:
    if not _ACASO_MARCAS.search(texto):
        return False
    seguidas = 0
    for signo in texto:
        seguidas = seguidas + 1 if unicodedata.combining(signo) else 0
        if seguidas > MARCAS_SEGUIDAS:
            return True
    return False


def _sin(excluidos: str) -> Callable[[str], bool]:
    buscar = re.compile(f"[{excluidos}{_MEDIOS_PARES}]").search
    return lambda texto: buscar(texto) is None and not _amontona_marcas(texto)


def _patron(admitidos: str, no_blancos: str) -> str:
    """Of those characters, and at least one of them no blank."""
    return f"^{admitidos}*{no_blancos}{admitidos}*$"


def _es_publicable(texto: str) -> bool:
    # Nearly every text is of the first kind.
    return _CORRIENTE.fullmatch(texto) is not None or (
        not _amontona_marcas(texto) and all(_CORRIENTE.fullmatch(s) or _es_letra_o_cifra(s) for s in texto)
    )


def _es_letra_o_cifra(signo: str) -> bool:
    categoria = unicodedata.category(signo)
    return categoria[0] in "LM" or categoria == "Nd"


def _es_imprimible(texto: str) -> bool:
    if texto.isascii():
        return texto.isprintable()
    return not _amontona_marcas(texto) and not any(map(_se_esconde, texto))


def _se_esconde(signo: str) -> bool:
    categoria = unicodedata.category(signo)
    return categoria[0] == "C" or categoria in ("Zl", "Zp")


TEXTO = TipoTexto(
    maximo=4000,
    patron=_patron(f"[^{_CONTROL}]", f"[^{_CONTROL}{_BLANCOS}]"),
    descripcion="debe tener de 1 a 4000 caracteres, ninguno de control",
    admite=_sin(_CONTROL),
)
"""Any text that has no rule of its own."""

PARRAFO = TipoTexto(
    maximo=4000,
    patron=_patron(f"[^{_CONTROL_DE_PARRAFO}]", f"[^{_CONTROL}{_BLANCOS}]"),
    descripcion="debe tener de 1 a 4000 caracteres, ninguno de control salvo saltos de línea y tabuladores",
    admite=_sin(_CONTROL_DE_PARRAFO),
    extremos=f"{_BLANCOS}\t\r\n",
)
"""What somebody wrote in lines: a history, a reason."""

PUBLICADO = TipoTexto(
    maximo=100,
    patron=_patron(rf"[\p{{L}}\p{{M}}\p{{Nd}}{_SIGNOS}{_BLANCOS}]", rf"[\p{{L}}\p{{M}}\p{{Nd}}{_SIGNOS}]"),
    descripcion="debe tener de 1 a 100 letras, cifras, espacios y signos de -/().,;:'’+%&#º°ª–≥≤",
    admite=_es_publicable,
    corridas=False,
)
"""What describes an image, and is kept and published."""

PACIENTE = TipoTexto(
    maximo=128,
    # What is left of Unicode without C, Zl and Zp, said the other way round: generators can't draw from a complement.
    patron=_patron(rf"[\p{{L}}\p{{M}}\p{{N}}\p{{P}}\p{{S}}{_BLANCOS}]", r"[\p{L}\p{M}\p{N}\p{P}\p{S}]"),
    descripcion="debe tener de 1 a 128 caracteres visibles o espacios",
    admite=_es_imprimible,
)
"""A patient's number, as hospitals write them."""

MEDIO = TipoTexto(
    maximo=40,
    patron=TEXTO.patron,
    descripcion="debe tener de 1 a 40 caracteres, ninguno de control",
    admite=TEXTO.admite,
)
"""How somebody paid."""

_INVISIBLES = dict.fromkeys([0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF])
"""Soft hyphens, joiners and marks of direction, which programs leave inside words."""


def llano(texto: str) -> str:
    """Lower case, without accents, and without what is not seen: what two spellings of one word have in common."""
    if texto.isascii():
        return texto.lower()
    llana = unicodedata.normalize("NFKD", texto.casefold()).translate(_INVISIBLES)
    return "".join(c for c in llana if not unicodedata.combining(c))
