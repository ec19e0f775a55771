"""Written histories, and how well the conditions in them are recognised.

``python -m procesamiento.pruebas.historias FILE…`` prints the figures of each file, class by class.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.infraestructura.catalogo import leer_condiciones, leer_reconocedor

ESCRITAS = 2026
"""The year that they are of."""

_CODIGOS = re.compile(r"[A-Z]\d\d(\.\d)?(,[A-Z]\d\d(\.\d)?)*")


@dataclass(frozen=True, slots=True)
class Historia:
    """A history and what is true of its patient.

    Attributes:
        clase: what makes it hard; empty for a plain one.
        codigos: what a plain one affirms; what may come out of a hard one.
    """

    clase: str
    texto: str
    codigos: frozenset[str]

    def esta_mal(self, hallados: frozenset[str]) -> bool:
        """Whether something was found in it that is not the patient's or, in a plain one, not all of it was."""
        return not hallados <= self.codigos if self.clase else hallados != self.codigos


def leer(archivo: Path) -> list[Historia]:
    r"""A file's histories, one a line: plain ones as codes and text, hard ones as class, text and codes, between tabs.
    ``\n`` and ``\t`` in a text are a line's end and a tab."""
    return [_de_linea(linea) for linea in archivo.read_text(encoding="utf-8").split("\n") if linea]


def _de_linea(linea: str) -> Historia:
    primera, texto, *resto = linea.split("\t")
    clase, codigos = ("", primera) if _CODIGOS.fullmatch(primera) else (primera, "".join(resto))
    texto = texto.replace("\\n", "\n").replace("\\t", "\t")
    return Historia(clase, texto, frozenset(c for c in codigos.strip().split(",") if c))


def errores(reconocedor: Reconocedor, historias: list[Historia]) -> list[tuple[Historia, frozenset[str]]]:
    """Those that are got wrong, with what is found in them."""
    hallados = ((h, frozenset(reconocedor.reconocer(h.texto, ESCRITAS))) for h in historias)
    return [(h, codigos) for h, codigos in hallados if h.esta_mal(codigos)]


def informe(reconocedor: Reconocedor, historias: list[Historia]) -> Iterator[str]:
    """The figures as lines of text."""
    malas = errores(reconocedor, historias)
    mal, todas = Counter(h.clase for h, _ in malas), Counter(h.clase for h in historias)
    for clase, cuantas in todas.items():
        yield f"{clase}: {mal[clase]} wrong of {cuantas}" if clase else f"{cuantas - mal['']} of {cuantas} plain found"
    for historia, hallados in malas:
        yield f"  {historia.texto!r}: {sorted(hallados)} for {sorted(historia.codigos)}"


if __name__ == "__main__":
    for nombre in sys.argv[1:]:
        print(nombre, *informe(leer_reconocedor(leer_condiciones()), leer(Path(nombre))), sep="\n")
