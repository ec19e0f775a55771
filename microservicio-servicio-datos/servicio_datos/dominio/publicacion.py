"""What may be released of a class of images: never fewer than k patients, nor a difference of fewer (ADR 41).

A class (a *celda*) is what images have in common that a stranger may know of a patient. What is released of it moves
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
        modalidad, patologia, region: keys (:func:`servicio_datos.dominio.catalogo.clave`): other spellings are no
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
        sha256, octetos: of its clean file.
    """

    id: str
    secuencia: int
    clase: Clase
    seudonimo: str
    sha256: str
    octetos: int


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


def siguiente(publicadas: Collection[Publicada], candidatas: Set[Entrada], k: int) -> frozenset[Entrada] | None:
    """What is to be released of a class from now on; None where it has to stay as it is.

    All that is known now, where that may be; else what was there with what is new, as long as nothing goes; else what
    was there without what is gone. Images wait until enough patients' do.

    Args:
        publicadas: all that was ever released of it.
        candidatas: what would be released, were there no rule: one entry per image.
        k: the fewest patients that may be told from the others.
    """
    actual = frozenset(p.entrada for p in publicadas if p.hasta is None)
    nuevas, idas = candidatas - actual, actual - candidatas
    sustituidas = {e.id_imagen for e in idas}
    for propuesta in (
        frozenset(candidatas),
        # An image that was cleaned anew comes when what was released of it goes.
        actual | {e for e in nuevas if e.id_imagen not in sustituidas},
        actual - idas,
    ):
        if propuesta != actual and _se_distingue_bien(propuesta, actual, publicadas, k):
            return propuesta
    return None


def _se_distingue_bien(
    propuesta: frozenset[Entrada],
    actual: frozenset[Entrada],
    publicadas: Collection[Publicada],
    k: int,
) -> bool:
    """Whether it differs from nothing at all, and from each state that there was, by nobody or by k patients: by those
    it has more, and by those it has less."""
    solo_crece = actual <= propuesta and all(p.hasta is None for p in publicadas)
    # Each earlier state is part of this one then, and what is new to this one is so to them.
    estados = iter([actual]) if solo_crece else _estados(publicadas)
    return _nadie_o_bastantes(propuesta, k) and all(
        _nadie_o_bastantes(propuesta - estado, k) and _nadie_o_bastantes(estado - propuesta, k) for estado in estados
    )


def _estados(publicadas: Collection[Publicada]) -> Iterator[frozenset[Entrada]]:
    for paso in {p.desde for p in publicadas} | {p.hasta for p in publicadas if p.hasta is not None}:
        yield frozenset(p.entrada for p in publicadas if p.desde <= paso and (p.hasta is None or paso < p.hasta))


def pacientes(entradas: Iterable[Entrada]) -> int:
    """How many patients they are of, at least. A pseudonym begins with its key's version: whoever has one by each of
    two keys must not count for two, and who they are nobody here can tell."""
    por_clave = Counter(seudonimo.partition(":")[0] for seudonimo in {e.seudonimo for e in entradas})
    return max(por_clave.values(), default=0)


def _nadie_o_bastantes(entradas: Set[Entrada], k: int) -> bool:
    return not entradas or pacientes(entradas) >= k
