"""What it costs to keep traces: where no collector is named, and where one takes all of them, or a tenth."""

import http.client
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection

import cargas
import psutil
import sagas
from cifras import Cifra, Piso, mediana, razones
from disparador import Disparo, aceptado, disparar, peticion
from entorno import Cimientos, completa
from rich.console import Console

from plataforma.sistema import cpu

CONEXIONES = 50
SEGUNDOS = 4.0
CALENTAMIENTO, SAGAS = 20, 50
META = 0.9


def medir(cimientos: Cimientos, rondas: int, **antes: str) -> list[Cifra]:
    """The door by turns, with no service beside it. CPU is that of the door's processes.

    Args:
        antes: further settings of a fourth door: PYTHONPATH, say, with the code of before.
    """
    serie = secrets.token_hex(4)
    peticiones = [peticion("POST", cargas.RUTA_IMAGEN, cargas.en_bytes(cargas.imagen(serie, i))) for i in range(5000)]
    with sumidero() as url, ExitStack() as pila:
        con = {"TRAZAS_OTLP": url}
        ajustes: dict[str, Mapping[str, str]] = {
            "no collector": {},
            "a tenth kept": con | {"TRAZAS_MUESTREO": "0.1"},
            "all kept": con,
        }
        if antes:
            ajustes["the code of before"] = antes
        puertas = {cual: pila.enter_context(cimientos.otra_puerta(**suyos)) for cual, suyos in ajustes.items()}
        medidos: dict[str, list[Disparo]] = {cual: [] for cual in puertas}
        gastos: dict[str, list[float]] = {cual: [] for cual in puertas}
        for puerto in puertas.values():
            aceptado(disparar(puerto, peticiones, CONEXIONES, 1.5))
        for ronda in range(rondas):
            # Each is first as often as the others are.
            turnos = list(puertas)[ronda % len(puertas) :] + list(puertas)[: ronda % len(puertas)]
            for cual in turnos:
                usada = _cpu(puertas[cual])
                disparo = aceptado(disparar(puertas[cual], peticiones, CONEXIONES, SEGUNDOS))
                gastos[cual].append(1e6 * (_cpu(puertas[cual]) - usada) / len(disparo.latencias))
                medidos[cual].append(disparo)
    velocidad = {cual: [d.por_segundo for d in suyos] for cual, suyos in medidos.items()}
    suelo = "the code of before" if antes else "no collector"
    return [
        Cifra(
            nombre=f"BFF image command, {cual}",
            valor=mediana(velocidad[cual]),
            unidad="requests/s",
            pisos=[
                Piso(nombre=suelo, valor=mediana(velocidad[suelo]), razon=razones(suyas, velocidad[suelo]), meta=META)
            ],
            detalle={
                "CPU us each": mediana(gastos[cual]),
                "of it, ratio": razones(gastos[suelo], gastos[cual]),
                "p50 ms": mediana([d.percentil_ms(50) for d in medidos[cual]]),
            },
        )
        for cual, suyas in velocidad.items()
    ]


def de_sagas(consola: Console, rondas: int) -> list[Cifra]:
    """Two whole platforms, one of which keeps all its traces: a subscription of one and of the other, by turns."""
    milisegundos: dict[bool, list[float]] = {False: [], True: []}
    with sumidero() as url, ExitStack() as pila:
        sin = pila.enter_context(completa(consola))
        os.environ["TRAZAS_OTLP"] = url
        pila.callback(os.environ.pop, "TRAZAS_OTLP", None)
        con = pila.enter_context(completa(consola))
        plataformas = {False: sin, True: con}
        puertas = {
            cual: pila.enter_context(closing(http.client.HTTPConnection("127.0.0.1", plataforma.bff)))
            for cual, plataforma in plataformas.items()
        }
        antes: dict[bool, float] = {}
        for numero in range(CALENTAMIENTO + SAGAS * rondas):
            if numero == CALENTAMIENTO:
                antes = {cual: _nuestra(p.corrida.cpu()) for cual, p in plataformas.items()}
            for cual, puerta in puertas.items():
                milisegundos[cual].append(1000 * sagas.una(puerta, numero))
        gastos = {
            cual: 1000 * (_nuestra(p.corrida.cpu()) - antes[cual]) / (SAGAS * rondas) for cual, p in plataformas.items()
        }
    seguida, libre = (mediana(milisegundos[cual][CALENTAMIENTO:]) for cual in (True, False))
    return [
        Cifra(
            nombre="202 to ACTIVA, all traces kept",
            valor=seguida,
            unidad="ms p50",
            pisos=[Piso(nombre="none kept", valor=libre, razon=libre / seguida, meta=META)],
            detalle={"CPU ms each, broker and database left out": gastos[True], "none kept": gastos[False]},
        )
    ]


@contextmanager
def sumidero() -> Iterator[str]:
    """A collector that keeps nothing, in a process of its own; its base URL."""
    contexto = get_context("spawn")
    aqui, alla = contexto.Pipe()
    proceso = contexto.Process(target=_tragar, args=(alla,), daemon=True)
    proceso.start()
    try:
        yield f"http://127.0.0.1:{aqui.recv()}"
    finally:
        proceso.terminate()
        proceso.join()


class _Trago(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


def _tragar(alla: Connection) -> None:
    servidor = ThreadingHTTPServer(("127.0.0.1", 0), _Trago)
    alla.send(servidor.server_port)
    servidor.serve_forever()


def _cpu(puerto: int) -> float:
    """Seconds of CPU that whoever listens there has used."""
    pids = {c.pid for c in psutil.net_connections("tcp") if c.laddr.port == puerto and c.status == psutil.CONN_LISTEN}
    return sum(cpu(psutil.Process(pid)) for pid in pids if pid)


def _nuestra(gastos: Mapping[str, float]) -> float:
    return sum(gasto for parte, gasto in gastos.items() if parte not in ("pulsar", "postgres", "correo"))
