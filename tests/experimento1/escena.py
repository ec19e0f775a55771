"""The stage of experiment 1: the platform behind its balancer, JMeter before it, and somebody who looks on."""

import json
import os
import secrets
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import urllib3
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console
from tests.experimento1.jmeter import Muestra, Muestras
from tests.experimento1.vigia import ORDENES, destinos
from tests.fallos.cimiento import Cimiento, cimiento
from tests.fallos.escenario import Guardia
from tests.saga.bases import filas
from tests.saga.plataforma_viva import Plataforma, Proceso, Trabajadores, plataforma_viva

from plataforma.balanceador import programa
from plataforma.corrida import SEGUNDOS_ENTRE_ESCALAS
from plataforma.partes import Parte
from plataforma.puertos import LOCAL, Puerto, libres

TERMINAR_S = 300.0
"""Longest wait for what was accepted to be done, after the last answer."""
QUIETO_S = 60.0
"""After so long without one more command that ends, no more is waited for."""
DELANTE = "bff-2-delante"
"""What stands between the balancer and the second instance, where that one is to err."""
IMAGENES = "SELECT id FROM imagenes"
CLIENTES = "SELECT id FROM clientes"
EN_CURSO = "SELECT count(*) FROM suscripciones WHERE saga -> 'en_curso' = 'true'::jsonb"
SAGAS = "SELECT concat_ws(' ', estado, motivo), count(*) FROM suscripciones GROUP BY 1"


class Escalador:
    """Starts and stops workers by the platform's own metric, as the runner of `make run PROCESAMIENTO=auto` does."""

    def __init__(self, viva: Plataforma) -> None:
        self._viva = viva
        self._fin = threading.Event()
        self._hilo = threading.Thread(target=self._escalar, daemon=True)
        self.deseados: list[int] = []
        """What the metric said, each time that it was asked."""
        self.en_marcha: list[int] = []
        """How many ran then."""

    def __enter__(self) -> "Escalador":
        self._hilo.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._fin.set()
        self._hilo.join()

    def _escalar(self) -> None:
        while not self._fin.wait(SEGUNDOS_ENTRE_ESCALAS):
            for escalado in self._viva.escalados:
                if (deseados := escalado.deseados()) is None:
                    continue
                self.deseados.append(deseados)
                detenidos = [n for n in escalado.trabajadores if self._viva.proceso(n).parado]
                arrancar, parar = escalado.cambios(deseados, detenidos)
                for nombre in arrancar:
                    self._viva.proceso(nombre).arrancar()
                for nombre in parar:
                    self._viva.proceso(nombre).parar()
                self.en_marcha.append(sum(not self._viva.proceso(n).parado for n in escalado.trabajadores))


class Averia:
    """A Caddy of the tests' between the balancer and the second instance: while a file is there, it answers 500 to all.

    But for health, which it passes on: what errs says that it is well.
    """

    def __init__(self, carpeta: Path) -> None:
        carpeta.mkdir(exist_ok=True)
        self._carpeta = carpeta
        self._senal = carpeta / "yerra"
        self._registro = carpeta / "recibidas.json"

    def empezar(self) -> None:
        """From now on, it errs."""
        self._senal.touch()

    def acabar(self) -> None:
        """It is well again."""
        self._senal.unlink(missing_ok=True)

    def recibidas(self) -> list[tuple[float, int]]:
        """What came through, health apart: when, and what was answered."""
        lineas = self._registro.read_text("utf-8").splitlines() if self._registro.exists() else []
        entradas = (json.loads(linea) for linea in lineas)
        return [(e["ts"], e["status"]) for e in entradas if not e["request"]["uri"].startswith("/salud/")]

    def interponer(self, partes: list[Parte]) -> list[Parte]:
        """The parts, with the second instance on another port and this on its own."""
        segunda = next(parte for parte in partes if parte.nombre == "bff-2")
        (suyo,), (nuevo,) = segunda.puertos, libres(1)
        otra = replace(segunda, entorno={**segunda.entorno, "BFF_PUERTO": str(nuevo)}, puertos=())
        otra = replace(otra, puertos=(Puerto(nuevo, segunda.nombre, suyo.variable),))
        archivo = self._carpeta / "caddy.json"
        archivo.write_text(json.dumps(self._configuracion(suyo.numero, nuevo), indent=1), encoding="utf-8")
        orden = [str(programa()), "run", "--config", str(archivo)]
        entorno = {"XDG_DATA_HOME": str(self._carpeta), "XDG_CONFIG_HOME": str(self._carpeta)}
        # Both are ready when the instance is, as it is seen through this.
        delante = Parte(DELANTE, segunda.grupo, orden, segunda.sonda, (suyo,), entorno)
        balanceador = partes.index(next(parte for parte in partes if parte.nombre == "balanceador"))
        return [
            *(otra if parte is segunda else parte for parte in partes[:balanceador]),
            delante,
            *partes[balanceador:],
        ]

    def _configuracion(self, puerto: int, detras: int) -> dict[str, Any]:
        pasar = {"handler": "reverse_proxy", "upstreams": [{"dial": f"{LOCAL}:{detras}"}]}
        yerra = {"file": {"root": str(self._carpeta), "try_files": [self._senal.name]}}
        rutas = [
            {"match": [{"path": ["/salud/*"]}], "handle": [pasar], "terminal": True},
            {"match": [yerra], "handle": [{"handler": "static_response", "status_code": 500}], "terminal": True},
            {"handle": [pasar]},
        ]
        servidor = {
            "listen": [f"{LOCAL}:{puerto}"],
            "protocols": ["h1"],
            "automatic_https": {"disable": True},
            "routes": rutas,
            "logs": {},
        }
        registro = {"writer": {"output": "file", "filename": str(self._registro), "roll": False}}
        registro |= {"include": ["http.log.access"], "encoder": {"format": "json"}}
        return {
            "admin": {"disabled": True, "config": {"persist": False}},
            "logging": {"logs": {"default": {"level": "ERROR"}, "recibidas": registro}},
            "apps": {"http": {"servers": {"delante": servidor}}},
        }


@dataclass
class Cuentas:
    """What became of the commands.

    Attributes:
        aceptadas: those that got 202.
        inciertas: those whose answer was lost: nobody knows.
        rechazadas_en_la_puerta: all others, by their status.
        destinos: by the fate that their owner told: APLICADO, RECHAZADO.
        en_cola: accepted, and not ended when no more was waited for.
        inciertas_hechas: of the uncertain ones, how many turned out to be done (where each is like no other).
        sagas: how the subscriptions ended, with the reason where they were refused.
        sagas_en_curso: how many had not, when no more was waited for.
        filas_de_imagenes: how many images there are now: one for the verbatim body.
        terminar_s: seconds from the last answer until all had ended.
    """

    aceptadas: int = 0
    inciertas: int = 0
    rechazadas_en_la_puerta: Counter[str] = field(default_factory=Counter)
    destinos: Counter[str] = field(default_factory=Counter)
    en_cola: int = 0
    inciertas_hechas: int = 0
    sagas: Counter[str] = field(default_factory=Counter)
    sagas_en_curso: int = 0
    filas_de_imagenes: int = 0
    terminar_s: float = 0.0

    @property
    def terminadas(self) -> int:
        """How many commands have ended."""
        return self.destinos.total()

    @property
    def rechazadas(self) -> int:
        """How many were refused, by the door or by their owner."""
        return self.rechazadas_en_la_puerta.total() + self.destinos["RECHAZADO"]


@dataclass
class Escena:
    """What a variant's event gets to lay hands on."""

    cimiento: Cimiento
    plataforma: Plataforma
    guardia: Guardia
    averia: Averia | None
    escalador: Escalador

    def proceso(self, nombre: str) -> Proceso:
        """A process, as `make run` names it."""
        return self.plataforma.proceso(nombre)

    def pids(self) -> dict[str, int]:
        """What runs now, servers too."""
        suyos = {proceso.nombre: proceso.pid for proceso in self.plataforma.procesos if not proceso.parado}
        return suyos | {nombre: self.cimiento.pid(nombre) for nombre in ("pulsar", "postgres")}

    def preguntar(self, ruta: str) -> int:
        """A query's status."""
        return urllib3.request("GET", self.plataforma.bff + ruta, retries=False, timeout=20).status

    def atendidas(self, nombre: str) -> int:
        """How many image commands an instance of the door has answered since its start."""
        texto = urllib3.request(
            "GET", f"http://{LOCAL}:{self.proceso(nombre).puerto}/metrics", retries=False, timeout=20
        ).data.decode()
        return sum(
            int(muestra.value)
            for familia in text_string_to_metric_families(texto)
            for muestra in familia.samples
            if muestra.name.endswith("_count") and muestra.labels.get("ruta") == "/procesar/procesar-imagen"
        )

    def retirar(self, nombre: str) -> None:
        """Ask a process, and none of its children, to go: as process managers and clouds do."""
        os.kill(self.proceso(nombre).pid, signal.SIGTERM)

    def congelar(self, nombre: str) -> None:
        """Stop a process and its children in their tracks; they answer nothing from now on, and hold what they hold."""
        os.killpg(self.proceso(nombre).pid, signal.SIGSTOP)

    def contar(self, muestras: Muestras) -> Cuentas:
        """Wait until what was accepted has ended, or nothing ends any more, and count."""
        cuentas = Cuentas(aceptadas=muestras.codigos(ordenes=True)["202"])
        for codigo, cuantas in muestras.codigos(ordenes=True).items():
            if incierta(codigo):
                cuentas.inciertas += cuantas
            elif codigo != "202":
                cuentas.rechazadas_en_la_puerta[codigo] += cuantas
        comienzo = movido = time.monotonic()
        vistas = (-1, 0)
        while True:
            cuentas.destinos = sum((Counter(destinos(self.plataforma.bases[s])) for s in ORDENES), Counter())
            cuentas.sagas_en_curso = int(filas(self.plataforma.bases["suscripciones"], EN_CURSO)[0][0])
            # Where each has an id of its own, by these: what came of an uncertain one makes up for nothing.
            sin_hacer = len(perdidas(muestras, self.hechas()))
            cuentas.en_cola = max(0, cuentas.aceptadas - cuentas.terminadas, sin_hacer)
            faltan = max(cuentas.aceptadas - cuentas.terminadas + cuentas.sagas_en_curso, sin_hacer)
            ahora = time.monotonic()
            if vistas != (cuentas.terminadas, cuentas.sagas_en_curso):
                vistas, movido = (cuentas.terminadas, cuentas.sagas_en_curso), ahora
            if faltan <= 0 or ahora - comienzo > TERMINAR_S or ahora - movido > QUIETO_S:
                break
            time.sleep(0.2)
        cuentas.terminar_s = movido - comienzo if faltan <= 0 else ahora - comienzo
        cuentas.sagas = Counter(dict(filas(self.plataforma.bases["suscripciones"], SAGAS)))
        cuentas.filas_de_imagenes = filas(self.plataforma.bases["procesamiento"], "SELECT count(*) FROM imagenes")[0][0]
        return cuentas

    def hechas(self) -> set[str]:
        """The ids of all images, and of all clients, that there are."""
        imagenes = {str(id) for (id,) in filas(self.plataforma.bases["procesamiento"], IMAGENES)}
        return imagenes | {str(codigo) for (codigo,) in filas(self.plataforma.bases["suscripciones"], CLIENTES)}


def incierta(codigo: str) -> bool:
    """Whether an answer leaves open what became of a command: the balancer's own, or none at all."""
    return codigo in ("502", "504") or not codigo.isdigit()


def perdidas(muestras: Muestras, hechas: set[str]) -> list[Muestra]:
    """Of what is like no other: the requests that were accepted, and did not come to be."""
    return [m for m in muestras if m.propio and m.codigo == "202" and m.propio not in hechas]


@contextmanager
def escena(consola: Console, *, trabajadores: Trabajadores, averia: bool, de_paso: bool) -> Iterator[Escena]:
    """Two instances of the door behind the balancer, so many procesamiento workers, and the rest; ready in the body.

    Raises ErrorPlataforma where the balancer's program is not there, before anything is started.
    """
    programa()
    with ExitStack() as pila:
        base: Cimiento = pila.enter_context(cimiento(consola, de_paso=de_paso))
        carpeta = base.carpeta / f"experimento1-{secrets.token_hex(4)}"
        carpeta.mkdir()
        estorbo = Averia(carpeta / "averia") if averia else None
        viva = pila.enter_context(
            plataforma_viva(
                base.servidores,
                carpeta,
                procesamiento=trabajadores,
                bff=2,
                arreglar=estorbo.interponer if estorbo else list,
            )
        )
        guardia = pila.enter_context(Guardia(viva.procesos))
        yield Escena(base, viva, guardia, estorbo, pila.enter_context(Escalador(viva)))
