"""Phrases as data: how they are written down, and how they are found in a text."""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from seedwork.dominio.textos import llano

_NUMERO, _ANO = "un número", "un año"
_CLASES = {"#": _NUMERO, "@": _ANO}
"""In a phrase: any number but zero, any year. No word of a text is written as they are kept."""

_FICHA = re.compile(r"[a-z](?:\.[a-z])+\b\.?|\d+(?:[.,]\d+)*|[^\W\d_]+\d*|\n|\S")
_TACHADO = re.compile("[\u0334-\u0338\u20d2-\u20e5]")
_MADRE = re.compile("m\\W*a\\W*m\\W*a\\W*[\u0300-\u036f]", re.IGNORECASE)
_ES_ANO = re.compile(r"19[2-9]\d|20\d\d")

V = TypeVar("V")


def fichas(texto: str) -> list[str]:
    """The text's words, numbers, signs and line ends, plain. Initials are one word without their dots.

    A letter that is struck out stays so: it is no accent. And one accent tells who from what: "mamá" from "mama".
    """
    if not texto.isascii():
        texto = _MADRE.sub("mamita", unicodedata.normalize("NFKD", _TACHADO.sub("~", texto)))
    return [f.replace(".", "") if f[0].isalpha() else f for f in _FICHA.findall(llano(texto))]


def es_ano(ficha: str) -> bool:
    """Whether a number may be a year's, of somebody alive or of years to come."""
    return _ES_ANO.fullmatch(ficha) is not None


def desplegar(frase: str) -> Iterator[str]:
    """Every form of a phrase with ``{alternatives|}``, which may stand inside one another."""
    abre = frase.find("{")
    if abre < 0:
        yield frase
        return
    hondura, cortes = 0, [abre]
    for cierra in range(abre, len(frase)):
        hondura += {"{": 1, "}": -1}.get(frase[cierra], 0)
        if hondura == 0 or (hondura == 1 and frase[cierra] == "|"):
            cortes.append(cierra)
        if hondura == 0:
            break
    restos = list(desplegar(frase[cierra + 1 :]))
    for desde, hasta in itertools.pairwise(cortes):
        for alternativa in desplegar(frase[desde + 1 : hasta]):
            yield from (frase[:abre] + alternativa + resto for resto in restos)


class Frases(Generic[V]):
    """What phrases stand for, found by the longest match.

    Args:
        numerales: words for a number.
    """

    def __init__(self, numerales: Iterable[str] = ()) -> None:
        self._raiz: _Nodo[V] = _Nodo()
        self._numerales = frozenset(numerales)

    def __contains__(self, ficha: str) -> bool:
        """Whether a phrase begins with this very word."""
        return ficha in self._raiz.ramas

    def poner(self, frase: Sequence[str], valor: V) -> V:
        """Learn a phrase. Answers what it stands for: what it was first said to."""
        nodo = self._raiz
        for ficha in frase:
            nodo = nodo.ramas.setdefault(_CLASES.get(ficha, ficha), _Nodo())
        if nodo.valor is None:
            nodo.valor = valor
        return nodo.valor

    def buscar(self, texto: Sequence[str], desde: int) -> tuple[V, int] | None:
        """What the longest phrase that begins there stands for, and where it ends."""
        hallada: tuple[V, int] | None = None
        nodos = [self._raiz]
        for fin in range(desde, len(texto)):
            ficha = texto[fin]
            siguientes = [n for nodo in nodos if (n := nodo.ramas.get(ficha))]
            if ficha in self._numerales or (ficha[0].isdigit() and ficha.strip("0.,")):
                clases = (_ANO, _NUMERO) if es_ano(ficha) else (_NUMERO,)
                siguientes += [n for nodo in nodos for c in clases if (n := nodo.ramas.get(c))]
            if not siguientes:
                break
            nodos = siguientes
            # Of two of one length the one that names the word goes before the one that takes any number.
            valor = next((n.valor for n in nodos if n.valor is not None), None)
            if valor is not None:
                hallada = valor, fin + 1
        return hallada


class _Nodo(Generic[V]):
    __slots__ = ("ramas", "valor")

    def __init__(self) -> None:
        self.ramas: dict[str, _Nodo[V]] = {}
        self.valor: V | None = None
