"""How a person is greeted (contract §2): by name where it looks like one; nobody vouches for what clients write."""

import re
import unicodedata

MAXIMO_NOMBRE = 60
"""Characters of all names together."""
MAXIMO_PALABRAS = 6
"""Words of all names together, particles aside: more is a sentence."""

_SIGNOS = frozenset(" -.'’ʼ")
_DISFRAZADAS = frozenset("\u115f\u1160\u3164\uffa0\u1427\u318d\ua4f8\ua4fa\ua78f")
"""Letters by their category, and to the eye a blank (Hangul's fillers) or a dot."""
_PALABRA = re.compile(r"[^\W\d_]+")
_PARTICULAS = frozenset(
    _PALABRA.findall(
        # Of Romance languages; of Dutch, German and Scandinavian ones; of Arabic, also in its own letters, and Hebrew.
        "a e i y o de del la las le les los lo da das do dos di della dello du des d l "
        "van von der den ter ten te vom zu zum zur af av "
        "al el bin bint ibn ben abu بن ابن بنت ال"
    )
)
_CON_PUNTO = re.compile(
    r"(?:[^\W\d_]\.-?)*[^\W\d_]\.|[^\W\d_]{1,2}\.[ªº]?|(?:dra|sra|srta|ing|lic|prof|fco|sta|sto)\.", re.IGNORECASE
)
"""A word with a dot: initials, an abbreviation of two letters, or a usual one. Of "entre.co" programs that show letters
make a link, and of "entre. co" people do."""


def nombre_de_persona(*partes: str) -> str:
    """The name that these make together; empty where that does not look like one.

    It has letters and marks of any script, blanks, hyphens, dots and apostrophes, at least one letter, and at most
    :data:`MAXIMO_NOMBRE` characters in :data:`MAXIMO_PALABRAS` words. A dot ends an initial or an abbreviation.
    """
    dado = unicodedata.normalize("NFC", " ".join(partes))
    nombre = " ".join(dado.split())
    admitido = len(nombre) <= MAXIMO_NOMBRE and all(map(_puede_estar, dado))
    return nombre if admitido and _se_lee_como_nombre(nombre) else ""


def _puede_estar(signo: str) -> bool:
    categoria = unicodedata.category(signo)
    return signo in _SIGNOS or categoria == "Zs" or (categoria[0] in "LM" and signo not in _DISFRAZADAS)


def _se_lee_como_nombre(nombre: str) -> bool:
    """Whether its words are few, and its dots such as names have. Marks aside: one behind a dot would hide it."""
    desnudo = "".join(c for c in unicodedata.normalize("NFD", nombre) if unicodedata.category(c)[0] != "M")
    palabras = _PALABRA.findall(desnudo)
    contadas = [p for p in palabras if p.casefold() not in _PARTICULAS]
    con_punto = [trozo for trozo in desnudo.split() if "." in trozo]
    return bool(palabras) and len(contadas) <= MAXIMO_PALABRAS and all(map(_CON_PUNTO.fullmatch, con_punto))
