"""`make experimento1`: a thousand users before the platform's balancer, and what becomes of all that it accepts.

Real broker, real PostgreSQL, real processes, a real balancer and JMeter (contract §7). Each variant has a platform of
its own, in a temporary folder, on free ports. It leaves JMeter's HTML report and a page of its own in
.local/experimento-1/<variant>/, and the table of all in .local/experimento-1.md. It ends non-zero when a promise was
broken, and where balancer or JMeter can't be had.
"""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer
from rich.console import Console
from tests.experimento1 import capacidad, pagina
from tests.experimento1.escena import Cuentas, escena
from tests.experimento1.jmeter import Carga, Muestras, Resumen, disparar, esperar_primeras
from tests.experimento1.variantes import PRIMERAS, VARIANTES, Hechos, Variante, juzgar, nada
from tests.experimento1.vigia import Vigia
from tests.fallos.experimento import contando_errores

from plataforma.errores import ErrorPlataforma

CARPETA = Path(".local/experimento-1")
INFORME = Path(".local/experimento-1.md")
TOPE_CPU = 75.0

consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True)
class Resultado:
    """What came of a variant.

    Attributes:
        primeras_ms: the longest of the first requests after the start.
        demas_ms: the longest of all others.
        cpu: by part, mean and highest per cent of one core while the load ran.
        espera_s: by service, the greatest age of a command that waited.
        carga_maquina: the machine's load average before the start: what else ran.
    """

    variante: Variante
    resumen: Resumen
    cuentas: Cuentas
    hechos: Hechos
    primeras_ms: float
    demas_ms: float
    cpu: dict[str, tuple[float, float]]
    espera_s: dict[str, float]
    carga_maquina: float


@app.command()
def experimento(
    variante: Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.")] = None,
    hilos: Annotated[int, typer.Option(min=1, help="JMeter's threads: users at once.")] = 1000,
    subida: Annotated[int, typer.Option(min=1, help="Seconds until all of them have begun.")] = 60,
    vueltas: Annotated[int, typer.Option(min=1, help="Requests of each.")] = 4,
    lista: Annotated[bool, typer.Option("--lista", help="Name the variants, and run none.")] = False,
) -> None:
    """Run all variants, or some."""
    if lista:
        for suya in VARIANTES.values():
            consola.print(f"{suya.nombre}: {suya.dice}", markup=False)
        consola.print("capacidad: the load is stepped up until latency breaks, beside the floor")
        return
    pedidas = variante or [*VARIANTES, "capacidad"]
    if ajenas := set(pedidas) - {*VARIANTES, "capacidad"}:
        sys.exit(f"No such variant: {', '.join(sorted(ajenas))}; --lista names them.")
    resultados: list[Resultado] = []
    rotas: dict[str, str] = {}
    with contando_errores():
        try:
            for nombre in pedidas:
                try:
                    if nombre == "capacidad":
                        capacidad.medir(CARPETA / nombre, consola)
                    else:
                        resultados.append(correr(VARIANTES[nombre], Carga(hilos, subida, vueltas), CARPETA / nombre))
                        _decir(resultados[-1])
                except (AssertionError, ErrorPlataforma) as error:
                    # What was waited for did not come: the others are run all the same.
                    rotas[nombre] = str(error)
                    consola.print(f"{nombre}: {error}", markup=False, style="red")
        finally:
            if resultados or rotas:
                _escribir(resultados, rotas)
    if rotas or any(resultado.hechos.hallazgos for resultado in resultados):
        sys.exit(1)


def correr(variante: Variante, base: Carga, carpeta: Path, *, de_paso: bool = False) -> Resultado:
    """Run a variant on a platform of its own, and write its page."""
    maquina, carga, hechos = os.getloadavg()[0], variante.carga(base), Hechos()
    with escena(consola, trabajadores=variante.trabajadores, averia=variante.averia, de_paso=de_paso) as lugar:
        consola.print(f"{variante.nombre}: {variante.dice} ({time.strftime('%H:%M:%S')})", style="dim")
        with disparar(lugar.plataforma.bff, carga, carpeta.resolve(), consola) as corriendo:
            vigia = Vigia(lugar.cimiento.servidores.admin_url, lambda: {**lugar.pids(), "jmeter": corriendo.pid})
            with vigia:
                if variante.suceso is not nada:
                    esperar_primeras(corriendo, carga.peticiones // 3)
                variante.suceso(lugar, corriendo, carga, hechos)
                muestras = corriendo.terminar()
                cuentas = lugar.contar(muestras)
        juzgar(variante, lugar, muestras, cuentas, hechos)
    resultado = _resumir(variante, muestras, cuentas, hechos, vigia, maquina)
    altas = {n: f"{media:.0f} %" for n, media in _instancias(resultado).items() if media > TOPE_CPU}
    hechos.exigir(not altas, f"above {TOPE_CPU:.0f} % of a core on average: {altas}")
    _pagina(resultado, muestras, vigia, carpeta)
    return resultado


def _resumir(
    variante: Variante, muestras: Muestras, cuentas: Cuentas, hechos: Hechos, vigia: Vigia, maquina: float
) -> Resultado:
    desde = muestras[0].comienzo
    hasta = desde + muestras.segundos
    cpu = {n: valores for n, serie in vigia.cpu.items() if (valores := serie.entre(desde, hasta))}
    return Resultado(
        variante,
        muestras.resumen(),
        cuentas,
        hechos,
        primeras_ms=max(m.ms for m in muestras[:PRIMERAS]),
        demas_ms=max((m.ms for m in muestras[PRIMERAS:]), default=0.0),
        cpu={nombre: (fmean(valores), max(valores)) for nombre, valores in sorted(cpu.items())},
        espera_s={
            servicio: max((v for _, v in serie.puntos), default=0.0) for servicio, serie in vigia.espera_s.items()
        },
        carga_maquina=maquina,
    )


COLUMNAS = (
    "variant", "mean ms", "median", "p95", "p99", "min", "max", "sd", "of the first ones", "of all others", "errors",
    "requests/s", "accepted", "done", "refused", "unknown", "queued", "s until done", "oldest waited s",
    "busiest instance, % CPU", "the machine's load before",
)  # fmt: skip


def _instancias(r: Resultado) -> dict[str, float]:
    """Each door's and worker's mean CPU."""
    return {n: m for n, (m, _) in r.cpu.items() if n.startswith(("bff-", "procesamiento-")) and n[-1].isdigit()}


def fila(r: Resultado) -> list[str]:
    """Its row, in the order of COLUMNAS."""
    s, c = r.resumen, r.cuentas
    ms = [f"{v:,.1f}" for v in (s.media,)] + [f"{v:,.0f}" for v in (s.mediana, s.p95, s.p99, s.minimo, s.maximo)]
    instancias = _instancias(r)
    ocupada = max(instancias, key=lambda n: instancias[n], default="")
    return [
        r.variante.nombre, *ms, f"{s.desviacion:,.1f}", f"{r.primeras_ms:,.0f}", f"{r.demas_ms:,.0f}", f"{s.errores}",
        f"{s.por_segundo:.1f}", f"{c.aceptadas:,}", f"{c.terminadas:,}", f"{c.rechazadas}",
        f"{c.inciertas}" + (f" ({c.inciertas_hechas} done)" if c.inciertas else ""), f"{c.en_cola}",
        f"{c.terminar_s:.1f}", f"{max(r.espera_s.values(), default=0):.1f}",
        f"{instancias[ocupada]:.0f} ({ocupada})" if ocupada else "–", f"{r.carga_maquina:.1f}",
    ]  # fmt: skip


def _decir(r: Resultado) -> None:
    celdas = dict(zip(COLUMNAS, fila(r), strict=True))
    texto = ", ".join(f"{nombre} {valor}" for nombre, valor in celdas.items() if nombre != "variant")
    consola.print(f"{r.variante.nombre}: {texto}", markup=False, style="red" if r.hechos.hallazgos else None)
    for nota in r.hechos.notas[:10]:
        consola.print(f"  {nota}", markup=False, style="dim")
    for hallazgo in r.hechos.hallazgos[:20]:
        consola.print(f"  {hallazgo}", markup=False, style="red")


def _pagina(r: Resultado, muestras: Muestras, vigia: Vigia, carpeta: Path) -> None:
    pagina.dibujar(muestras, vigia, carpeta)
    tabla = dict(zip(COLUMNAS, fila(r), strict=True))
    cpu = {f"CPU of {nombre}": f"{media:.0f} %, at most {mas:.0f}" for nombre, (media, mas) in r.cpu.items()}
    notas = [*r.hechos.hallazgos, *r.hechos.notas]
    donde = pagina.escribir(f"Experiment 1: {r.variante.nombre}", [tabla, cpu], notas, carpeta)
    texto = json.dumps(vars(r) | {"variante": r.variante.nombre}, default=vars, indent=1, ensure_ascii=False)
    (carpeta / "resultado.json").write_text(texto, encoding="utf-8")
    consola.print(f"Its page: {donde}", style="dim")


def _escribir(resultados: Sequence[Resultado], rotas: Mapping[str, str]) -> None:
    filas = [list(COLUMNAS), ["---"] * len(COLUMNAS), *(fila(r) for r in resultados)]
    tabla = "\n".join("| " + " | ".join(f) + " |" for f in filas)
    notas = [f"- {r.variante.nombre}: {nota}" for r in resultados for nota in (*r.hechos.hallazgos, *r.hechos.notas)]
    notas += [f"- {nombre} broke off: {razon}" for nombre, razon in rotas.items()]
    fecha = time.strftime("%Y-%m-%d %H:%M %Z")
    INFORME.parent.mkdir(exist_ok=True)
    INFORME.write_text(f"# Experiment 1, {fecha}\n\n{tabla}\n\n" + "\n".join(notas) + "\n", encoding="utf-8")
    consola.print(f"All of it: {INFORME}", style="dim")


if __name__ == "__main__":
    app()
