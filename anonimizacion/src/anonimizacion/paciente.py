"""A patient's number: whose it is, and where it would be read again (contract §2, "A patient's number").

A number is its issuer's: two hospitals' patient 1024 are two people. And it may not survive in another field, where it
stands as a whole token, or as its core: what is left of it without letters, check digit and leading zeros. The inside
of a longer run of letters and digits is chance, and so is what a number of four digits meets.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

DIGITOS_DE_NUCLEO = 5
"""With fewer in a row a number is not looked for: it would be found in years, sizes and words."""

_POCAS_CIFRAS = tuple(
    re.compile(rf"(?:[\x00-/:-~À-ÿ]*+[0-9]){{0,{cifras}}}+[\x00-/:-~À-ÿ]*+") for cifras in range(DIGITOS_DE_NUCLEO)
)
"""By how many digits: what holds no more, and nothing else that another form of it would make a digit, or nothing."""
_TIRA = re.compile(r"[^\W_]+")
_CIFRAS = re.compile(r"\d+")
_ENTRE_CIFRAS = re.compile(r"(?<=\d)[. ]+(?=\d)")
_CONTROL = re.compile(r" *- *[\dk]$")
_PUNTEADO = re.compile(r"(?<![^\W_])\d+(?:\.\d+){3,}(?![^\W_])")
_RAIZ_DE_UID = re.compile(r"(?:[01]\.[1-3]?\d|2\.\d+)\.")
_DE_MILES = re.compile(r"\d{1,3}(?:\.\d{3})+")
_UNIBLES = frozenset(".- ")
_RELLENOS = "\u115f\u1160"
"""Letters by their category, and nothing to be seen (what NFKD leaves of Unicode's Default_Ignorable_Code_Point)."""


@dataclass(frozen=True)
class Paciente:
    """A person, as whoever issued the number knows them.

    Attributes:
        emisor: who issued it, as the file says; else the ``fuente_de_datos`` that was told, the file's institution, or,
            of a package that tells neither, the package itself.
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
        buscado = self._buscado
        # Hardly any text holds a number, so first what is cheap.
        if buscado is None or buscado.pocas_cifras.fullmatch(texto):
            return False
        texto = _llana(texto)
        # It would be there without its punctuation too.
        desnudo = "".join(_TIRA.findall(texto))
        return any(b in desnudo for b in buscado.enteros) and _contiene(texto, buscado)

    @cached_property
    def _buscado(self) -> "_Buscado | None":
        """What is looked for; None where there is no core."""
        numero = _llana(self.numero).strip(" \0")
        cifras = _CIFRAS.findall(_ENTRE_CIFRAS.sub("", _CONTROL.sub("", numero)))
        largo = max(map(len, cifras), default=0)
        if largo < DIGITOS_DE_NUCLEO:
            return None
        nucleos = {c.lstrip("0") for c in cifras if len(c) == largo} - {""}
        # Leading zeros may leave any few.
        minimo = min([DIGITOS_DE_NUCLEO, *map(len, nucleos)])
        tiras = _TIRA.findall(numero)
        return _Buscado(tiras, _TIRA.split(numero)[1:-1], {"".join(tiras), *nucleos}, _POCAS_CIFRAS[minimo - 1])


class _Buscado(NamedTuple):
    """A number as it is looked for.

    Attributes:
        tiras: its own runs of letters and digits.
        entre: what stands between them.
        enteros: what a whole token may not be: all of its runs in one, and its cores.
        pocas_cifras: what has fewer digits than any of these.
    """

    tiras: list[str]
    entre: list[str]
    enteros: set[str]
    pocas_cifras: re.Pattern[str]


_ORDINALES = dict.fromkeys(map(ord, "ºª"), " ")


def _llana(texto: str) -> str:
    """Any case, width, accent, dash, blank and script's digits alike, and without what is not seen."""
    if texto.isascii():
        return texto.lower()
    # In a number's company these are signs (contract §2), though their compatible form is a letter.
    texto = texto.translate(_ORDINALES)
    # Marks go before the case does: of one of them it makes a letter (U+0345).
    return "".join(map(_llano, unicodedata.normalize("NFKD", texto))).casefold()


def _llano(signo: str) -> str:
    if signo.isascii():
        return signo
    categoria = unicodedata.category(signo)
    if categoria[0] == "M" or categoria == "Cf" or signo in _RELLENOS:
        return ""
    if categoria == "Pd" or signo == "−":
        return "-"
    return " " if categoria == "Zs" else str(unicodedata.digit(signo, signo))


def _contiene(texto: str, buscado: _Buscado) -> bool:
    halladas = list(_TIRA.finditer(texto))
    entre = _TIRA.split(texto)[1:-1]
    uids = [m.span() for m in _PUNTEADO.finditer(texto) if _es_uid(m[0])]
    largo = max(map(len, buscado.enteros))
    for i, primera in enumerate(halladas):
        # As it was issued, also where its runs are a UID's components, or stand between signs of its own.
        hasta = i + len(buscado.tiras)
        if [m[0] for m in halladas[i:hasta]] == buscado.tiras and all(
            hay == suyo or _UNIBLES.issuperset(hay) for hay, suyo in zip(entre[i:], buscado.entre, strict=False)
        ):
            return True
        junta = primera[0]
        for corte, (anterior, siguiente) in zip(entre[i:], pairwise(halladas[i:]), strict=True):
            if junta in buscado.enteros:
                return True
            en_uid = any(a <= anterior.start() < b or a <= siguiente.start() < b for a, b in uids)
            if len(junta) >= largo or en_uid or not _UNIBLES.issuperset(corte):
                break
            junta += siguiente[0]
        if junta in buscado.enteros:
            return True
    return False


def _es_uid(punteado: str) -> bool:
    """Whether numbers between dots are a DICOM UID, not one number with its thousands marked."""
    if _DE_MILES.fullmatch(punteado) or not _RAIZ_DE_UID.match(punteado):
        return False
    return not any(c[0] == "0" and len(c) > 1 for c in punteado.split("."))
