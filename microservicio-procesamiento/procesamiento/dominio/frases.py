"""Phrases as data: how they are written down, and how they are found in a text."""

import itertools
import operator
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from seedwork.dominio.textos import llano

_NUMERO, _ANO = "un número", "un año"
_CLASES = {"#": _NUMERO, "@": _ANO}
"""In a phrase: any number but zero, any year. No word of a text is written as they are kept."""

_FICHA = re.compile(r"[a-z](?:\.[a-z])+\b\.?|\d+(?:[.,]\d+)*|[^\W\d_]+\d*|\n|\S")
_TACHADO = re.compile("[\u0334-\u0338\u20d2-\u20e5]")
_MADRE = re.compile("m\\W*a\\W*m\\W*a\\W*[\u0300-\u036f]", re.IGNORECASE)
_DE_CLASE = re.compile("<[a-z0-9]+>")
_ES_ANO = re.compile(r"19[2-9]\d|20\d\d")

_GRUPO = 4
"""So many alternatives are still written out."""

V = TypeVar("V")


def fichas(texto: str) -> list[str]:
    """The text's words, numbers, signs and line ends, plain. Initials are one word without their dots.

    A letter that is struck out stays so: it is no accent. And one accent tells who from what: "mamá" from "mama".
    """
    if not texto.isascii():
        texto = _MADRE.sub("mamita", unicodedata.normalize("NFKD", _TACHADO.sub("~", texto)))
    return [f.replace(".", "") if f[0].isalpha() else f for f in _FICHA.findall(llano(texto))]


def partes(frase: str) -> list[str]:
    """A phrase's words, signs and classes."""
    clases = _DE_CLASE.findall(frase)
    palabras = [fichas(trozo) for trozo in _DE_CLASE.split(frase)]
    return [*palabras[0], *(p for clase, resto in zip(clases, palabras[1:], strict=True) for p in (clase, *resto))]


def es_ano(ficha: str) -> bool:
    """Whether a number may be a year's, of somebody alive or of years to come."""
    return _ES_ANO.fullmatch(ficha) is not None


def desplegar(frase: str) -> Iterator[str]:
    """Every form of a phrase with ``{alternatives|}``, which may stand inside one another."""
    grupo = _primer_grupo(frase)
    if grupo is None:
        yield frase
        return
    antes, alternativas, resto = grupo
    restos = list(desplegar(resto))
    for alternativa in alternativas:
        for forma in desplegar(alternativa):
            yield from (antes + forma + r for r in restos)


def _primer_grupo(frase: str) -> tuple[str, list[str], str] | None:
    """What stands before a phrase's first alternatives, these, and what stands behind them."""
    abre = frase.find("{")
    if abre < 0:
        return None
    hondura, cortes = 0, [abre]
    for cierra in range(abre, len(frase)):
        hondura += {"{": 1, "}": -1}.get(frase[cierra], 0)
        if hondura == 0 or (hondura == 1 and frase[cierra] == "|"):
            cortes.append(cierra)
        if hondura == 0:
            break
    alternativas = [frase[desde + 1 : hasta] for desde, hasta in itertools.pairwise(cortes)]
    return frase[:abre], alternativas, frase[cierra + 1 :]


class Frases(Generic[V]):
    """What phrases stand for, found by the longest match.

    Args:
        numerales: words for a number.
        clases: phrases that stand for each other, by name: ``<name>`` in a phrase is any of them. One may be made of
            those before it.
    """

    def __init__(self, numerales: Iterable[str] = (), clases: Mapping[str, Iterable[str]] | None = None) -> None:
        self._raiz: _Nodo[V] = _Nodo()
        self._partes: set[str] = set()
        self._cuantas = 0
        self._numerales = frozenset(numerales)
        self._clases: dict[str, Frases[bool]] = {}
        self._nombres: dict[str, str] = {}
        for nombre, frases in (clases or {}).items():
            self._clases[f"<{nombre}>"] = self._clase(frases)

    def _clase(self, frases: Iterable[str]) -> "Frases[bool]":
        clase: Frases[bool] = Frases(self._numerales)
        clase._clases, clase._nombres = self._clases, self._nombres
        for frase in frases:
            clase.aprender(frase, True)
        return clase

    def aprender(self, frase: str, valor: V) -> None:
        """Learn all forms of a phrase. Long alternatives are kept as a class: their product would not fit."""
        antes, hay, resto = "", _primer_grupo(frase), ""
        while hay is not None:
            previo, alternativas, resto = hay
            llenas = [a for a in alternativas if a]
            grupo = f"{{{'|'.join(llenas)}}}"
            # Where it is part of a word it is none: "{operad|tratad}{o|a}".
            suelto = previo[-1:] in ("", " ") and (previo or not antes or antes[-1] == " ") and resto[:1] in ("", " ")
            if suelto and len(llenas) > _GRUPO:
                nombre = self._nombres.setdefault(grupo, f"<{len(self._nombres)}>")
                if nombre not in self._clases:
                    self._clases[nombre] = self._clase(llenas)
                grupo = nombre
            antes += previo + (f"{{|{grupo}}}" if len(llenas) < len(alternativas) else grupo)
            frase, hay = resto, _primer_grupo(resto)
        for forma in desplegar(antes + frase):
            self.poner(partes(forma), valor)

    def __contains__(self, ficha: str) -> bool:
        """Whether a phrase begins with this very word."""
        return ficha in self._raiz.ramas

    def primeras(self) -> Collection[str]:
        """The words that its phrases begin with."""
        return self._raiz.ramas.keys() | self._raiz.clases.keys()

    def palabras(self, salvo: Collection[str] = ()) -> set[str]:
        """All words that its phrases are made of, but for what only these classes have."""
        halladas: set[str] = set()
        vistas = {f"<{nombre}>" for nombre in salvo}
        esperan: list[Frases[V] | Frases[bool]] = [self]
        while esperan:
            suyas = esperan.pop()._partes
            clases = {parte for parte in suyas if _DE_CLASE.fullmatch(parte)}
            halladas |= suyas - clases
            esperan += [self._clases[clase] for clase in clases - vistas]
            vistas |= clases
        return halladas

    def de_clase(self, nombre: str) -> set[str]:
        """All words that the phrases of a class are made of."""
        return self._clases[f"<{nombre}>"].palabras()

    def poner(self, frase: Sequence[str], valor: V) -> V:
        """Learn a phrase. Answers what it stands for: what it was first said to.

        Raises:
            KeyError: it names a class that there is none of.
        """
        nodo = self._raiz
        self._partes.update(frase)
        for parte in frase:
            if _DE_CLASE.fullmatch(parte):
                nodo = nodo.de_clase(self._clases[parte])
            else:
                nodo = nodo.ramas.setdefault(_CLASES.get(parte, parte), _Nodo())
        if nodo.valor is None:
            nodo.valor, nodo.orden = valor, self._cuantas
            self._cuantas += 1
        return nodo.valor

    def buscar(self, texto: Sequence[str], desde: int) -> tuple[V, int] | None:
        """What the longest phrase that begins there stands for, and where it ends."""
        hallada = None
        for valor, fin, _ in self._todas(texto, desde):
            hallada = valor, fin
        return hallada

    def _todas(self, texto: Sequence[str], desde: int) -> Iterator[tuple[V, int, bool]]:
        """What each phrase that begins there stands for, the shortest first, and whether any number ends it. Of
        two of one length the one that none does goes before the one that it does, and else the one learnt first."""
        abiertos: dict[int, list[tuple[bool, _Nodo[V]]]] = {desde: [(False, self._raiz)]}
        fin = desde
        while abiertos:
            nodos = abiertos.pop(fin, [])
            halladas = [(numero, n.orden, n.valor) for numero, n in nodos if n.valor is not None]
            if halladas:
                numero, _, valor = min(halladas, key=operator.itemgetter(0, 1)) if len(halladas) > 1 else halladas[0]
                yield valor, fin, numero
            if nodos and fin < len(texto):
                ficha = texto[fin]
                claves = [(False, ficha)]
                if ficha in self._numerales or (ficha[0].isdigit() and ficha.strip("0.,")):
                    claves += [(True, clave) for clave in ((_ANO, _NUMERO) if es_ano(ficha) else (_NUMERO,))]
                siguientes: list[tuple[bool, _Nodo[V]]] = []
                clases: dict[int, tuple[Frases[bool], list[_Nodo[V]]]] = {}
                for _, nodo in nodos:
                    for numero, clave in claves:
                        if siguiente := nodo.ramas.get(clave):
                            siguientes.append((numero, siguiente))
                        for clase, tras in nodo.clases.get(clave, ()):
                            clases.setdefault(id(clase), (clase, []))[1].append(tras)
                if siguientes:
                    abiertos.setdefault(fin + 1, []).extend(siguientes)
                for clase, detras in clases.values():
                    for _, hasta, numero in clase._todas(texto, fin):
                        abiertos.setdefault(hasta, []).extend((numero, n) for n in detras)
            fin += 1


class _Nodo(Generic[V]):
    """What may stand next: by word, and by the first word of each class."""

    __slots__ = ("clases", "orden", "ramas", "valor")

    def __init__(self) -> None:
        self.ramas: dict[str, _Nodo[V]] = {}
        self.clases: dict[str, _TrasClases[V]] = {}
        self.orden = 0
        self.valor: V | None = None

    def de_clase(self, clase: "Frases[bool]") -> "_Nodo[V]":
        """The node behind any phrase of a class, which has all of its phrases by now."""
        for primera in clase.primeras():
            for otra, siguiente in self.clases.get(primera, ()):
                if otra is clase:
                    return siguiente
            break
        siguiente = _Nodo()
        tras = (clase, siguiente)
        # One for all words before which the same stood: a class begins with any of hundreds.
        juntas: dict[_TrasClases[V], _TrasClases[V]] = {}
        for primera in clase.primeras():
            antes = self.clases.get(primera, ())
            self.clases[primera] = juntas.setdefault(antes, (*antes, tras))
        return siguiente


_TrasClases = tuple[tuple[Frases[bool], _Nodo[V]], ...]
"""Classes that may stand next, each with the node behind it."""
