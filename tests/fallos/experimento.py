"""`make experimento2`: the platform's guarantees, proved under faults (contract §5).

Real broker, real PostgreSQL, real processes, killed with -9. Each case prints one line with its figures; the whole is a
Markdown table in .local/experimento-2.md. It ends non-zero when any promise was broken. The state of every run is a
temporary folder, all ports are free ones.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from tests.fallos import caidas, carreras, cuaderno_entregas, cuaderno_muertes, disco, matriz, puerta
from tests.fallos.acta import Acta, Caso, levantar, nombre, tabla
from tests.fallos.cimiento import cimiento
from tests.fallos.escenario import escenario
from tests.fallos.mesa import Mesa

from plataforma.errores import ErrorPlataforma, Interrumpida
from plataforma.sistema import senales_que_detienen

INFORME = Path(".local/experimento-2.md")
DE_CUADERNO: Sequence[Caso] = (*cuaderno_muertes.CASOS, *cuaderno_entregas.CASOS)
DE_PLATAFORMA: Sequence[Caso] = (*caidas.CASOS, *puerta.CASOS, *matriz.CASOS, *carreras.CASOS, *disco.CASOS)

consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def experimento(
    solo: Annotated[list[str] | None, typer.Option(help="Only this case; may be repeated.")] = None,
    lista: Annotated[bool, typer.Option("--lista", help="Name the cases, and run none.")] = False,
) -> None:
    """Run all cases, or some."""
    todos = [*DE_CUADERNO, *DE_PLATAFORMA]
    if lista:
        for caso in todos:
            consola.print(f"{nombre(caso)}: {(caso.__doc__ or '').splitlines()[0]}", markup=False)
        return
    pedidos = solo or [nombre(caso) for caso in todos]
    if ajenos := set(pedidos) - {nombre(caso) for caso in todos}:
        sys.exit(f"No such case: {', '.join(sorted(ajenos))}; --lista names them.")
    actas: list[Acta] = []
    with contando_errores():
        try:
            _correr(
                actas,
                [c for c in DE_CUADERNO if nombre(c) in pedidos],
                [c for c in DE_PLATAFORMA if nombre(c) in pedidos],
            )
        finally:
            _escribir(actas)
    if any(acta.hallazgos for acta in actas):
        sys.exit(1)


def _correr(actas: list[Acta], de_cuaderno: Sequence[Caso], de_plataforma: Sequence[Caso]) -> None:
    if de_cuaderno:
        with cimiento(consola) as base:
            for caso in de_cuaderno:
                _decir(actas, levantar(caso, Mesa(base.servidores)))
    if de_plataforma:
        with cimiento(consola) as base, escenario(base) as lugar:
            for caso in de_plataforma:
                _decir(actas, levantar(caso, lugar))
                lugar.restablecer()


def _decir(actas: list[Acta], acta: Acta) -> None:
    actas.append(acta)
    consola.print(str(acta), markup=False, style="red" if acta.hallazgos else None)
    for hallazgo in acta.hallazgos[:20]:
        consola.print(f"  {hallazgo}", markup=False, style="red")


def _escribir(actas: Sequence[Acta]) -> None:
    INFORME.parent.mkdir(exist_ok=True)
    fecha = time.strftime("%Y-%m-%d %H:%M %Z")
    INFORME.write_text(f"# Experiment 2, {fecha}\n\n{tabla(actas)}", encoding="utf-8")
    consola.print(f"All of it: {INFORME}", style="dim")


@contextmanager
def contando_errores() -> Iterator[None]:
    """End with exit code 1 and the reason in words; what was started has stopped by then."""
    try:
        with senales_que_detienen():
            yield
    except Interrumpida as senal:
        sys.exit(f"Stopped by {senal}.")
    except ErrorPlataforma as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    app()
