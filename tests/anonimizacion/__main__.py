"""`make verificar-anonimizacion`: all that comes out, searched for what went in. It ends with 1 if anything is left."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

import pytest
import typer
from rich.console import Console
from tests.anonimizacion import canarios, juez, plataforma, publicos, velocidad, verificacion
from tests.anonimizacion.quitadas import QUITADAS
from tests.anonimizacion.verificacion import Acta, Hallazgo

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
consola = Console(highlight=False, soft_wrap=True)
MOSTRADOS = 40
ARCHIVO_MAXIMO = 1 << 20
"""Bytes of a file whose speed is measured: with larger ones it is the memory's."""


@app.command()
def principal(
    rondas: Annotated[int, typer.Option(min=1, help="How often all canaries are drawn anew.")] = 1,
    reglas: Annotated[bool, typer.Option(help="Also take the rules out one by one.")] = True,
    en_marcha: Annotated[
        bool, typer.Option("--plataforma/--no-plataforma", help="Also send canaries through the running platform.")
    ] = True,
) -> None:
    """Put canaries and public files through the engine, and search all that comes out."""
    clave = verificacion.clave_nueva()
    hallazgos: list[Hallazgo] = []
    for ronda in range(rondas):
        acta = verificacion.revisar_canarios(canarios.todos(), clave)
        atributos = len({aguja.nombre for aguja in canarios.de_la_tabla(canarios.NATIVAS[1], 0).tabla})
        consola.print(f"[bold]Canaries, round {ronda + 1}[/]: in {atributos} attributes of the table, and elsewhere")
        _contar(acta)
        consola.print(f"  left: {acta.cuantos('tabla')} of the table, {acta.cuantos('estructura')} structural")
        hallazgos += acta.hallazgos
    acta = verificacion.revisar_la_orden(list(canarios.pocos()))
    consola.print(f"[bold]saludtech anonimizar[/]: {acta.archivos} files, {acta.limpios} came out")
    consola.print(f"  names, reports, log, output and results: {acta.buscados['orden']} marks sought")
    hallazgos += acta.hallazgos
    if en_marcha:
        hallazgos += _por_la_plataforma()
    muestras = publicos.todos()
    acta, salidas = verificacion.revisar_publicos(muestras, clave)
    consola.print(f"[bold]Public files[/] of {', '.join(publicos.CARPETAS)}")
    _contar(acta)
    con = {hallazgo.archivo for hallazgo in acta.hallazgos if hallazgo.que == "identificador"}
    consola.print(f"  files with an identifier left: {len(con)}")
    for (antes, despues), veces in sorted(acta.explicados.items()):
        consola.print(f"  found {veces} times, and nobody's: what {antes} said stands in {despues}")
    hallazgos += acta.hallazgos
    if juez.esta():
        nuevos = list(_del_juez(salidas))
        consola.print(f"[bold]{juez.ORDEN}[/]: {len(salidas)} results, new errors: {len(nuevos)}")
        hallazgos += nuevos
    if reglas:
        hallazgos += _sin_una_regla()
    chicos = [p for p in muestras if len(p.octetos) <= ARCHIVO_MAXIMO]
    cuantos, motor, lector, razon = velocidad.cpu(chicos)
    consola.print(
        f"[bold]Speed[/]: {cuantos} files of at most 1 MiB, {motor:.0f} per CPU second; pydicom reads and writes "
        f"{lector:.0f}: {razon:.2f} of it. Two processes do {velocidad.ganancia(chicos):.2f} times as much"
    )
    for hallazgo in hallazgos[:MOSTRADOS]:
        consola.print(f"[red]{hallazgo.que}[/]: {hallazgo.detalle} · {hallazgo.archivo}")
    consola.print(f"[bold red]{len(hallazgos)} FINDINGS[/]" if hallazgos else "[bold green]NOTHING IS LEFT[/]")
    if not juez.esta():
        consola.print(f"NO {juez.ORDEN.upper()} HERE (Debian's dicom3tools): NO RESULT WAS HELD AGAINST IT")
    raise typer.Exit(1 if hallazgos else 0)


def _por_la_plataforma() -> list[Hallazgo]:
    with plataforma.escenario(consola) as (siembra, carpetas):
        acta = plataforma.revisar(siembra, carpetas)
    consola.print("[bold]The running platform[/]: uploaded, refused, kept apart, failed, killed, not to be read")
    _contar(acta)
    consola.print(f"  looked at: {', '.join(f'{cuantos} {que}' for que, cuantos in acta.lugares.items())}")
    for (clase, lugar), veces in sorted(acta.explicados.items()):
        if not any(h.archivo == lugar and h.detalle.startswith(f"{clase}:") for h in acta.hallazgos):
            consola.print(f"  found {veces} times where it may be: {clase}, {lugar}")
    return acta.hallazgos


def _contar(acta: Acta) -> None:
    buscados = ", ".join(f"{cuantos} {que}" for que, cuantos in acta.buscados.items())
    consola.print(
        f"  {acta.archivos} files, {acta.limpios} came out, {acta.pixeles} pictures compared; sought: {buscados}"
    )
    for motivo, veces in acta.apartados.most_common():
        consola.print(f"  kept apart: {veces} {motivo}")


def _del_juez(salidas: list[tuple[publicos.Publico, bytes]]) -> Iterator[Hallazgo]:
    for publico, contenido in salidas:
        for error in juez.nuevos(publico.octetos, contenido):
            yield Hallazgo(publico.nombre, juez.ORDEN, error)


def _sin_una_regla() -> Iterator[Hallazgo]:
    """A rule whose loss nobody sees is a finding about the verification."""
    clave, archivos = verificacion.clave_nueva(), list(canarios.pocos())
    con_todas = set(verificacion.revisar_canarios(archivos, clave).hallazgos)
    vistas: Counter[bool] = Counter()
    for regla, quitar in QUITADAS.items():
        with pytest.MonkeyPatch.context() as parche:
            quitar(parche)
            vista = bool(set(verificacion.revisar_canarios(archivos, clave).hallazgos) - con_todas)
        vistas[vista] += 1
        if not vista:
            yield Hallazgo(regla, "regla", "taken out, and nothing was found")
    consola.print(f"[bold]Rules[/] taken out one by one: {vistas[True]} of {len(QUITADAS)} were seen")


if __name__ == "__main__":
    app()
