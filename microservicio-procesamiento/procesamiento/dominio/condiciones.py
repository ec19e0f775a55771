"""Conditions in a patient's history: only those of an allow-list are recognised, and nothing else of the text is kept.

A condition is published only where its whole sentence is *understood* as a plain affirmation about the patient: every
word of it is one of the lexicon's, and they stand in an order that affirms. What is denied, doubted, asked for or said
of somebody else needs words or signs that the lexicon does not have, so nothing of it comes out, however it is put. The
text is not released by default, and a code too many is worse than one too few (docs/adr/0018).
"""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from procesamiento.dominio.frases import Frases, desplegar, es_ano, fichas, partes


@dataclass(frozen=True, kw_only=True, slots=True)
class Condicion:
    """An entry of the allow-list.

    Attributes:
        codigo: ICD-10 (CIE-10).
        nombre: as a person reads it.
        terminos: how histories write it. Words match whole; one with ``/a`` says what somebody is, and stands for
            its two forms (diabético/a: diabético, diabética).
        debiles: terms that mean something else too, a test or a vaccine say. They count only where it is said beside
            them since when it has been, or how it is treated.
    """

    codigo: str
    nombre: str
    terminos: tuple[str, ...]
    debiles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexico:
    """The words that sentences are understood by. All are phrases of :mod:`procesamiento.dominio.frases`.

    Attributes:
        clases: what phrases of ``palabras`` and ``propias`` are made of, by name.
        palabras: those that may stand beside a condition, by what they do there: the names of :data:`PAPELES`.
        raices: endings of words that do so.
        otras: conditions that are not of the allow-list: understood, and not published.
        consecuencias: the conditions that another may be said to be the cause of.
        operables: those of which a plus sign tells what was done about them.
        pruebas: medicines that are these conditions' own, and tell that a weak term is meant so.
        contiguas: those that they tell so behind a comma, too: nobody takes these to prevent them.
        propias: those that may stand beside these conditions only.
        dudas: words anywhere in a history by which these conditions may be others, or another's.
        femenino, masculino: words for who is spoken of, and what only one of that gender has.
        propios, neutros, otros, ajenos: headings. What follows is the patient's; is, unless what stands before governs
            it; is of no matter; is somebody else's.
        numerales: words for a number.
        abreviaturas: a full stop after these ends no sentence.
        niegan, objetos: verbs and objects of sentences that deny nothing that is a condition ("Niega alergias").
    """

    clases: Mapping[str, Iterable[str]]
    palabras: Mapping[str, Iterable[str]]
    raices: Mapping[str, Iterable[str]]
    otras: Iterable[str]
    consecuencias: Collection[str]
    operables: Collection[str]
    pruebas: Iterable[tuple[Collection[str], Iterable[str]]]
    contiguas: Collection[str]
    propias: Iterable[tuple[Collection[str], Iterable[str]]]
    dudas: Iterable[tuple[Collection[str], Collection[str]]]
    femenino: tuple[Iterable[str], Iterable[str]]
    masculino: tuple[Iterable[str], Iterable[str]]
    propios: Iterable[str]
    neutros: Iterable[str]
    otros: Iterable[str]
    ajenos: Iterable[str]
    numerales: Iterable[str]
    abreviaturas: Iterable[str]
    niegan: Iterable[str]
    objetos: Iterable[str]


PAPELES = {
    "paciente": "p",
    "persona": "P",
    "edad": "e",
    "intro": "v",
    "sido": "i",
    "con": "w",
    "es": "s",
    "conocido": "c",
    "y": "y",
    "por": "x",
    "modo": "m",
    "tiempo": "h",
    "desde": "j",
    "trata": "r",
    "tratado": "t",
    "hecho": "u",
    "remedio": "d",
    "dosis": "f",
    "cantidad": "n",
    "causa": "b",
    "suma": "z",
    "intervencion": "q",
}
"""What a word may do in a sentence, and the letter that stands for it in the grammar."""

INTERVENCION = "intervencion"
"""Among the conditions of ``propias``: beside any of these words, too."""

_TERMINO, _DEBIL, _ADJETIVO, _PROPIA, _COMA, _JUNTO, _POSITIVO = "TWAo,/k"


def _gramatica() -> re.Pattern[str]:
    """Sentences that affirm, in letters. All repetitions are possessive: a text is read once, whatever is in it."""
    remedios = "(?>(?:d(?:[fn]|yf)*+|qf*+)(?:[y,/z](?:d(?:[fn]|yf)*+|qf*+))*+)"
    prueba = f"(?:t(?:f|{remedios})?|j|[rw]{remedios})"
    sola = f"(?:[mheqc]|u(?:f|{remedios})?|[rw]?of*+|ruf*+(?:yuf*+)*+|{prueba})"
    detalle = f"(?:{sola}|\\((?:{sola}|{remedios})(?:,?(?:{sola}|{remedios}))*+\\))"
    debil = f"W[mheoc]*+(?:{prueba}|,{remedios})"
    causa = f"(?:[mheoc]*+[bx](?:T|{debil}))*+"
    nombre = f"(?:T(?:\\([TW]\\))?k?{causa}(?>{detalle}|(?=d){remedios})*+|{debil}{detalle}*+)"
    dicho = f"(?:[vw]{{0,2}}|[sc]?i){nombre}"
    adjetivo = f"[sc]?A{causa}(?>{detalle}|(?=d){remedios})*+"
    operado = f"(?:q|r{remedios})[mheo]*+x{nombre}"
    cola = f"(?:{remedios}|{detalle})(?:y?(?:{remedios}|{detalle})|zu)*+"
    # A name may be an illness's too: "Sr. Hashimoto". So nobody is one by standing beside it.
    sujeto = "(?:[pP]{1,2}(?:,?e,?|,|(?=[viwscA]))|(?:e|[hj]),?)"
    nucleo = f"(?:{dicho}|{adjetivo}|{operado})"
    afirma = f"(?:{sujeto})?(?:{cola}[,y]++)*+{nucleo}(?:[,yz]++{nucleo}|[,y]++{cola}|zu|zq|w{nombre})*+"
    return re.compile(f"{afirma}|[pP]{{1,2}}e?|{cola}(?:[,y]++{cola})*+")


_GRAMATICA = _gramatica()

_ABREVIADA = re.compile(r"T\([TW]\)")
_NOMBRES = (_TERMINO, _DEBIL, _ADJETIVO)
_ENTRE = "".join(PAPELES[p] for p in ("modo", "tiempo", "edad", "conocido")) + _PROPIA
_SUMADO = PAPELES["hecho"] + PAPELES["intervencion"]
_SIGUE = re.compile(
    f"[{_TERMINO}{_DEBIL}{_ADJETIVO}](?:"
    f"[{_ENTRE}]*[{PAPELES['causa']}{PAPELES['por']}]|[{_ENTRE}{_SUMADO}]*{PAPELES['suma']}[{_SUMADO}])"
)
_SE_SUMA = re.compile(f"{PAPELES['suma']}(?=[^{_SUMADO}{PAPELES['remedio']}])")
_DE_PRUEBA = PAPELES["trata"] + PAPELES["con"] + _COMA
_DE_REMEDIOS = "".join(PAPELES[p] for p in ("remedio", "dosis", "cantidad", "intervencion", "y")) + _COMA + _JUNTO

_AUSENCIAS = frozenset({"sin", "libre"})
_NIEGAN = _AUSENCIAS | {"no"}
"""Words of phrases that only look denied ("sin crisis", "no controlada"), and their reach."""

_ENLAZAN = frozenset({",", "y", "e", "o", "ni"})
"""Between what is denied."""

_FEMENINO, _MASCULINO = "a", "o"

_FUTURO = "?"
"""Stands for a year that is yet to come."""

_RAIZ_MINIMA = 7
"""A word of so many letters or fewer is no medicine's by its ending."""

_VINETA = re.compile(r"\s*([-•*·]|\d{1,2}[.)])\s+(?=\S)")
"""Begins an item of a list. A sign that stands close to its word may deny it, and is none."""

_SUMA = re.compile(r"(?<=[^\W\d_]) \+ (?=[^\W\d_])(?!(?:en|con|desde|hace|dx)\b)", re.IGNORECASE)
"""A plus sign that adds a word to another: no other stands between single blanks. Elsewhere it is a mark."""

_PROPIO, _NEUTRO, _OTRO, _AJENO = range(4)
"""What a heading opens."""

_NADA = frozenset("-(),") | {
    "no",
    "niega",
    "refiere",
    "ninguno",
    "ninguna",
    "negativo",
    "negativa",
    "negativos",
    "negativas",
}
"""What says that there is nothing under a heading."""

_DE_ALGUIEN = frozenset(PAPELES[papel] for papel in ("paciente", "persona", "intro", "es"))
"""What speaks of somebody, or says that there is something."""


@dataclass(frozen=True, slots=True)
class _Unidad:
    letra: str
    codigo: str = ""
    genero: str = ""
    solo_con: frozenset[str] = frozenset()
    prueba: frozenset[str] = frozenset()


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
    """What a sentence affirms.

    Attributes:
        nombra: it names a person.
        marca: its conditions are marked as positive; None where it has none.
    """

    codigos: frozenset[str]
    generos: frozenset[str]
    nombra: bool
    marca: bool | None


class Reconocedor:
    """Finds the conditions of an allow-list in histories.

    Args:
        condiciones: the allow-list.
        lexico: the words that sentences are understood by.
    """

    def __init__(self, condiciones: Iterable[Condicion], lexico: Lexico) -> None:
        self._unidades: Frases[_Unidad] = Frases(lexico.numerales, lexico.clases)
        self._numerales = frozenset(lexico.numerales)
        self._terminos: set[str] = set()
        for condicion in condiciones:
            for letra, terminos in ((_TERMINO, condicion.terminos), (_DEBIL, condicion.debiles)):
                self._aprender(condicion.codigo, letra, terminos)
        propias, pruebas = _por_frase(lexico.propias), _por_frase(lexico.pruebas)
        for frase, codigos in pruebas.items():
            self._unidades.poner(fichas(frase), _Unidad(PAPELES["remedio"], prueba=frozenset(codigos)))
        for papel, frases in lexico.palabras.items():
            for frase in frases:
                self._unidades.aprender(frase, _Unidad(PAPELES[papel]))
        for frase in lexico.otras:
            self._unidades.aprender(frase, _Unidad(_TERMINO))
        self._consecuencias = frozenset(lexico.consecuencias)
        self._operables, self._contiguas = frozenset(lexico.operables), frozenset(lexico.contiguas)
        # Tens of thousands of phrases, of few conditions.
        unidades = {suyos: _Unidad(_PROPIA, solo_con=suyos) for suyos in map(frozenset, propias.values())}
        for frase, codigos in propias.items():
            self._unidades.poner(partes(frase), unidades[frozenset(codigos)])
        self._unidades.poner(["(", "+", ")"], _Unidad(_POSITIVO))
        for signo in "()":
            self._unidades.poner([signo], _Unidad(signo))
        for signo in "/+":
            self._unidades.poner([signo], _Unidad(_JUNTO))
        for signo in ",;\n":
            self._unidades.poner([signo], _Unidad(_COMA))
        self._raices = [(tuple(finales), _Unidad(PAPELES[papel])) for papel, finales in lexico.raices.items()]
        self._dudas = [(_palabras(p), frozenset(c)) for p, c in lexico.dudas]
        self._generos: dict[str, str] = {}
        for genero, (palabras, solo_suyas) in ((_FEMENINO, lexico.femenino), (_MASCULINO, lexico.masculino)):
            self._generos |= dict.fromkeys([*_palabras(palabras), *solo_suyas], genero)
        self._encabezados: Frases[int] = Frases()
        for frases, estado in (
            (lexico.propios, _PROPIO),
            (lexico.neutros, _NEUTRO),
            (lexico.otros, _OTRO),
            (lexico.ajenos, _AJENO),
        ):
            for frase in _formas(frases):
                self._encabezados.poner(fichas(frase), estado)
        self._abreviaturas = _palabras(lexico.abreviaturas)
        self._negadas: Frases[bool] = Frases()
        for frases, niega in ((lexico.niegan, True), (lexico.objetos, False)):
            for frase in _formas(frases):
                self._negadas.poner(fichas(frase), niega)

    def _aprender(self, codigo: str, letra: str, terminos: Iterable[str]) -> None:
        for termino in _formas(terminos):
            formas = {termino: ""}
            if "/a" in termino:
                formas = {termino.replace("/a", ""): _MASCULINO, _femenino(termino): _FEMENINO}
            for forma, genero in formas.items():
                puesta = fichas(forma)
                self._terminos.add(puesta[0])
                self._unidades.poner(puesta, _Unidad(_ADJETIVO if genero else letra, codigo, genero))

    def palabras(self) -> set[str]:
        """The words that histories are understood by, plain: none that only tells when or where something was."""
        sin_cuando = self._unidades.palabras(salvo=("fecha", "lugar"))
        return sin_cuando - self._unidades.de_clase("mes") - self._numerales | self._negadas.palabras()

    def reconocer(self, antecedentes: str, ano: int) -> tuple[str, ...]:
        """The codes of the patient's own conditions, sorted, each once.

        Args:
            antecedentes: the history.
            ano: the year it is of. Nothing is so since a later one.
        """
        texto = fichas(_SUMA.sub(" & ", _sin_vinetas(antecedentes)))
        # Most histories name nothing of the list, or one word.
        if self._terminos.isdisjoint(texto):
            return ()
        texto = [_FUTURO if len(f) == 4 and es_ano(f) and int(f) > ano else f for f in texto]
        return tuple(sorted(self._propias_del_paciente(texto)))

    def _propias_del_paciente(self, texto: list[str]) -> set[str]:
        """The codes of all sentences under headings of the patient's own history (a text begins under one).

        All of the text is understood, or nothing counts: what is not may deny what stands before it and govern what
        comes behind, however it is worded, and no heading tells whose history it opens after that. Under another
        heading there is one sentence, which says nothing of any condition.
        """
        codigos: set[str] = set()
        generos: set[str] = set()
        marcas: set[bool | None] = {None}
        abierto, empieza, leido = _PROPIO, True, True
        for oracion in self._oraciones(texto):
            if oracion.encabeza:
                encabezado = self._encabezado(oracion.fichas)
                # "Madre: antecedentes personales: …" are hers, and "Familiares: no. Patológicos: …" may be.
                if encabezado is None or not leido or (encabezado == _NEUTRO and abierto == _AJENO):
                    return set()
                abierto = _PROPIO if encabezado == _NEUTRO else encabezado
                leido = abierto == _PROPIO
                continue
            if not leido:
                leido, empieza = True, False
                if oracion.cortada or not self._calla(oracion.fichas, ajeno=abierto == _AJENO):
                    return set()
                continue
            # What comes behind may be denied, too: "Niega alergias. Asma."
            if abierto in (_PROPIO, _OTRO) and not oracion.cortada and self._niega_otra_cosa(oracion.fichas):
                abierto, empieza = _OTRO, False
                continue
            entendida = None if abierto != _PROPIO or oracion.cortada else self._entender(oracion.fichas)
            # Who is named later is somebody else: "Hipertensa. Niño con asma."
            if entendida is None or (entendida.nombra and not empieza):
                return set()
            codigos |= entendida.codigos
            generos |= entendida.generos
            marcas.add(entendida.marca)
            empieza = False
        if not leido:
            return set()
        generos.update(self._generos[f] for f in (*texto, *codigos) if f in self._generos)
        # Of a list that marks some, the others are not so: "HTA (+), DM, asma".
        if (
            len(generos) > 1
            or len(marcas) > 2
            or any(not (codigos.isdisjoint(c) or palabras.isdisjoint(texto)) for palabras, c in self._dudas)
        ):
            return set()
        return codigos

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
                if (
                    actual
                    and actual[-1] in self._abreviaturas
                    and not _es_hora(actual)
                    and texto[i + 1 : i + 2] not in ([], ["\n"], ["."])
                ):
                    continue
                yield _Oracion(actual, cortada=texto[i + 1 : i + 2] == ["."] or not actual)
                actual = []
            elif actual or ficha != "\n":
                actual.append(ficha)
        if actual:
            yield _Oracion(actual)

    def _inicio_de_encabezado(self, actual: list[str]) -> int:
        """Where the heading begins that ends here. It may be wrapped, too ("Familiares y", "personales:"), so one that
        opens begins at a line only where what stands before is a sentence; and none does within a list that a comma
        goes on with ("Diabetes, HTA,", "alergias: niega")."""
        corte = max((i + 1 for i, ficha in enumerate(actual) if ficha in ";\n"), default=0)
        encabezado = self._encabezado(actual[corte:]) if corte else None
        antes = actual[: corte - 1]
        if encabezado is None or antes[-1:] == [","]:
            return 0
        if encabezado in (_OTRO, _AJENO):
            return corte
        return corte if antes and self._entender(antes) is not None else 0

    def _encabezado(self, fichas: list[str]) -> int | None:
        hallado = self._encabezados.buscar(fichas, 0)
        return hallado[0] if hallado is not None and hallado[1] == len(fichas) else None

    def _calla(self, fichas: list[str], *, ajeno: bool) -> bool:
        """Whether what stands under a heading of something else says nothing of any condition, nor of who has one: that
        there is none, or medicines, operations and times alone."""
        i = 0
        while i < len(fichas):
            if fichas[i] in _NADA:
                i += 1
                continue
            hallada = None if ajeno else self._unidad_en(fichas, i)
            if hallada is None or hallada[0].codigo or hallada[0].letra in _DE_ALGUIEN:
                return False
            i = hallada[1]
        return bool(fichas)

    def _niega_otra_cosa(self, fichas: list[str]) -> bool:
        """Whether a sentence denies something, and nothing that is a condition."""
        while fichas and fichas[-1] == "\n":
            fichas = fichas[:-1]
        hallada = self._negadas.buscar(fichas, 0)
        if hallada is None or not hallada[0]:
            return False
        fin = hallada[1]
        while (objeto := self._negadas.buscar(fichas, fin)) is not None and not objeto[0]:
            fin = objeto[1]
            if fin == len(fichas):
                return True
            if fichas[fin] not in _ENLAZAN:
                return False
            fin += 1
        return False

    def _entender(self, fichas: list[str]) -> _Entendida | None:
        """What a sentence affirms; None where it is not understood. A line's end may stand inside a phrase."""
        while fichas and fichas[-1] in ",;\n":
            fichas = fichas[:-1]
        if "\n" not in fichas:
            return self._afirma(fichas)
        lineas = _lineas(fichas)
        cortes = list(itertools.accumulate(map(len, lineas)))
        return self._afirma([f for linea in lineas for f in linea], cortes) or self._afirma(fichas)

    def _afirma(self, fichas: list[str], cortes: Collection[int] = ()) -> _Entendida | None:
        """What words in a row affirm; ``cortes`` is where lines were joined."""
        unidades: list[_Unidad] = []
        fines = [0]
        while fines[-1] < len(fichas):
            i = fines[-1]
            hallada = self._unidad_en(fichas, i)
            if hallada is None:
                return None
            unidades.append(hallada[0])
            fines.append(hallada[1])
        letras = "".join(u.letra for u in unidades)
        if _GRAMATICA.fullmatch(letras) is None or not (
            _en_su_lugar(unidades) and self._probadas(unidades, letras) and self._en_su_sitio(unidades, letras)
        ):
            return None
        nombradas = [i for i, u in enumerate(unidades) if u.codigo]
        positivas = [i - 1 for i, u in enumerate(unidades) if u.letra == _POSITIVO]
        if positivas not in ([], nombradas) or not _abreviadas(unidades, letras):
            return None
        codigos = frozenset(unidades[i].codigo for i in nombradas)
        if not _NIEGAN.isdisjoint(fichas) and _niega_mas(fichas, unidades, fines, cortes):
            return None
        return _Entendida(
            codigos,
            frozenset(u.genero for u in unidades if u.genero),
            nombra=PAPELES["persona"] in letras,
            marca=bool(positivas) if codigos else None,
        )

    def _probadas(self, unidades: list[_Unidad], letras: str) -> bool:
        """Whether each weak term that is told by its medicines is told by one of its own."""
        for i, unidad in enumerate(unidades):
            if unidad.letra == _DEBIL:
                prueba = _tras(letras, i + 1, _ENTRE)
                if letras[prueba] == _COMA and unidad.codigo not in self._contiguas:
                    return False
                if letras[prueba] in _DE_PRUEBA:
                    remedios = unidades[prueba + 1 : _tras(letras, prueba + 1, _DE_REMEDIOS)]
                    if not any(unidad.codigo in r.prueba for r in remedios):
                        return False
        return True

    def _en_su_sitio(self, unidades: list[_Unidad], letras: str) -> bool:
        """Whether what another condition is the cause of is still the one that it says (a hypertension by a drug is
        none that is essential), and what is added to a name may be done about it ("HTA + RT" is a hysterectomy; so is
        "histerectomía + HTA": a name is added to another alone)."""
        return all(
            unidades[m.start()].codigo in (self._operables if m[0][-1] in _SUMADO else self._consecuencias)
            for m in _SIGUE.finditer(letras)
        ) and all(letras[: m.start()].rstrip(_ENTRE)[-1:] in _NOMBRES for m in _SE_SUMA.finditer(letras))

    def _unidad_en(self, fichas: list[str], i: int) -> tuple[_Unidad, int] | None:
        """What the words from there on stand for, by the longest phrase or by a word's ending, and where it ends."""
        hallada = self._unidades.buscar(fichas, i)
        if hallada is not None:
            return hallada
        ficha = fichas[i]
        for finales, unidad in self._raices:
            if len(ficha) > _RAIZ_MINIMA and ficha.endswith(finales):
                return unidad, i + 1
        return None


def _lineas(fichas: list[str]) -> list[list[str]]:
    return [list(g) for fin, g in itertools.groupby(fichas, "\n".__eq__) if not fin]


def _es_hora(fichas: list[str]) -> bool:
    """Whether it ends with hours: "c/12 h."."""
    return fichas[-1] == "h" and fichas[-2:-1] != [] and fichas[-2][0].isdigit()


def _en_su_lugar(unidades: list[_Unidad]) -> bool:
    """Whether each word of some conditions only is said of one of them: of the name before it, or what was done after
    that; of the name behind it where there is none before."""
    cercanas: set[str] = set()
    esperan: list[frozenset[str]] = []
    for unidad in unidades:
        if unidad.letra in _NOMBRES:
            if any(unidad.codigo not in solo_con for solo_con in esperan):
                return False
            cercanas, esperan = {unidad.codigo}, []
        elif unidad.letra == PAPELES[INTERVENCION]:
            cercanas = cercanas | {INTERVENCION}
        elif unidad.solo_con and not cercanas:
            esperan.append(unidad.solo_con)
        elif unidad.solo_con and unidad.solo_con.isdisjoint(cercanas):
            return False
    return not esperan


def _abreviadas(unidades: list[_Unidad], letras: str) -> bool:
    """Whether each name in brackets is the same condition's as the name before it: "artritis reumatoide (AR)"."""
    return all(unidades[m.start()].codigo == unidades[m.start() + 2].codigo for m in _ABREVIADA.finditer(letras))


def _niega_mas(fichas: list[str], unidades: list[_Unidad], fines: list[int], cortes: Collection[int]) -> bool:
    """Whether a phrase that only looks denied may deny more: what comes behind it ("sin crisis, secuelas, epilepsia"),
    or the line that it stands in, where its other half is the next one's ("Diabetes no", "Controlado con")."""
    ausente = False
    for unidad, desde, hasta in zip(unidades, fines, fines[1:], strict=False):
        frase = fichas[desde:hasta]
        if (ausente and unidad.codigo) or (
            not _NIEGAN.isdisjoint(frase) and any(desde < corte < hasta for corte in cortes)
        ):
            return True
        ausente = ausente or not _AUSENCIAS.isdisjoint(frase)
    return False


def _tras(letras: str, desde: int, clases: str) -> int:
    """Where those letters end that are of these classes."""
    return len(letras) - len(letras[desde:].lstrip(clases))


def _sin_vinetas(texto: str) -> str:
    """A list's items as sentences, where it is one in whole: all lines begin alike, under no more than a heading."""
    titulo, *puntos = lineas = [linea.strip() for linea in texto.strip().split("\n") if linea.strip()] or [""]
    if not titulo.endswith(":"):
        titulo, puntos = "", lineas
    signos = [hallada and hallada[1] for hallada in map(_VINETA.match, puntos)]
    numeros = [f"{n}{final}" for n, final in enumerate([s[-1:] for s in signos if s], start=1)]
    una_lista = len(puntos) > 1 and (signos == numeros or (None not in signos and set(signos) <= {signos[0]}))
    if not una_lista or any(p.endswith((",", ";")) for p in puntos):
        return texto
    return "\n".join([titulo, *(_VINETA.sub("", p, count=1).removesuffix(".") + "." for p in puntos)])


def _por_frase(listas: Iterable[tuple[Collection[str], Iterable[str]]]) -> dict[str, set[str]]:
    """The conditions of each phrase."""
    por_frase: dict[str, set[str]] = {}
    for codigos, frases in listas:
        for frase in _formas(frases):
            por_frase.setdefault(frase, set()).update(codigos)
    return por_frase


def _formas(frases: Iterable[str]) -> list[str]:
    return [forma for frase in frases for forma in desplegar(frase)]


def _palabras(frases: Iterable[str]) -> frozenset[str]:
    return frozenset(ficha for forma in _formas(frases) for ficha in fichas(forma))


def _femenino(termino: str) -> str:
    return re.sub(r"o?/a\b", "a", termino)
