"""`make resistencia`: the whole platform under a steady load for half an hour, and what its processes hold stays flat.

Nothing is killed here. What is asked for is an ordinary day's mixture (`publico`). Every ten seconds each process is
measured (`medidas`); a third of the time is the warm-up, and of the rest is judged whether it grows (`llanura`). The
warm-up begins with a rush that calls every thread to work and with an avalanche of bodies that are refused, and goes on
at a faster pace: what a process makes once and keeps, it shall have made by then. All that was accepted must be done,
and agree with itself (`tests/auditor`), after the warm-up and in the end. It ends non-zero otherwise. The tables are in
.local/resistencia.md, every measure in .local/resistencia.csv.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from tests.auditor.hallazgos import Clase
from tests.fallos.acta import Acta, levantar, tabla
from tests.fallos.cimiento import cimiento
from tests.fallos.escenario import Escenario, escenario
from tests.fallos.experimento import contando_errores
from tests.fallos.llanura import exceso, exceso_por_media_hora, tendencia
from tests.fallos.medidas import Bitacora
from tests.fallos.publico import Publico

from bff_web.config import Config

INFORME = Path(".local/resistencia.md")
MEDIDAS = INFORME.with_suffix(".csv")
CADA_S = 10.0
MENOS_CADA_S = 1.0
MEDIDAS_MINIMAS = 45
RITMO_INICIAL = 3
"""How many times faster the warm-up is. Pulsar's client keeps 560 bytes of each of the first 10,000 messages that a
process sends, and no more after them (measured): within ten minutes at this pace every process has sent as many."""
AVALANCHA = 16_000
"""Refused bodies in the beginning, one in eight of them the largest. The C library keeps freed blocks for each of its
heaps, and the door's threads share many: a worker's memory was seen to rise from 48 to some 80 MB in thousands of such
bodies, whether they come fast or slowly, and then no more; with two heaps (MALLOC_ARENA_MAX=2) to 60 MB."""
MAXIMO_HILOS = 1
"""How many may come to stay between the second third and the last: one is there now and then, to flush a producer."""
MAXIMO_DESCRIPTORES = 3
"""Likewise: half-sent requests hold some for as long as they are suffered."""
MAXIMO_MB = 3.0
"""The most that a process of ours may grow in half an hour: at twenty messages a second, 90 bytes kept of each. A
healthy one was seen to grow by 0.4 MB at most."""
MAXIMO_MB_PUERTA = 6.0
"""The same for the door's workers, which take and give back a block of 1 MiB, or two, with each large body."""
SERVIDORES = ("pulsar", "postgres")
"""Only their threads are judged. They open files as their data grow, and take what memory their settings allow."""
PASAJERAS = ("lotes", "intentos", "outbox not sent")
"""What the databases hold for moments only. All else grows with every message, until it is pruned after days."""

consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def resistencia(minutos: Annotated[float, typer.Option(min=0.5, help="How long the load lasts.")] = 30) -> None:
    """Run it, print the tables, and write them down."""
    with contando_errores(), cimiento(consola) as base, escenario(base, procesamiento=1) as lugar:
        bitacora = Bitacora(
            raices={proceso.nombre: proceso.pid for proceso in lugar.plataforma.procesos},
            sumados={nombre: base.pid(nombre) for nombre in SERVIDORES},
            bases=lugar.plataforma.bases,
        )
        consola.print(f"{minutos:g} minutes of load begin at {time.strftime('%H:%M:%S')}", style="dim")
        acta = levantar(remojo, lugar, bitacora=bitacora, minutos=minutos)
        _escribir(acta, bitacora, minutos)
    if acta.hallazgos:
        sys.exit(1)


def remojo(lugar: Escenario, acta: Acta, *, bitacora: Bitacora, minutos: float) -> None:
    """Steady load, and neither memory, threads nor file descriptors grow."""
    tercio = minutos * 60 / 3
    cada = min(CADA_S, max(MENOS_CADA_S, 3 * tercio / MEDIDAS_MINIMAS))
    publico = Publico(lugar.negocio, lugar.clientela)
    puerta = psutil.Process(lugar.plataforma.proceso("bff").pid)
    publico.tropel(lambda: _ocupados(puerta.children()))
    publico.avalancha(AVALANCHA)
    # One after the other, or the slower pace's errands would be mixed among those of the faster.
    for segundos, ritmo in ((tercio, RITMO_INICIAL), (2 * tercio, 1)):
        with lugar.bajo_carga(acta, otros=publico.jornada(segundos, ritmo=ritmo), segundos=segundos):
            for _ in _compas(cada, segundos):
                bitacora.anotar()
    acta.vueltas = 1
    acta.hallar(Clase.OTRO, lugar.guardia.rearranques, "ended by itself")
    acta.hallar(Clase.OTRO, bitacora.inestables(), "not the same process all the time")
    juzgar(acta, bitacora, minutos)


def juzgar(acta: Acta, bitacora: Bitacora, minutos: float) -> None:
    """Note all that grew."""
    for nombre in bitacora.procesos:
        if creciente := exceso(bitacora.serie(nombre, "hilos"), tolerancia=MAXIMO_HILOS):
            acta.hallar(Clase.OTRO, [creciente], f"{nombre}: threads")
        if nombre in SERVIDORES:
            continue
        if creciente := exceso(bitacora.serie(nombre, "descriptores"), tolerancia=MAXIMO_DESCRIPTORES):
            acta.hallar(Clase.OTRO, [creciente], f"{nombre}: file descriptors")
        propia = bitacora.serie(nombre, "propia")
        limite = MAXIMO_MB_PUERTA if nombre.startswith("bff/") else MAXIMO_MB
        if creciente := exceso_por_media_hora(propia, minutos=minutos, limite=limite):
            acta.hallar(Clase.OTRO, [creciente], f"{nombre}: MB")
    for nombre, cuentas in bitacora.cuentas.items():
        if nombre.endswith(PASAJERAS) and (creciente := exceso(cuentas, tolerancia=10)):
            acta.hallar(Clase.OTRO, [creciente], f"{nombre}: rows")


def _ocupados(trabajadores: Sequence[psutil.Process]) -> bool:
    """Whether each of the door's workers has made all its threads, which it keeps; its own main thread comes on top."""
    return all(t.num_threads() > Config.model_fields["bff_hilos"].default for t in trabajadores)


def _compas(cada: float, segundos: float) -> Iterator[None]:
    """Once every so many seconds, for as long; what takes longer than a beat skips some."""
    comienzo = time.monotonic()
    while (pasados := time.monotonic() - comienzo) < segundos:
        yield
        pasados = time.monotonic() - comienzo
        time.sleep(min(cada - pasados % cada, max(0.0, segundos - pasados)))


def _escribir(acta: Acta, bitacora: Bitacora, minutos: float) -> None:
    INFORME.parent.mkdir(exist_ok=True)
    bitacora.guardar(MEDIDAS)
    fecha = time.strftime("%Y-%m-%d %H:%M %Z")
    partes = [f"# Soak of {minutos:g} minutes, {fecha}", tabla([acta]), _procesos(bitacora, minutos), _filas(bitacora)]
    partes += ["\n".join(f"- {hallazgo}" for hallazgo in acta.hallazgos[:100]) or "Nothing that is judged grows."]
    texto = "\n\n".join(partes) + "\n"
    INFORME.write_text(texto, encoding="utf-8")
    consola.print(texto, markup=False)
    consola.print(f"All of it: {INFORME}, {MEDIDAS}", style="dim")


def _procesos(bitacora: Bitacora, minutos: float) -> str:
    columnas = ["process", "own MB", "in ½ h", "RSS MB", "PSS MB", "threads", "file descriptors"]
    filas = [columnas, ["---", *["---:"] * (len(columnas) - 1)]]
    for nombre in bitacora.procesos:
        vistas = {
            cifra: tendencia(bitacora.serie(nombre, cifra))
            for cifra in ("propia", "rss", "pss", "hilos", "descriptores")
        }
        fila = [nombre, _pareja(vistas["propia"].medio, vistas["propia"].final, 1)]
        fila.append(f"{vistas['propia'].por_media_hora(minutos):+.1f}")
        fila += [_pareja(vistas[c].medio, vistas[c].final, 1) for c in ("rss", "pss")]
        fila += [_pareja(vistas[c].medio, vistas[c].final, 0) for c in ("hilos", "descriptores")]
        filas.append(fila)
    return _markdown(filas)


def _filas(bitacora: Bitacora) -> str:
    filas = [["rows", "first", "second third", "last third", "last", "most"], ["---", *["---:"] * 5]]
    for nombre, cuentas in bitacora.cuentas.items():
        vista = tendencia(cuentas)
        valores = (cuentas[0], vista.medio, vista.final, cuentas[-1], max(cuentas))
        filas.append([nombre, *(f"{valor:,.0f}" for valor in valores)])
    return _markdown(filas)


def _pareja(medio: float, final: float, decimales: int) -> str:
    return f"{medio:,.{decimales}f} → {final:,.{decimales}f}"


def _markdown(filas: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(fila) + " |" for fila in filas)


if __name__ == "__main__":
    app()
