"""What may be released of a class of images: never fewer than k patients, nor a difference of fewer (ADR 41).

A class (a *clase*) is what images have in common that a stranger may know of a patient. What is released of it moves
in steps. Whoever sees two of its states, whenever and through whichever data set, must not be able to tell fewer than k
patients apart by what one of them has and the other has not.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, fields

K_MINIMA = 2
"""With one, everybody is a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clase:
    """What the images of a class have in common. What is not known, an empty text, is a value like any other.

    Attributes:
        modalidad, patologia, region: keys (:mod:`servicio_datos.dominio.catalogo`): other spellings and names are no
            other class.
        banda_de_edad: ten years, above 89 one band.
        mes: of the shifted date, ``AAAA-MM``.
    """

    modalidad: str
    patologia: str
    region: str
    banda_de_edad: str
    sexo: str
    mes: str

    @property
    def id(self) -> str:
        """A name of fixed length: six texts side by side would be too long for an index."""
        partes = "\x1f".join(getattr(self, c.name) for c in fields(self))
        return hashlib.blake2s(partes.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imagen:
    """An anonymised image that has a file, as it was last heard of.

    Attributes:
        secuencia: ``ce_sequence`` of what told of it: only a later one replaces it.
        seudonimo: the patient's.
        sha256, octetos, tipo: of its clean file.
        sin_emisor: nobody told who issued the patient's number, so that one person may be several pseudonyms here: it
            counts for none, and is not released.
    """

    id: str
    secuencia: int
    clase: Clase
    seudonimo: str
    sha256: str
    octetos: int
    tipo: str = ""
    sin_emisor: bool = False


@dataclass(frozen=True, slots=True)
class Entrada:
    """What is released of an image: which it is, and the checksum of its clean file. ``seudonimo`` is the patient's,
    who is counted, and not told."""

    id_imagen: str
    sha256: str
    seudonimo: str


@dataclass(frozen=True, slots=True)
class Publicada:
    """An entry, and during which steps of its class it is released: from ``desde`` on, until before ``hasta``."""

    entrada: Entrada
    desde: int
    hasta: int | None = None

    def esta_en(self, paso: int) -> bool:
        """Whether it is part of that step's state."""
        return self.desde <= paso and (self.hasta is None or paso < self.hasta)


def siguiente(publicadas: Collection[Publicada], candidatas: Set[Entrada], k: int) -> frozenset[Entrada] | None:
    """What is to be released of a class from now on; None where it has to stay as it is.

    All that is known now, where that may be; else as much of it as may be, by groups of patients that have a past in
    common. Images wait until enough patients' do.

    Args:
        publicadas: all that was ever released of it.
        candidatas: what would be released, were there no rule: one entry per image.
        k: the fewest patients that may be told from the others.
    """
    actual, todas = frozenset(p.entrada for p in publicadas if p.hasta is None), frozenset(candidatas)
    if _se_distingue_bien(todas, publicadas, k):
        return todas if todas != actual else None
    hecha = actual
    grupos = _grupos(actual, todas, publicadas, k)
    # All of them may, unless something goes or went: one by one is for what is left.
    juntos = frozenset().union(*(g[0] for g in grupos)), frozenset().union(*(g[1] for g in grupos))
    for salen, entran in (juntos, *grupos):
        propuesta = (hecha - salen) | entran
        if propuesta != hecha and _se_distingue_bien(propuesta, publicadas, k):
            hecha = propuesta
    return hecha if hecha != actual else None


def _grupos(
    actual: frozenset[Entrada], todas: frozenset[Entrada], publicadas: Collection[Publicada], k: int
) -> list[tuple[set[Entrada], set[Entrada]]]:
    """What goes and what comes, in groups that may be steps of their own, the largest first. An image that was cleaned
    anew comes with what goes for it. One group's patients came in by the same step, so that what they have in common
    against one earlier state they have against all; those who are not in are a group."""
    primero: dict[str, int] = {}
    for p in publicadas:
        primero[p.entrada.seudonimo] = min(p.desde, primero.get(p.entrada.seudonimo, p.desde))
    presentes = {e.seudonimo for e in actual}
    grupos: dict[tuple[object, object], tuple[set[Entrada], set[Entrada]]] = {}
    salen, entran = ({e.id_imagen: e for e in unas - otras} for unas, otras in ((actual, todas), (todas, actual)))
    for imagen in salen.keys() | entran.keys():
        ambas = salen.get(imagen), entran.get(imagen)
        pasado = [None if e is None else (primero.get(e.seudonimo), e.seudonimo in presentes) for e in ambas]
        grupo = grupos.setdefault((pasado[0], pasado[1]), (set(), set()))
        for parte, entrada in zip(grupo, ambas, strict=True):
            if entrada is not None:
                parte.add(entrada)
    bastantes = [g for g in grupos.values() if all(not parte or pacientes(parte) >= k for parte in g)]
    return sorted(bastantes, key=lambda g: len(g[0]) + len(g[1]), reverse=True)


def _se_distingue_bien(propuesta: frozenset[Entrada], publicadas: Collection[Publicada], k: int) -> bool:
    """Whether it differs from nothing at all, and from each state that there was, by nobody or by k patients of each
    kind (:func:`_diferencias`). A file bears its patient's pseudonym: of an image that one state has and the other has
    not, everybody sees whether its patient is in both.

    Patient by patient, since the state of one changes at few of the class's steps."""
    ahora: dict[str, set[Entrada]] = {}
    for entrada in propuesta:
        ahora.setdefault(entrada.seudonimo, set()).add(entrada)
    antes: dict[str, list[Publicada]] = {}
    for p in publicadas:
        antes.setdefault(p.entrada.seudonimo, []).append(p)
    # From which step on one patient more, or less, differs so; by the key of the pseudonym (see pacientes).
    cambios: dict[int, Counter[tuple[str, str]]] = {}
    for seudonimo in ahora.keys() | antes.keys():
        suyas, proximas = antes.get(seudonimo, []), ahora.get(seudonimo, set())
        pasos = sorted({0, *(p.desde for p in suyas), *(p.hasta for p in suyas if p.hasta is not None)})
        for paso, fin in zip(pasos, [*pasos[1:], None], strict=True):
            for diferencia in _diferencias({p.entrada for p in suyas if p.esta_en(paso)}, proximas):
                cambios.setdefault(paso, Counter())[diferencia, _version(seudonimo)] += 1
                if fin is not None:
                    cambios.setdefault(fin, Counter())[diferencia, _version(seudonimo)] -= 1
    cuantos: Counter[tuple[str, str]] = Counter()
    for paso in sorted(cambios):
        cuantos.update(cambios[paso])
        mas: dict[str, int] = {}
        for (diferencia, _), n in cuantos.items():
            mas[diferencia] = max(n, mas.get(diferencia, 0))
        if any(0 < n < k for n in mas.values()):
            return False
    return True


def _diferencias(antes: Set[Entrada], ahora: Set[Entrada]) -> Iterator[str]:
    """What one sees of a patient who has two states: he comes, goes, or is in both and has other images."""
    if antes and not ahora:
        yield "se va"
    elif ahora and not antes:
        yield "viene"
    else:
        if ahora - antes:
            yield "tiene otras"
        if antes - ahora:
            yield "le faltan"


def pacientes(entradas: Iterable[Entrada]) -> int:
    """How many patients they are of, at least. A pseudonym begins with its key's version: whoever has one by each of
    two keys must not count for two, and who they are nobody here can tell."""
    por_clave = Counter(_version(seudonimo) for seudonimo in {e.seudonimo for e in entradas})
    return max(por_clave.values(), default=0)


def _version(seudonimo: str) -> str:
    return seudonimo.partition(":")[0]
