"""A thousand open streams at one process of the door: memory, CPU, and how long an event takes to each browser.

    .venv/bin/python tests/carga/corrientes.py

A real broker and the door as it is run, with one worker; the streams, and who publishes, share the machine with them.
"""

import asyncio
import json
import statistics
import time
from typing import Annotated

import psutil
import typer
from entorno import cimientos
from rich.console import Console

from contratos.sagas import TransicionSaga
from plataforma.puertos import LOCAL
from seedwork.infraestructura import avro, cloudevents
from seedwork.infraestructura.publicador import Publicador
from seedwork.pruebas.sobres import sobre_nuevo


class Navegadores:
    """Streams, each of a subscription of its own, or all of everything.

    Attributes:
        oidos: of each event that one of them heard, the seconds from its publication on.
    """

    def __init__(self, puerto: int, *, de_todo: bool) -> None:
        self._puerto = puerto
        self._de_todo = de_todo
        self.oidos: list[float] = []

    async def abrir(self, cual: str) -> None:
        """One stream, for as long as it lasts."""
        lee, escribe = await asyncio.open_connection(LOCAL, self._puerto)
        filtro = "" if self._de_todo else f"?suscripcion={cual}"
        escribe.write(f"GET /eventos{filtro} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while linea := await lee.readline():
            if linea.startswith(b'data: {"'):
                dicho = json.loads(linea[6:])
                # It was published when its saga says so.
                self.oidos.append(time.time() - float(dicho["id_saga"]))


def decir(publicador: Publicador, cual: str) -> None:
    """One event of a subscription."""
    mensaje = TransicionSaga(
        id_saga=f"{time.time():.6f}",
        id_suscripcion=cual,
        participante="suscripciones",
        paso="CREAR",
        resultado="HECHO",
        ocurrido="2026-02-01T09:10:01.312000Z",
    )
    sobre = sobre_nuevo(mensaje, fuente="/saludtech/banco", sujeto=cual)
    propiedades = cloudevents.a_propiedades(sobre, mensaje.topico)
    publicador.enviar(mensaje.topico, avro.codificar(mensaje), propiedades, sobre.sujeto, lambda _: None)


async def medir(
    puerto: int, publicador: Publicador, puerta: psutil.Process, cuantas: int, por_segundo: int, *, de_todo: bool
) -> str:
    """Open the streams, wait, publish for ten seconds, and say what was seen."""
    navegadores = Navegadores(puerto, de_todo=de_todo)
    antes = puerta.memory_info().rss
    # Of one of before, what happened then would be heard again.
    propias = [f"s-{time.time():.0f}-{n}" for n in range(cuantas)]
    tareas = [asyncio.create_task(navegadores.abrir(propia)) for propia in propias]
    await asyncio.sleep(8)
    abiertas = sum(not t.done() for t in tareas)
    memoria = puerta.memory_info().rss - antes
    callado = await _cpu(puerta, 10.0)
    total = 10 * por_segundo

    async def publicar() -> None:
        for n in range(total):
            decir(publicador, propias[n % cuantas])
            await asyncio.sleep(1 / por_segundo)

    publicando = asyncio.create_task(publicar())
    hablando = await _cpu(puerta, 10.0)
    await publicando
    await asyncio.sleep(3)
    for tarea in tareas:
        tarea.cancel()
    debidos = total * (cuantas if de_todo else 1)
    cortes = statistics.quantiles(navegadores.oidos, n=20) if len(navegadores.oidos) > 1 else [float("nan")] * 19
    return (
        f"{abiertas} streams, {por_segundo} events/s, each to {cuantas if de_todo else 1}: "
        f"+{memoria / 2**20:.0f} MiB ({memoria / cuantas / 1024:.0f} KiB each); "
        f"CPU of one core {callado:.0%} silent, {hablando:.0%} telling; "
        f"{len(navegadores.oidos)} of {debidos} heard, p50 {cortes[9] * 1000:.0f} ms, p95 {cortes[18] * 1000:.0f} ms"
    )


async def _cpu(puerta: psutil.Process, segundos: float) -> float:
    antes, desde = sum(puerta.cpu_times()[:2]), time.monotonic()
    await asyncio.sleep(segundos)
    return (sum(puerta.cpu_times()[:2]) - antes) / (time.monotonic() - desde)


def main(corrientes: Annotated[int, typer.Option(help="How many streams.")] = 1000) -> None:
    """Measure."""
    consola = Console(stderr=True)
    with (
        cimientos(consola) as cosas,
        cosas.otra_puerta(BFF_TRABAJADORES="1", BFF_CORRIENTES=str(2 * corrientes)) as puerto,
    ):
        publicador = Publicador(cosas.conexiones.pulsar_url)
        (puerta,) = [
            hijo
            for hijo in psutil.Process().children(recursive=True)
            if any(c.laddr.port == puerto and c.status == psutil.CONN_LISTEN for c in hijo.net_connections("tcp"))
            and not hijo.children()
        ]
        print(f"a process of the door: {puerta.memory_info().rss / 2**20:.0f} MiB")
        for cuantas, por_segundo, de_todo in ((1, 20, False), (corrientes, 20, False), (corrientes, 2, True)):
            print(asyncio.run(medir(puerto, publicador, puerta, cuantas, por_segundo, de_todo=de_todo)), flush=True)
        publicador.cerrar()


if __name__ == "__main__":
    typer.run(main)
