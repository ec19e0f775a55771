"""How a person is greeted (contract §2): by name where it looks like one; nobody vouches for what clients write."""

import re
import unicodedata

MAXIMO_NOMBRE = 60
"""Characters of all names together."""

_SIGNOS = frozenset(" -.'’ʼ")
# Programs that show letters make a link of "entre.co"; the dot of an initial, or at a word's end, is another thing.
_DOMINIO = re.compile(r"\.\w\w")


def nombre_de_persona(*partes: str) -> str:
    """The name that these make together; empty where that does not look like one.

    It has letters and marks of any script, blanks, hyphens, dots and apostrophes, at least one letter, and at most
    :data:`MAXIMO_NOMBRE` characters. A dot within a word, as a domain has it, is none of a name.
    """
    dado = unicodedata.normalize("NFC", " ".join(partes))
    clases = {unicodedata.category(c) for c in dado if c not in _SIGNOS}
    nombre = " ".join(dado.split())
    con_letras = any(c.startswith("L") for c in clases)
    sin_mas = all(c[0] in "LM" or c == "Zs" for c in clases)
    cabe = len(nombre) <= MAXIMO_NOMBRE
    return nombre if con_letras and sin_mas and cabe and not _DOMINIO.search(nombre) else ""
