"""`make simular`: run after run, each from its own seed, until there are enough sagas or the time is over.

It ends non-zero where the auditor finds something; then the run's schedule, made smaller, is printed and written down
for `--guion`. What is kept as a test goes to tests/simulador/casos/.
"""

import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.table import Table
from tests.simulador.corrida import Resultado, correr
from tests.simulador.guiones import Guion, encoger

CARPETA = Path(".local/simulador")

consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def simular(
    sagas: Annotated[int, typer.Option(min=1, help="How many, at least.")] = 100_000,
    semilla: Annotated[int, typer.Option(min=0, help="The first run's; each next one's is one more.")] = 1,
    minutos: Annotated[float, typer.Option(min=0, help="For how long; 0 for as long as it takes.")] = 0,
    procesos: Annotated[int, typer.Option(min=1, help="How many run at a time.")] = 1,
    guion: Annotated[Path | None, typer.Option(help="Repeat this schedule, and nothing else.")] = None,
) -> None:
    """Run them, and say what was seen."""
    callar()
    if guion is not None:
        _repetir(Guion.leer(guion))
        return
    total = Total()
    fin = time.monotonic() + minutos * 60 if minutos else float("inf")
    for resultado, cpu_s in _corridas(semilla, procesos):
        total.sumar(resultado, cpu_s)
        if resultado.hallazgos:
            _contar(resultado)
        if total.corridas % 500 == 0:
            consola.print(
                f"{total.corridas} runs, {total.sagas} sagas, {total.por_segundo:.0f} a CPU second", style="dim"
            )
        if total.sagas >= sagas or time.monotonic() >= fin:
            break
    consola.print(total.tabla())
    if total.fallidas:
        consola.print(f"failed: {' '.join(str(s) for s in total.fallidas)}", style="bold red")
        sys.exit(1)


class Total:
    """What all runs came to."""

    def __init__(self) -> None:
        self.corridas = self.sagas = 0
        self.cpu_s = self.horas = 0.0
        self.cuentas: Counter[str] = Counter()
        self.fallidas: list[int] = []

    def sumar(self, resultado: Resultado, cpu_s: float) -> None:
        self.corridas += 1
        self.sagas += resultado.sagas
        self.cpu_s += cpu_s
        self.horas += resultado.horas
        self.cuentas.update(resultado.cuentas)
        if resultado.hallazgos:
            self.fallidas.append(resultado.semilla)

    @property
    def por_segundo(self) -> float:
        """Sagas in a second of one core."""
        return self.sagas / self.cpu_s if self.cpu_s else 0.0

    def tabla(self) -> Table:
        tabla = Table("", "", title="simulation", show_header=False)
        tabla.add_row("runs", f"{self.corridas:,}")
        tabla.add_row("sagas", f"{self.sagas:,}")
        tabla.add_row("sagas a CPU second", f"{self.por_segundo:.0f}")
        tabla.add_row("virtual hours an hour", f"{self.horas * 3600 / max(self.cpu_s, 1e-9):,.0f}")
        for que, cuantas in sorted(self.cuentas.items()):
            tabla.add_row(que, f"{cuantas:,}")
        tabla.add_row("runs with findings", str(len(self.fallidas)))
        return tabla


def callar() -> None:
    """Logs are for people who watch a platform."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"), cache_logger_on_first_use=True)


def una(semilla: int) -> tuple[Resultado, float]:
    """One run, and the CPU seconds that it took."""
    antes = time.process_time()
    resultado = correr(semilla)
    resultado.cuentas["hechos"] = len(resultado.hechos)
    if not resultado.hallazgos:
        # They would have to be carried from one process to another.
        resultado.hechos = []
    return resultado, time.process_time() - antes


def _corridas(semilla: int, procesos: int) -> Iterator[tuple[Resultado, float]]:
    semillas = iter(range(semilla, sys.maxsize))
    if procesos == 1:
        yield from map(una, semillas)
        return
    with multiprocessing.get_context("fork").Pool(procesos, maxtasksperchild=2_000) as grupo:
        while True:
            tanda = [next(semillas) for _ in range(50 * procesos)]
            yield from grupo.imap_unordered(una, tanda, chunksize=5)


def _contar(resultado: Resultado) -> None:
    consola.print(f"seed {resultado.semilla}: {len(resultado.hallazgos)} findings", style="bold red")
    for hallazgo in resultado.hallazgos[:10]:
        consola.print(f"  {hallazgo}", markup=False)
    guion = encoger(resultado)
    CARPETA.mkdir(parents=True, exist_ok=True)
    archivo = CARPETA / f"{resultado.semilla}.json"
    archivo.write_text(guion.texto(), encoding="utf-8")
    consola.print(f"made smaller: {len(guion.hechos or ())} deeds; --guion {archivo}", style="yellow")
    for hallazgo in guion.hallazgos[:10]:
        consola.print(f"  {hallazgo}", markup=False)
    for hecho, suya in guion.hechos or ():
        consola.print(f"    {hecho}  #{suya}", style="dim", markup=False)


def _repetir(guion: Guion) -> None:
    resultado = guion.correr()
    consola.print(f"{resultado.sagas} sagas, {len(resultado.hechos)} deeds: {guion.nota}")
    for hallazgo in resultado.hallazgos:
        consola.print(f"  {hallazgo}", markup=False)
    if resultado.hallazgos:
        sys.exit(1)


if __name__ == "__main__":
    app()
