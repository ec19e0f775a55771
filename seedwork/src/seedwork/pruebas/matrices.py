"""How large a matrix of who may what is, as a test walked it."""

from collections.abc import Callable, Mapping
from typing import TypeVar

Casilla = TypeVar("Casilla")


def contar(matriz: str, visto: Mapping[Casilla, bool], *, a_mano: Callable[[Casilla], bool]) -> None:
    """Print how many cells were seen, allowed and refused, and of how many what is expected stands by hand.

    ``pytest -rP`` shows it; docs/seguridad.md has the figures, dated.

    Args:
        matriz: what it is of.
        visto: whether each cell lets in.
        a_mano: whether a test says by hand what a cell is to be.
    """
    permitidas, de_mano = sum(visto.values()), sum(map(a_mano, visto))
    print(f"{matriz}: {len(visto)} cells, {permitidas} allowed, {len(visto) - permitidas} refused, {de_mano} by hand")
