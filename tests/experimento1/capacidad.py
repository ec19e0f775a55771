"""The knee: an open-loop load, stepped up until latency breaks; the door behind its balancer beside the floor.

The floor is the bench's view (`tests/carga/piso_http.py`), which validates the body and waits for one durable send, on
gunicorn's own threads. It sees the same broker and the same steps.
"""

import itertools
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from tests.experimento1 import pagina
from tests.experimento1.abierto import Escalon, disparar
from tests.experimento1.escena import Escena, escena
from tests.experimento1.vigia import destinos
from tests.saga.espera import hasta

from contratos.ejemplos import IMAGEN
from plataforma import sondas
from plataforma.puertos import LOCAL, libres
from plataforma.sistema import cpu, familia

PASOS = (100, 200, 300, 400, 500, 600, 800, 1000, 1200, 1400, 1600, 2000)
"""Requests a second."""
SEGUNDOS = 8.0
CALENTAR_S = 6.0
ROTO_P99_MS = 100.0
"""Latency is broken where the p99 is above it, or less than `LOGRADO` of what was due was answered."""
LOGRADO = 0.97
_CARGA = Path(__file__).parents[1] / "carga"


def medir(carpeta: Path, consola: Console, *, pasos: Sequence[int] = PASOS, segundos: float = SEGUNDOS) -> None:
    """Step up each of them until it breaks, print the steps, and write a page."""
    carpeta.mkdir(parents=True, exist_ok=True)
    maquina = os.getloadavg()[0]
    with escena(consola, trabajadores=1, averia=False, de_paso=False) as lugar, _piso(lugar, carpeta) as (piso, pid):
        quienes: Mapping[str, tuple[str, Callable[[], Mapping[str, int]]]] = {
            "behind the balancer": (lugar.plataforma.bff, lugar.pids),
            "one instance": (f"http://{LOCAL}:{lugar.proceso('bff-1').puerto}", lugar.pids),
            "the floor: a bare view": (piso, lambda: {"floor": pid, "pulsar": lugar.cimiento.pid("pulsar")}),
        }
        series = {quien: _subir(quien, *datos, pasos, segundos, lugar, consola) for quien, datos in quienes.items()}
    _escribir(series, carpeta, maquina, consola)


def _subir(
    quien: str,
    puerta: str,
    pids: Callable[[], Mapping[str, int]],
    pasos: Sequence[int],
    segundos: float,
    lugar: Escena,
    consola: Console,
) -> list[Escalon]:
    """The steps, up to the first one that is broken twice. Each begins when all of the one before is done."""
    escalones: list[Escalon] = []
    # Its code and the broker's are compiled, and its connections made.
    disparar(puerta, list(_peticiones(1000)), 2 * pasos[0], CALENTAR_S)
    for ritmo in pasos:
        for _ in range(2):
            _reposar(lugar)
            antes = _cpu(pids())
            escalon = disparar(puerta, list(_peticiones(int(ritmo * segundos))), ritmo, segundos)
            gastado = {nombre: s - antes.get(nombre, 0.0) for nombre, s in _cpu(pids()).items()}
            escalones.append(replace(escalon, cpu=gastado))
            consola.print(f"{quien}: {_dicho(escalon)}", markup=False)
            if not roto(escalon):
                break
        else:
            break
    return escalones


def roto(escalon: Escalon) -> bool:
    """Whether this was more than it could take."""
    return escalon.p99 > ROTO_P99_MS or escalon.hechas_s < LOGRADO * escalon.pedidas_s


def rodilla(escalones: Sequence[Escalon]) -> float:
    """The highest rate that did not break it; 0 where the first one did."""
    return max((e.pedidas_s for e in escalones if not roto(e)), default=0.0)


def _peticiones(cuantas: int) -> Iterator[bytes]:
    """Images, each another one, as today's clients send them."""
    serie = secrets.token_hex(4)
    viejo = json.loads(IMAGEN)["id_imagen"]
    for n in range(cuantas):
        cuerpo = IMAGEN.replace(viejo, f"cap-{serie}-{n}", 1).encode()
        cabeza = "POST /procesar/procesar-imagen HTTP/1.1\r\nHost: saludtech\r\nContent-Type: json/application\r\n"
        yield f"{cabeza}Content-Length: {len(cuerpo)}\r\n\r\n".encode() + cuerpo


def _reposar(lugar: Escena) -> None:
    """Until the workers have done what was sent before: they share the processors."""
    base = lugar.plataforma.bases["procesamiento"]
    vistas = itertools.count()
    antes = {"n": -1}

    def quieto() -> bool:
        ahora = sum(destinos(base).values())
        igual, antes["n"] = ahora == antes["n"], ahora
        time.sleep(0.5)
        return igual and next(vistas) > 0

    hasta(quieto, "lo aceptado está hecho", segundos=300)


def _cpu(pids: Mapping[str, int]) -> dict[str, float]:
    return {nombre: sum(map(cpu, familia(pid))) for nombre, pid in pids.items()}


@contextmanager
def _piso(lugar: Escena, carpeta: Path) -> Iterator[tuple[str, int]]:
    """The bare view, with as many processes and threads as the door."""
    (puerto,) = libres(1)
    orden = [
        *(
            sys.executable,
            "-m",
            "gunicorn",
            f"--bind={LOCAL}:{puerto}",
            "--worker-class=gthread",
            "--no-control-socket",
        ),
        *("--workers=2", "--threads=64", "--keep-alive=30", "--preload", "piso_http:crear_app()"),
    ]
    entorno = {**os.environ, "PULSAR_URL": lugar.cimiento.servidores.pulsar_url, "PYTHONPATH": str(_CARGA)}
    with (carpeta / "piso.log").open("wb") as salida:
        proceso = subprocess.Popen(orden, env=entorno, stdin=subprocess.DEVNULL, stdout=salida, stderr=salida)
    sonda = sondas.http(f"http://{LOCAL}:{puerto}/salud/lista")
    try:
        hasta(lambda: sonda() is None, "el piso está listo", segundos=60)
        yield f"http://{LOCAL}:{puerto}", proceso.pid
    finally:
        proceso.terminate()
        proceso.wait(20)


def _dicho(e: Escalon) -> str:
    otras = f", other answers {e.otras}" if e.otras else ""
    return (
        f"{e.pedidas_s:,.0f}/s due, {e.hechas_s:,.0f}/s done, p50 {e.mediana:.1f} ms, p95 {e.p95:.1f}, "
        f"p99 {e.p99:.1f}, max {e.maximo:,.0f}, {e.conexiones} connections{otras}" + (": broken" if roto(e) else "")
    )


def _escribir(series: Mapping[str, Sequence[Escalon]], carpeta: Path, maquina: float, consola: Console) -> None:
    ultimos = {quien: {e.pedidas_s: e.p99 for e in escalones} for quien, escalones in series.items()}
    puntos = {quien: [(ritmo, min(p99, 1000)) for ritmo, p99 in suyos.items()] for quien, suyos in ultimos.items()}
    dibujo = pagina.lineas("p99 in ms (at most 1,000 are shown) by requests due a second", "requests/s", puntos)
    pagina.guardar(dibujo, carpeta / "capacidad.svg")
    rodillas = {f"knee, {quien}": f"{rodilla(escalones):,.0f}/s" for quien, escalones in series.items()}
    gasto = {f"ms of CPU a request at the knee, {quien}": _gasto(escalones) for quien, escalones in series.items()}
    notas = [f"{quien}: {_dicho(e)}" for quien, escalones in series.items() for e in escalones]
    notas.append(f"the machine's load average at the start: {maquina:.1f}")
    donde = pagina.escribir("Experiment 1: capacity", [rodillas, gasto], notas, carpeta)
    texto = json.dumps(series, default=vars, indent=1, ensure_ascii=False)
    (carpeta / "resultado.json").write_text(texto, encoding="utf-8")
    for nombre, valor in (rodillas | gasto).items():
        consola.print(f"{nombre}: {valor}", markup=False)
    consola.print(f"Its page: {donde}", style="dim")


def _gasto(escalones: Sequence[Escalon]) -> str:
    """What each part spent on a request at the knee, the most first; the workers' and databases' share with it."""
    sanos = [e for e in escalones if not roto(e)]
    if not sanos:
        return "–"
    hechas = sanos[-1].pedidas_s * SEGUNDOS
    partes = sorted(((1000 * s / hechas, n) for n, s in sanos[-1].cpu.items()), reverse=True)
    return ", ".join(f"{n} {ms:.2f}" for ms, n in partes if ms >= 0.02)
