"""`make escala`: what 1 to 3, and 1 to 8, workers do under experiment 1's load and more; and where one freezes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pygal
from pygal.style import CleanStyle
from tests.escala.corridas import SEGUNDOS, VECES, cargas, congelados, filas
from tests.escala.modelo import Tiempos
from tests.experimento1.pagina import guardar

DIBUJOS = Path("docs/imagenes")


def dibujar(titulo: str, lineas: Mapping[str, Sequence[float]]) -> pygal.Line:
    """A line for each group, second by second."""
    dibujo = pygal.Line(
        style=CleanStyle(background="white", plot_background="white", font_family="sans-serif"),
        title=titulo,
        x_title="seconds",
        show_dots=False,
        stroke_style={"width": 2},
        x_labels_major_every=20,
        show_minor_x_labels=False,
        truncate_label=-1,
    )
    # The same picture for the same figures.
    dibujo.uuid = "escala"
    dibujo.x_labels = [str(s) for s in range(int(SEGUNDOS))]
    for grupo, valores in lineas.items():
        dibujo.add(grupo, [round(v, 2) for v in valores])
    return dibujo


def main() -> None:
    """Simulate, say what came of it, and draw."""
    tiempos = Tiempos.medidos()
    todas, con_uno_congelado = cargas(tiempos), congelados(tiempos)
    print("\n".join(filas([*todas, *con_uno_congelado])))
    edades = {c.grupo: c.traza.edades for c in todas if c.carga.startswith(f"{VECES[-1]} ")}
    esperan = {c.grupo: c.traza.esperan for c in con_uno_congelado}
    dibujos = {
        "escala-carga.svg": dibujar(f"Age of the oldest message, s: {VECES[-1]} times experiment 1", edades),
        "escala-congelado.svg": dibujar("Messages that wait: experiment 1, and a worker that freezes at 30 s", esperan),
    }
    DIBUJOS.mkdir(exist_ok=True)
    for archivo, dibujo in dibujos.items():
        guardar(dibujo, DIBUJOS / archivo)


if __name__ == "__main__":
    main()
