"""A history with all taken out that is no word of an allow-list: at the residual risk that names, and off by default.

What is left can still tell who somebody is: a rare disease, or what only one person has had together. And the list has
words that are names as well, of which it knows those that came to mind (docs/adr/0044).
"""

import re
from collections.abc import Iterable

from seedwork.dominio.textos import PARRAFO, llano

HUECO = "[…]"
"""Stands for one word, or any number of them in a row."""

_TROZO = re.compile(r"\n|\S+")
_PALABRA = re.compile(r"[(¿¡]?([a-záéíóúüñ]+)\)?([.,;:!?]?)", re.IGNORECASE)
_LETRAS = re.compile(r"[^\W\d_]+")
_CORTA = 3
"""A word of the recogniser's with fewer letters may be somebody's initials; one with no more, before a full stop, an
abbreviation: no sentence begins behind it."""


class Depurador:
    """Leaves of a text the words of an allow-list, in lower case. All lists are of plain words.

    Args:
        palabras: what histories are understood by.
        enlaces: what holds sentences together.
        niegan: what stays however it is written.
        nombres: those of ``palabras`` that stay nowhere.
        tambien_nombres: those that begin no sentence with a capital, but that of a name.
    """

    def __init__(
        self,
        palabras: Iterable[str],
        *,
        enlaces: Iterable[str],
        niegan: Iterable[str],
        nombres: Iterable[str],
        tambien_nombres: Iterable[str],
    ) -> None:
        self._niegan, self._tambien_nombres = frozenset(niegan), frozenset(tambien_nombres)
        self._palabras = {p for p in palabras if len(p) >= _CORTA}.difference(nombres).union(enlaces, self._niegan)

    def depurar(self, texto: str, salvo: str = "") -> str:
        """The text in one line, no longer than a text may be; empty where nothing is left of it.

        Args:
            salvo: what has words that go too: the patient's number, which may well be a name.
        """
        ajenas = set(_LETRAS.findall(llano(salvo)))
        trozos = _TROZO.findall(texto)
        dichos: list[str] = []
        empieza = True
        for trozo, siguiente in zip(trozos, [*trozos[1:], ""], strict=True):
            if trozo == "\n":
                empieza = True
                continue
            hallada = _PALABRA.fullmatch(trozo)
            palabra, signo = hallada.groups() if hallada else ("", "")
            queda = llano(palabra) not in ajenas and self._queda(palabra, empieza and not siguiente[:1].isupper())
            if queda:
                dichos.append(palabra.lower() + signo)
            elif not dichos or dichos[-1] != HUECO:
                dichos.append(HUECO)
            empieza = queda and len(palabra) > _CORTA and signo in (".", "!", "?")
        return _acortado(" ".join(dichos)) if any(dicho != HUECO for dicho in dichos) else ""

    def _queda(self, palabra: str, puede_empezar: bool) -> bool:
        """Whether it is of the list, and written as no name is: a capital begins a sentence, and one word of it."""
        llana = llano(palabra)
        if llana not in self._palabras:
            return False
        if llana in self._niegan:
            return True
        return palabra.islower() or (puede_empezar and palabra[1:].islower() and llana not in self._tambien_nombres)


def _acortado(texto: str) -> str:
    return texto if len(texto) <= PARRAFO.maximo else texto[: PARRAFO.maximo].rpartition(" ")[0]
