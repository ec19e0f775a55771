"""A data set as it stands in the file: tags, value representations, and bytes."""

from dataclasses import dataclass

from anonimizacion.modelo import ApartarError, Motivo, Octetos


@dataclass(slots=True)
class Fragmentos:
    """Encapsulated pixel data (PS3.5 A.4): the offset table, then the fragments."""

    partes: list[Octetos]


@dataclass(slots=True)
class Elemento:
    """One element.

    Attributes:
        vr: its value representation, as the file says it, else as the dictionary does.
        valor: its bytes, in the file's byte order; a sequence's items; or encapsulated pixel data.
    """

    vr: str
    valor: "Octetos | list[Conjunto] | Fragmentos"

    @property
    def octetos(self) -> Octetos:
        """The value of what is neither a sequence nor encapsulated.

        Raises:
            ApartarError: it is one of these.
        """
        if isinstance(self.valor, list | Fragmentos):
            raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
        return self.valor

    @property
    def items(self) -> "list[Conjunto]":
        """A sequence's items.

        Raises:
            ApartarError: it is none.
        """
        if not isinstance(self.valor, list):
            raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
        return self.valor


Conjunto = dict[int, Elemento]
"""A data set, or a sequence's item, by tag."""


@dataclass(frozen=True, slots=True)
class Codificacion:
    """How elements lie in bytes: the value representation said or not, and the byte order."""

    explicita: bool
    pequeno: bool = True

    @property
    def orden(self) -> str:
        """The byte order, as ``struct`` writes it."""
        return "<" if self.pequeno else ">"


LARGAS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
"""The value representations whose length takes four bytes where the representation is said (PS3.5 7.1.2)."""
CORTAS = frozenset(
    "AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()  # noqa: SIM905
)
INDEFINIDO = 0xFFFFFFFF
ITEM, FIN_DE_ITEM, FIN_DE_SECUENCIA = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
RELLENO_FINAL = 0xFFFCFFFC
PIXELES = 0x7FE00010
IMAGENES = frozenset({PIXELES, 0x7FE00008, 0x7FE00009})
"""Pixel data: of integers, of floats, of doubles."""


def texto_de(conjunto: Conjunto, tag: int) -> bytes:
    """An element's value without its padding; empty where there is none."""
    elemento = conjunto.get(tag)
    if elemento is None or isinstance(elemento.valor, list | Fragmentos):
        return b""
    return bytes(elemento.valor).strip(b" \0")
