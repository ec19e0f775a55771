"""A patient's number: whose it is, and where it would be read again (contract §2, "A patient's number").

A number is its issuer's: two hospitals' patient 1024 are two people. And it may not survive in another field, where it
stands as a whole token, or as its core: what is left of it without letters, check digit and leading zeros. The inside
of a longer run of letters and digits is chance, and so is what a number of four digits meets.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

DIGITOS_DE_NUCLEO = 5
"""With fewer in a row a number is not looked for: it would be found in years, sizes and words."""

_POCAS_CIFRAS = re.compile(rf"(?:[\x00-/:-~À-ÿ]*+[0-9]){{0,{DIGITOS_DE_NUCLEO - 1}}}+[\x00-/:-~À-ÿ]*+")
"""What holds no number: fewer digits than a core has, and nothing else that another form of it would make a digit."""
_TIRA = re.compile(r"[^\W_]+")
_CIFRAS = re.compile(r"\d+")
_ENTRE_CIFRAS = re.compile(r"(?<=\d)[. ]+(?=\d)")
_CONTROL = re.compile(r" *- *[\dk]$")
_PUNTEADO = re.compile(r"(?<![^\W_])\d+(?:\.\d+){3,}(?![^\W_])")
_RAIZ_DE_UID = re.compile(r"(?:[01]\.[1-3]?\d|2\.\d+)\.")
_DE_MILES = re.compile(r"\d{1,3}(?:\.\d{3})+")
_UNIBLES = frozenset(".- ")
_GUIONES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | dict.fromkeys([0xAD, *range(0x200B, 0x200E), 0x2060, 0xFEFF])


@dataclass(frozen=True)
class Paciente:
    """A person, as whoever issued the number knows them.

    Attributes:
        emisor: who issued it. Today the image's ``fuente_de_datos``.
        numero: as it was issued, leading zeros too.
    """

    emisor: str
    numero: str = field(repr=False)

    @cached_property
    def canonico(self) -> str:
        """Issuer and number as one text, the same for the same patient alone: the issuer's length stands before it.

        Both in Unicode NFC and without blanks and NULs at the ends; blanks inside the issuer's name count as one.
        """
        emisor = " ".join(unicodedata.normalize("NFC", self.emisor).replace("\0", " ").split())
        numero = unicodedata.normalize("NFC", self.numero).strip(" \t\r\n\0")
        return f"{len(emisor)}:{emisor}{numero}"

    def esta_en(self, texto: str) -> bool:
        """Whether a text holds the number, or its core, as a whole token.

        A token is a run of letters and digits. Dots, hyphens and blanks may stand inside one, as people write long
        numbers; but the components of a DICOM UID are tokens of their own.
        """
        # Hardly any text holds a number, so first what is cheap.
        if _POCAS_CIFRAS.fullmatch(texto):
            return False
        tiras, buscadas = self._buscado
        if not tiras:
            return False
        texto = _llana(texto)
        # It would be there without its punctuation too.
        desnudo = "".join(_TIRA.findall(texto))
        if not any(b in desnudo for b in (*buscadas, "".join(tiras))):
            return False
        return _contiene(texto, tiras, buscadas)

    @cached_property
    def _buscado(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """The number's own runs, and what a token may not be. Nothing where there is no core."""
        numero = _llana(self.numero).strip(" \0")
        cifras = _CIFRAS.findall(_ENTRE_CIFRAS.sub("", _CONTROL.sub("", numero)))
        largo = max(map(len, cifras), default=0)
        if largo < DIGITOS_DE_NUCLEO:
            return (), frozenset()
        nucleos = {c.lstrip("0") for c in cifras if len(c) == largo}
        tiras = tuple(_TIRA.findall(numero))
        # Leading zeros may leave a year or less: then only the number as it is.
        return tiras, frozenset({"".join(tiras), *(n for n in nucleos if len(n) >= DIGITOS_DE_NUCLEO)})


def _llana(texto: str) -> str:
    """Any case, width and dash alike."""
    if texto.isascii():
        return texto.lower()
    return unicodedata.normalize("NFKC", texto).casefold().translate(_GUIONES)


def _contiene(texto: str, tiras: tuple[str, ...], buscadas: frozenset[str]) -> bool:
    halladas = list(_TIRA.finditer(texto))
    uids = [m.span() for m in _PUNTEADO.finditer(texto) if _es_uid(m[0])]
    largo = max(map(len, buscadas))
    for i, primera in enumerate(halladas):
        # As it was issued, its punctuation whatever it is.
        if tuple(m[0] for m in halladas[i : i + len(tiras)]) == tiras:
            return True
        junta = primera[0]
        for anterior, siguiente in zip(halladas[i:], halladas[i + 1 :], strict=False):
            if junta in buscadas:
                return True
            entre = texto[anterior.end() : siguiente.start()]
            en_uid = any(a <= anterior.start() < b or a <= siguiente.start() < b for a, b in uids)
            if len(junta) >= largo or en_uid or not _UNIBLES.issuperset(entre):
                break
            junta += siguiente[0]
        if junta in buscadas:
            return True
    return False


def _es_uid(punteado: str) -> bool:
    """Whether numbers between dots are a DICOM UID, not one number with its thousands marked."""
    if _DE_MILES.fullmatch(punteado) or not _RAIZ_DE_UID.match(punteado):
        return False
    return not any(c[0] == "0" and len(c) > 1 for c in punteado.split("."))
