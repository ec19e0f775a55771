"""`make bench`: the timings that the project reports, each beside its floor where it has one.

It starts its own platform on free loopback ports, with its state in a temp folder, and stops it again. A machine
that does other work spoils absolute numbers more than ratios: floor and platform are measured by turns.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import crecimiento
import drenaje
import imagenes
import paquetes
import psutil
import retencion
import sagas
import seguridad
import tiempos
import trazas
import typer
from cifras import Cifra
from entorno import Plataforma, cimientos, completa
from rich.console import Console

from plataforma.errores import ErrorPlataforma, Interrumpida
from plataforma.sistema import senales_que_detienen

INFORME = Path(".local/banco.json")
MEGA = 1024 * 1024


class Solo(StrEnum):
    """What can be measured by itself."""

    TODO = "todo"
    SAGA = "saga"
    IMAGENES = "imagenes"
    DRENAJE = "drenaje"
    PAQUETES = "paquetes"
    HECHO = "hecho"
    RETENCION = "retencion"
    CRECIMIENTO = "crecimiento"
    TIEMPOS = "tiempos"
    SEGURIDAD = "seguridad"
    TRAZAS = "trazas"


consola = Console(highlight=False)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def medir(
    solo: Annotated[Solo, typer.Option(help="One group of figures instead of all.")] = Solo.TODO,
    rondas: Annotated[int, typer.Option(min=1, max=9, help="Rounds of each comparison with a floor.")] = 3,
) -> None:
    """Measure, print a line per figure, and write .local/banco.json."""
    cifras: list[Cifra] = []
    with _contando_errores():
        if solo not in (Solo.SAGA, Solo.HECHO, Solo.PAQUETES):
            with cimientos(consola) as base:
                if solo in (Solo.TODO, Solo.DRENAJE):
                    _decir(cifras, drenaje.medir(base, rondas))
                if solo in (Solo.TODO, Solo.IMAGENES):
                    _decir(cifras, imagenes.medir(base, rondas))
                if solo in (Solo.TODO, Solo.SEGURIDAD):
                    _decir(cifras, seguridad.medir(base, rondas))
                if solo in (Solo.TODO, Solo.TRAZAS):
                    _decir(cifras, trazas.medir(base, rondas))
                if solo in (Solo.TODO, Solo.RETENCION):
                    _decir(cifras, retencion.medir(base))
                if solo in (Solo.TODO, Solo.TIEMPOS):
                    _decir(cifras, tiempos.medir(base))
                if solo in (Solo.TODO, Solo.CRECIMIENTO):
                    _decir(cifras, crecimiento.medir(base))
        if solo in (Solo.TODO, Solo.SEGURIDAD):
            _decir(cifras, seguridad.de_sagas(consola, rondas))
        if solo in (Solo.TODO, Solo.TRAZAS):
            _decir(cifras, trazas.de_sagas(consola, rondas))
        if solo in (Solo.TODO, Solo.SAGA, Solo.HECHO, Solo.PAQUETES):
            with completa(consola) as plataforma:
                if solo in (Solo.TODO, Solo.SAGA):
                    _decir(cifras, [_memoria(plataforma), *sagas.latencia(plataforma)])
                    _decir(cifras, sagas.sostenidas(plataforma))
                if solo in (Solo.TODO, Solo.HECHO):
                    _decir(cifras, sagas.aceptado_y_hecho(plataforma))
                if solo in (Solo.TODO, Solo.PAQUETES):
                    _decir(cifras, paquetes.medir(plataforma, rondas))
    _escribir(cifras)


@contextmanager
def _contando_errores() -> Iterator[None]:
    """End with exit code 1 and the reason in words; what was started has stopped by then."""
    try:
        with senales_que_detienen():
            yield
    except Interrumpida as senal:
        sys.exit(f"Stopped by {senal}.")
    except (ErrorPlataforma, RuntimeError, OSError) as error:
        sys.exit(f"Error: {error}")


def _memoria(plataforma: Plataforma) -> Cifra:
    megas = {nombre: pss / MEGA for nombre, pss in plataforma.corrida.memoria().items()}
    return Cifra(
        nombre="memory of the whole platform", valor=sum(megas.values()), unidad="MB PSS (aim ≤ 1,536)", detalle=megas
    )


def _decir(cifras: list[Cifra], nuevas: list[Cifra]) -> None:
    cifras += nuevas
    for cifra in nuevas:
        consola.print(str(cifra), soft_wrap=True)


def _escribir(cifras: list[Cifra]) -> None:
    informe = {
        "fecha": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "maquina": {
            "nucleos": os.cpu_count(),
            "memoria_mb": psutil.virtual_memory().total // MEGA,
            "sistema": platform.platform(),
            "python": platform.python_version(),
            "carga_1_5_15_min": os.getloadavg(),
        },
        "cifras": [_datos(cifra) for cifra in cifras],
    }
    INFORME.parent.mkdir(exist_ok=True)
    INFORME.write_text(json.dumps(informe, indent=1, ensure_ascii=False), encoding="utf-8")
    consola.print(f"All of it: {INFORME}", style="dim")


def _datos(cifra: Cifra) -> dict[str, object]:
    pisos = [vars(piso) for piso in cifra.pisos]
    return {"nombre": cifra.nombre, "valor": cifra.valor, "unidad": cifra.unidad, "pisos": pisos,
            "detalle": dict(cifra.detalle)}  # fmt: skip


if __name__ == "__main__":
    app()
