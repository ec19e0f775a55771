"""Conditions in a patient's history: only those of an allow-list are recognised, and nothing else of the text is kept.

A condition is published only where its whole sentence is *understood* as a plain affirmation about the patient: every
word of it is one of the lexicon's, and they stand in an order that affirms. What is denied, doubted, asked for or said
of somebody else needs words or signs that the lexicon does not have, so nothing of it comes out, however it is put. The
text is not released by default, and a code too many is worse than one too few (docs/adr/0018).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from procesamiento.dominio.frases import Frases, desplegar, fichas


@dataclass(frozen=True, kw_only=True, slots=True)
class Condicion:
    """An entry of the allow-list.

    Attributes:
        codigo: ICD-10 (CIE-10).
        nombre: as a person reads it.
        terminos: how histories write it. Words match whole; one with ``/a`` says what somebody is, and stands for
            its two forms (diabético/a: diabético, diabética).
        debiles: terms that mean something else too, a test or a vaccine say. They count only where a word beside them
            tells that it is the condition.
    """

    codigo: str
    nombre: str
    terminos: tuple[str, ...]
    debiles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexico:
    """The words that sentences are understood by. All are phrases of :mod:`procesamiento.dominio.frases`.

    Attributes:
        palabras: those that may stand beside a condition, by what they do there: the names of :data:`PAPELES`.
        raices: endings of words that do so.
        propias: those that may stand beside these conditions only.
        dudas: words beside which these conditions may be others.
        propios, neutros, otros: headings. What follows is the patient's; is, unless what stands before governs it; is
            of no matter.
        numerales: words for a number.
        abreviaturas: a full stop after these ends no sentence.
        gatillos: words that deny, doubt, look for, or speak of somebody else.
        posteriores: those of them that may deny what stands before.
        iniciales: those of them that begin what is said of something else.
    """

    palabras: Mapping[str, Iterable[str]]
    raices: Mapping[str, Iterable[str]]
    propias: Iterable[tuple[Collection[str], Iterable[str]]]
    dudas: Iterable[tuple[Collection[str], Collection[str]]]
    propios: Iterable[str]
    neutros: Iterable[str]
    otros: Iterable[str]
    numerales: Iterable[str]
    abreviaturas: Iterable[str]
    gatillos: Iterable[str]
    posteriores: Iterable[str]
    iniciales: Iterable[str]


PAPELES = {
    "paciente": "p",
    "persona": "P",
    "edad": "e",
    "intro": "v",
    "con": "w",
    "es": "s",
    "y": "y",
    "por": "x",
    "modo": "m",
    "tiempo": "h",
    "desde": "j",
    "trata": "r",
    "tratado": "t",
    "remedio": "d",
    "dosis": "f",
    "cantidad": "n",
    "intervencion": "q",
}
"""What a word may do in a sentence, and the letter that stands for it in the grammar."""

INTERVENCION = "intervencion"
"""Among the conditions of ``propias``: beside any of these words, too."""

_TERMINO, _DEBIL, _ADJETIVO, _PROPIA, _COMA, _JUNTO = "TWAo,/"


def _gramatica() -> re.Pattern[str]:
    """Sentences that affirm, in letters. All repetitions are possessive: a text is read once, whatever is in it."""
    remedios = "(?>(?:d[fn]*+|qf*+)(?:[y,/](?:d[fn]*+|qf*+))*+)"
    prueba = f"(?:t(?:f|{remedios})?|[jo]|[rw]o|[rw]{remedios})"
    sola = f"(?:[mheq]|{prueba})"
    detalle = f"(?:{sola}|\\((?:{sola}|{remedios})(?:,?(?:{sola}|{remedios}))*+\\))"
    nombre = f"(?:T{detalle}*+|W[mhe]*+{prueba}{detalle}*+)"
    dicho = f"[vw]{{0,2}}{nombre}"
    adjetivo = f"s?A{detalle}*+"
    operado = f"(?:q|r{remedios}){detalle}*+x{nombre}"
    cola = f"(?:{detalle}|{remedios})(?:y?(?:{detalle}|{remedios}))*+"
    # A name may be an illness's too: "Sr. Hashimoto". So nobody is one by standing beside it.
    sujeto = "(?:[pP]{1,2}(?:,?e,?|,|(?=[vwsA]))|(?:e|[hj]),?)"
    nucleo = f"(?:{dicho}|{adjetivo}|{operado})"
    afirma = f"(?:{sujeto})?(?:{cola}[,y]++)*+{nucleo}(?:[,y]++(?:{nucleo}|{cola})|w{nombre})*+"
    return re.compile(f"{afirma}|[pP]{{1,2}}e?|{cola}(?:[,y]++{cola})*+")


_GRAMATICA = _gramatica()
_FIRME = frozenset("pPvsAhjrtqe")
"""Where a sentence has none of these it only lists names, and what it means may be told by its neighbours."""

_CORTA = 4
"""Words of a sentence that may be a heading, though no colon tells."""

_RAIZ_MINIMA = 7
"""A word of so many letters or fewer is no medicine's by its ending."""

_PROPIO, _NEUTRO, _PAUSA, _CERRADO = range(4)


@dataclass(frozen=True, slots=True)
class _Unidad:
    letra: str
    codigo: str = ""
    solo_con: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Oracion:
    """A sentence of the text.

    Attributes:
        encabeza: it is a heading, before a colon.
        cortada: its end is none: a question, or a row of dots.
    """

    fichas: list[str]
    encabeza: bool = False
    cortada: bool = False


@dataclass(frozen=True, slots=True)
class _Entendida:
    codigos: frozenset[str]
    firme: bool
    nombra: bool


class Reconocedor:
    """Finds the conditions of an allow-list in histories.

    Args:
        condiciones: the allow-list.
        lexico: the words that sentences are understood by.
    """

    def __init__(self, condiciones: Iterable[Condicion], lexico: Lexico) -> None:
        self._unidades: Frases[_Unidad] = Frases(lexico.numerales)
        self._terminos: set[str] = set()
        for condicion in condiciones:
            for letra, terminos in ((_TERMINO, condicion.terminos), (_DEBIL, condicion.debiles)):
                self._aprender(condicion.codigo, letra, terminos)
        propias: dict[str, set[str]] = {}
        for codigos, frases in lexico.propias:
            for frase in _formas(frases):
                propias.setdefault(frase, set()).update(codigos)
        for papel, frases in lexico.palabras.items():
            for frase in _formas(frases):
                self._unidades.poner(fichas(frase), _Unidad(PAPELES[papel]))
        for frase, codigos in propias.items():
            self._unidades.poner(fichas(frase), _Unidad(_PROPIA, solo_con=frozenset(codigos)))
        for signo in "()":
            self._unidades.poner([signo], _Unidad(signo))
        for signo in "/+":
            self._unidades.poner([signo], _Unidad(_JUNTO))
        for signo in ",;\n":
            self._unidades.poner([signo], _Unidad(_COMA))
        self._raices = [(tuple(finales), _Unidad(PAPELES[papel])) for papel, finales in lexico.raices.items()]
        self._dudas = [(_palabras(p), frozenset(c)) for p, c in lexico.dudas]
        self._encabezados: Frases[int] = Frases()
        for frases, estado in ((lexico.propios, _PROPIO), (lexico.neutros, _NEUTRO), (lexico.otros, _PAUSA)):
            for frase in _formas(frases):
                self._encabezados.poner(fichas(frase), estado)
        self._abreviaturas = _palabras(lexico.abreviaturas)
        self._gatillos = _palabras(lexico.gatillos)
        self._posteriores = _palabras(lexico.posteriores)
        self._iniciales = _palabras(lexico.iniciales)

    def _aprender(self, codigo: str, letra: str, terminos: Iterable[str]) -> None:
        for termino in _formas(terminos):
            for palabras in [termino.replace("/a", ""), _femenino(termino)] if "/a" in termino else [termino]:
                puesta = fichas(palabras)
                self._terminos.add(puesta[0])
                self._unidades.poner(puesta, _Unidad(_ADJETIVO if "/a" in termino else letra, codigo))

    def reconocer(self, antecedentes: str) -> tuple[str, ...]:
        """The codes of the patient's own conditions, sorted, each once."""
        texto = fichas(antecedentes)
        # Most histories name nothing of the list, or one word.
        if self._terminos.isdisjoint(texto):
            return ()
        codigos: set[str] = set()
        for bloque in self._bloques(texto):
            codigos.update(*bloque)
        return tuple(sorted(codigos))

    def _bloques(self, texto: list[str]) -> Iterator[list[frozenset[str]]]:
        """What is the patient's, between one known heading and the next.

        A sentence that is not understood silences what follows, until a heading, where it may govern it: it is as
        short as a heading, or denies, doubts or speaks of somebody else. It silences the one before where it may deny
        that. And where one is not understood, those that only list names do not count either.
        """
        abierto, entero, primera = _PROPIO, True, True
        bloque: list[_Entendida | None] = []
        for oracion in self._oraciones(texto):
            if oracion.encabeza:
                estado = self._encabezado(oracion.fichas)
                yield [e.codigos for e in bloque if e is not None and ((entero and estado is not None) or e.firme)]
                bloque, entero = [], True
                if estado is None:
                    abierto = _CERRADO
                elif estado == _PROPIO or abierto != _CERRADO:
                    abierto = _PAUSA if estado == _PAUSA else _PROPIO
                continue
            empieza, primera = primera, False
            if abierto != _PROPIO:
                continue
            entendida = None if oracion.cortada else self._entender(oracion.fichas)
            if entendida is not None and entendida.nombra and not empieza:
                # "Hipertensa. Niño con asma."
                entendida, abierto = None, _CERRADO
            if entendida is None:
                entero = False
                if bloque and self._niega_lo_anterior(oracion.fichas):
                    bloque[-1] = None
                if len(oracion.fichas) <= _CORTA or oracion.cortada or not self._gatillos.isdisjoint(oracion.fichas):
                    abierto = _CERRADO
            bloque.append(entendida)
        yield [e.codigos for e in bloque if e is not None and (entero or e.firme)]

    def _oraciones(self, texto: list[str]) -> Iterator[_Oracion]:
        """Sentences end at a full stop or a question mark only: a comma, a semicolon or a line's end may join."""
        actual: list[str] = []
        for i, ficha in enumerate(texto):
            if ficha == ":":
                # "HTA; alergias: …": a heading that is known begins after the last sign before it.
                corte = self._inicio_de_encabezado(actual)
                if corte:
                    yield _Oracion(actual[:corte])
                yield _Oracion(actual[corte:], encabeza=True)
                actual = []
            elif ficha in "?¿":
                yield _Oracion(actual, cortada=True)
                actual = []
            elif ficha == ".":
                if actual and actual[-1] in self._abreviaturas and texto[i + 1 : i + 2] not in ([], ["\n"], ["."]):
                    continue
                yield _Oracion(actual, cortada=texto[i + 1 : i + 2] == ["."] or not actual)
                actual = []
            elif actual or ficha != "\n":
                actual.append(ficha)
        if actual:
            yield _Oracion(actual)

    def _inicio_de_encabezado(self, actual: list[str]) -> int:
        corte = max((i + 1 for i, ficha in enumerate(actual) if ficha in ";\n"), default=0)
        return corte if self._encabezado(actual[corte:]) is not None else 0

    def _encabezado(self, fichas: list[str]) -> int | None:
        hallado = self._encabezados.buscar(fichas, 0)
        return hallado[0] if hallado is not None and hallado[1] == len(fichas) else None

    def _niega_lo_anterior(self, fichas: list[str]) -> bool:
        if fichas == ["no"] or not self._posteriores.isdisjoint(fichas[:2]):
            return True
        # "Niega alergias", "Padre con asma": of something else. "Corresponde a otro paciente": of nothing else.
        de_otra_cosa = (fichas[:1] and fichas[0] in self._iniciales) or not self._terminos.isdisjoint(fichas)
        return not de_otra_cosa and not self._gatillos.isdisjoint(fichas)

    def _entender(self, fichas: list[str]) -> _Entendida | None:
        """What a sentence affirms; None where it is not understood. A line's end may stand inside a phrase."""
        while fichas and fichas[-1] in ",;\n":
            fichas = fichas[:-1]
        if "\n" not in fichas:
            return self._afirma(fichas)
        return self._afirma([f for f in fichas if f != "\n"]) or self._afirma(fichas)

    def _afirma(self, fichas: list[str]) -> _Entendida | None:
        unidades: list[_Unidad] = []
        i = 0
        while i < len(fichas):
            hallada = self._unidades.buscar(fichas, i) or self._por_su_raiz(fichas[i], i)
            if hallada is None:
                return None
            unidades.append(hallada[0])
            i = hallada[1]
        letras = "".join(u.letra for u in unidades)
        codigos = frozenset(u.codigo for u in unidades if u.codigo)
        if _GRAMATICA.fullmatch(letras) is None:
            return None
        presentes = codigos | {INTERVENCION} if PAPELES[INTERVENCION] in letras else codigos
        if any(u.solo_con and u.solo_con.isdisjoint(presentes) for u in unidades):
            return None
        if any(not (codigos.isdisjoint(c) or palabras.isdisjoint(fichas)) for palabras, c in self._dudas):
            return None
        return _Entendida(codigos, firme=not _FIRME.isdisjoint(letras), nombra=PAPELES["persona"] in letras)

    def _por_su_raiz(self, ficha: str, i: int) -> tuple[_Unidad, int] | None:
        for finales, unidad in self._raices:
            if len(ficha) > _RAIZ_MINIMA and ficha.endswith(finales):
                return unidad, i + 1
        return None


def _formas(frases: Iterable[str]) -> list[str]:
    return [forma for frase in frases for forma in desplegar(frase)]


def _palabras(frases: Iterable[str]) -> frozenset[str]:
    return frozenset(ficha for forma in _formas(frases) for ficha in fichas(forma))


def _femenino(termino: str) -> str:
    return re.sub(r"o?/a\b", "a", termino)
