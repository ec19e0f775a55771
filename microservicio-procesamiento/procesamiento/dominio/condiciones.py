"""Conditions in a patient's history: only those of an allow-list are recognised, and nothing else of the text is kept.

The history is Spanish free text, whatever its case, accents or gender. What is denied, what is only suspected and what
a relative has are not the patient's. In doubt a condition is left out: the text is not released by default, and a code
too many is worse than one too few.
"""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from seedwork.dominio.textos import llano


@dataclass(frozen=True, kw_only=True, slots=True)
class Condicion:
    """An entry of the allow-list.

    Attributes:
        codigo: ICD-10 (CIE-10).
        nombre: as a person reads it.
        terminos: how histories write it. Words match whole; one with ``/a`` says what somebody is, and stands for
            its four forms (diabético/a: diabético, diabética, diabéticos, diabéticas).
    """

    codigo: str
    nombre: str
    terminos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Termino:
    palabras: tuple[str, ...]
    codigo: str
    adjetivo: bool


def _palabras(texto: str) -> frozenset[str]:
    return frozenset(texto.split())


_FICHA = re.compile(r"[a-z0-9]+|[.,;:()\n]")
_FINALES = frozenset(".;\n") | {"pero", "aunque", "sino", "excepto", "salvo"}
"""Here a clause ends, and with it whatever a denial or a relative governs."""

_NIEGAN = _palabras(
    "no ni niega niegan nego negando sin nunca jamas tampoco descarta descartan descartar descarto descartando"
    " ausencia sospecha sospechan posible posibles probable probables riesgo tamizaje prevencion"
)
"""What follows is denied, or no more than suspected."""

_NEGADO = _palabras(
    "negado negada negados negadas negativo negativa negativos negativas descartado descartada descartados"
    " descartadas ausente ausentes"
)
"""What came just before is denied."""

_PARIENTES = _palabras(
    "madre padre padres mama papa abuelo abuela abuelos abuelas bisabuelo bisabuela hermano hermana hermanos"
    " hermanas hijo hija hijos hijas tio tia tios tias primo prima primos primas sobrino sobrina sobrinos sobrinas"
    " nieto nieta nietos nietas suegro suegra esposo esposa conyuge pareja pariente parientes familia familiar"
    " familiares heredofamiliar heredofamiliares materno materna maternos maternas paterno paterna paternos"
    " paternas af ahf"
)
"""Somebody else is spoken of."""

_AFIRMAN = _palabras("paciente presenta padece tiene refiere diagnosticado diagnosticada actualmente")
"""A denial ends here, unless it is of this very word ("no refiere")."""


class Reconocedor:
    """Finds the conditions of an allow-list in histories.

    Args:
        condiciones: the allow-list.
    """

    def __init__(self, condiciones: Iterable[Condicion]) -> None:
        self._por_palabra: dict[str, list[_Termino]] = {}
        for condicion in condiciones:
            for termino in condicion.terminos:
                for palabras in _formas(termino):
                    propio = _Termino(palabras, condicion.codigo, adjetivo="/a" in termino)
                    self._por_palabra.setdefault(palabras[0], []).append(propio)
        for terminos in self._por_palabra.values():
            terminos.sort(key=lambda t: -len(t.palabras))

    def reconocer(self, antecedentes: str) -> tuple[str, ...]:
        """The codes of the patient's own conditions, sorted, each once."""
        fichas = _FICHA.findall(llano(antecedentes))
        # Most histories name nothing of the list, or one word.
        if not any(f in self._por_palabra for f in fichas):
            return ()
        codigos: set[str] = set()
        for clausula in _clausulas(fichas):
            codigos.update(self._en_clausula(clausula))
        return tuple(sorted(codigos))

    def _en_clausula(self, fichas: list[str]) -> list[str]:
        """The patient's conditions in a clause, walked word by word.

        A denial reaches forward and over commas, as over a list, but not over one to an adjective ("no fumador,
        diabético"). A relative owns the whole stretch between two commas ("diabetes en la madre"), and what follows
        until the patient is spoken of again ("…, paciente asmático").
        """
        propias: list[str] = []
        tramo: list[str] = []
        niega = niega_la_lista = ajeno = pariente_en_tramo = False
        i = 0
        while i < len(fichas):
            ficha = fichas[i]
            termino = self._termino_en(fichas, i)
            if termino is not None:
                if not (ajeno or niega or (niega_la_lista and not termino.adjetivo)):
                    tramo.append(termino.codigo)
                i += len(termino.palabras)
                continue
            if ficha == ",":
                propias += tramo
                tramo = []
                niega, niega_la_lista = False, niega or niega_la_lista
                pariente_en_tramo = False
            elif ficha in _NIEGAN:
                niega = True
            elif ficha in _NEGADO:
                tramo = []
            elif ficha in _PARIENTES:
                ajeno = pariente_en_tramo = True
                tramo = []
            elif ficha in _AFIRMAN and not (i and fichas[i - 1] in _NIEGAN):
                niega = niega_la_lista = False
                ajeno = ajeno and (pariente_en_tramo or ficha != "paciente")
            i += 1
        return propias + tramo

    def _termino_en(self, fichas: list[str], i: int) -> _Termino | None:
        for termino in self._por_palabra.get(fichas[i], ()):
            if tuple(fichas[i : i + len(termino.palabras)]) == termino.palabras:
                return termino
        return None


def _clausulas(fichas: list[str]) -> list[list[str]]:
    return [list(g) for final, g in itertools.groupby(fichas, _FINALES.__contains__) if not final]


def _formas(termino: str) -> Iterable[tuple[str, ...]]:
    """A term's forms; its words agree with each other in gender and number."""
    palabras = llano(termino).split()
    return {
        tuple(_forma(p, femenino, plural) for p in palabras) for femenino in (False, True) for plural in (False, True)
    }


def _forma(palabra: str, femenino: bool, plural: bool) -> str:
    raiz, barra, _ = palabra.partition("/a")
    if not barra:
        return palabra
    if femenino:
        return raiz.removesuffix("o") + ("as" if plural else "a")
    return raiz + ("" if not plural else "s" if raiz.endswith("o") else "es")
