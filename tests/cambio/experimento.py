"""`make experimento3`: the third quality scenario, the cost of change.

The subscription process is extended and changed without touching the rest: two plans and a new resource, whose provider
lives in the test tree, on the running platform; versions of events side by side; and every row of the table "the cost
of change" made for real in a copy of the repository. What was seen is a page, .local/experimento-3.md. It ends non-zero
when anything did not hold.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from tests.cambio.lugar import SERVICIO

sys.path.insert(0, str(SERVICIO))
from tests.cambio import sagas, versiones
from tests.cambio.cambios import CAMBIOS, Cambio
from tests.cambio.copia import Copia, copia, en_palabras
from tests.cambio.lugar import Lugar, lugar_de_cambio

from plataforma.errores import ErrorPlataforma, Interrumpida
from plataforma.sistema import senales_que_detienen
from seedwork.entrada import logs

INFORME = Path(".local/experimento-3.md")
consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True)
class Fila:
    """A row of the page: what was done, what was seen, and what did not hold."""

    celdas: Sequence[str]
    faltas: Sequence[str]

    def __str__(self) -> str:
        return "| " + " | ".join([*self.celdas, "; ".join(f.splitlines()[0] for f in self.faltas) or "held"]) + " |"


@app.command()
def experimento(
    parte: Annotated[str | None, typer.Option(help="Only `plataforma` or only `copia`.")] = None,
) -> None:
    """Run all of it, or one half."""
    # The consumers that run in this process tell of every message otherwise.
    logs.configurar("experimento3", "WARNING", salida="stderr")
    en_marcha: list[Fila] = []
    en_copia: list[Fila] = []
    try:
        with senales_que_detienen():
            if parte != "copia":
                with (
                    TemporaryDirectory(prefix="saludtech-cambio-") as carpeta,
                    lugar_de_cambio(consola, Path(carpeta)) as lugar,
                ):
                    for caso in (*sagas.CASOS, *versiones.CASOS, *sagas.LLENO):
                        _decir(en_marcha, _observar(caso, lugar))
            if parte != "plataforma":
                with copia() as base:
                    for cambio in CAMBIOS:
                        _decir(en_copia, medir(cambio, base))
    except Interrumpida as senal:
        sys.exit(f"Stopped by {senal}.")
    except ErrorPlataforma as error:
        sys.exit(f"Error: {error}")
    finally:
        _escribir(en_marcha, en_copia)
    if any(fila.faltas for fila in (*en_marcha, *en_copia)):
        sys.exit(1)


def medir(cambio: Cambio, base: Copia, *, entera: bool = True) -> Fila:
    """Make a change in the copy, count what it touched, and take it back.

    Args:
        entera: whether what is generated is made anew and the whole fast gate run, or the import rules alone.
    """
    tocados, faltas, lineas = list[str](), list[str](), 0
    try:
        cambio.hacer(base)
        if entera:
            base.acabar()
        tocados = base.tocados()
        lineas = base.lineas()
        faltas = [f"touched against the aim: {ruta}" for ruta in cambio.excesos(tocados)]
        if cambio.lineas is not None and lineas > cambio.lineas:
            faltas.append(f"{lineas} lines of source")
        faltas += base.revisar(*cambio.pruebas) if entera else base.revisar_imports()
    except AssertionError as error:
        faltas.append(f"can't be made: {error}")
    finally:
        base.reponer()
    cuantos = en_palabras(tocados) + (f"; {lineas} lines" if cambio.lineas is not None else "")
    return Fila([cambio.nombre, cuantos, cambio.meta, cambio.cuales(tocados)], faltas)


def _observar(caso: sagas.Caso, lugar: Lugar) -> Fila:
    comienzo = time.monotonic()
    visto, faltas = "", []
    try:
        visto = caso(lugar)
    except Interrumpida:
        raise
    except Exception as error:
        # A case that breaks off is a finding, and the others are run all the same.
        faltas = [f"did not come true: {type(error).__name__} {error}"]
    hecho = (caso.__doc__ or "").splitlines()[0]
    return Fila([caso.__name__.replace("_", "-"), hecho, visto, f"{time.monotonic() - comienzo:.1f}"], faltas)


def _decir(filas: list[Fila], fila: Fila) -> None:
    filas.append(fila)
    consola.print(str(fila), markup=False, style="red" if fila.faltas else None)
    for falta in fila.faltas:
        consola.print(f"  {falta}", markup=False, style="red")


def _escribir(en_marcha: Sequence[Fila], en_copia: Sequence[Fila]) -> None:
    INFORME.parent.mkdir(exist_ok=True)
    fecha = time.strftime("%Y-%m-%d %H:%M %Z")
    INFORME.write_text(
        f"# Experiment 3, {fecha}\n\n"
        + _tabla(["case", "what is done", "what was seen", "seconds", "outcome"], en_marcha)
        + "\n"
        + _tabla(["change", "files touched", "aim", "which", "the copy's fast gate"], en_copia),
        encoding="utf-8",
    )
    consola.print(f"All of it: {INFORME}", style="dim")


def _tabla(columnas: Sequence[str], filas: Sequence[Fila]) -> str:
    cabeza = ["| " + " | ".join(columnas) + " |", "|" + " --- |" * len(columnas)]
    return "\n".join([*cabeza, *map(str, filas)]) + "\n"


if __name__ == "__main__":
    app()
