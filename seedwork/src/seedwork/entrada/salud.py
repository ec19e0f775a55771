"""Health: liveness, readiness and metrics, the same in every process."""

import asyncio
import mmap
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as esperar
from typing import Any

import flask
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    generate_latest,
    multiprocess,
)

from seedwork.entrada import multiproceso, parada
from seedwork.entrada.problemas import problema

Comprobacion = Callable[[], str | None]
"""Looks at one part: None when it is ready, else a text that says why not. It may raise instead: only the
exception's type is shown then, since its text may quote an address or a secret."""

Papel = Callable[[], str]
"""What a part is among others alike, in a word: DIRIGE, A_LA_ESPERA. It waits for nothing."""

PLAZO_S = 2.0
"""Seconds that the parts have to answer."""

PARTE_LISTA = Gauge(
    "saludtech_parte_lista",
    "1 when the part was ready at the last look",
    ["parte"],
    multiprocess_mode="mostrecent",
)


class _Parte:
    """One part, looked at by one thread of its own: a part that hangs delays no other."""

    def __init__(self, nombre: str, comprobacion: Comprobacion) -> None:
        self.nombre = nombre
        self._comprobacion = comprobacion
        self._hilo = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"salud-{nombre}")
        self._cerrojo = threading.Lock()
        self._mirada: Future[str | None] | None = None

    def mirar(self) -> "Future[str | None]":
        """The look in progress, or else a new one."""
        with self._cerrojo:
            if self._mirada is None or self._mirada.done():
                self._mirada = self._hilo.submit(self._motivo)
            return self._mirada

    def _motivo(self) -> str | None:
        try:
            return self._comprobacion()
        except Exception as error:
            return f"no responde ({type(error).__name__})"


SALUD = "salud"
"""The blueprint of these routes."""


def crear_salud(
    requeridas: Mapping[str, Comprobacion], informativas: Mapping[str, Comprobacion], papeles: Mapping[str, Papel]
) -> flask.Blueprint:
    """The routes ``/salud/viva``, ``/salud/lista``, ``/salud/trafico`` and ``/metrics``.

    Args:
        requeridas: by name, the checks that decide readiness.
        informativas: by name, the checks that are shown and decide nothing.
        papeles: by name, what is said of a part, whether it is ready or not.
    """
    plano = flask.Blueprint(SALUD, __name__)
    decisivas = [_Parte(*p) for p in requeridas.items()]
    mostradas = [_Parte(*p) for p in informativas.items()]
    # Of all processes that are forked from this one: a balancer asks the instance, whichever of them answers.
    estuvo_lista = mmap.mmap(-1, 1)

    # These two are coroutines: on the loop, they wait behind no view that waits for a service.
    @plano.get("/salud/viva")
    async def viva() -> dict[str, str]:
        return {"estado": "VIVA"}

    @plano.get("/salud/lista")
    def lista() -> Any:
        motivos = _mirar([*decisivas, *mostradas])
        partes = {p.nombre: _mostrar(motivos[p]) for p in decisivas}
        cuerpo: dict[str, Any] = {
            "partes": partes,
            "informativas": {p.nombre: _mostrar(motivos[p]) for p in mostradas},
        }
        if papeles:
            cuerpo["papeles"] = {nombre: papel() for nombre, papel in papeles.items()}
        faltan = [nombre for nombre, parte in partes.items() if not parte["lista"]]
        if faltan:
            detalle = f"No está listo: {', '.join(faltan)}."
            return problema(503, detalle, cabeceras={"Retry-After": "1"}, estado="NO_LISTA", **cuerpo)
        return {"estado": "LISTA", **cuerpo}

    @plano.get("/salud/trafico")
    async def trafico() -> Any:
        """For balancers (contract §7): what becomes of broker and services later is no reason to send elsewhere what
        every other instance can do no better."""
        if parada.PARANDO.is_set():
            return problema(503, "Se está deteniendo.", estado="CERRADA")
        if not estuvo_lista[0]:
            if any((await asyncio.to_thread(_mirar, decisivas)).values()):
                return problema(503, "Aún no ha estado lista.", cabeceras={"Retry-After": "1"}, estado="CERRADA")
            estuvo_lista[0] = 1
        return {"estado": "ABIERTA"}

    @plano.get("/metrics")
    def metricas() -> flask.Response:
        return flask.Response(_medidas(), content_type=CONTENT_TYPE_LATEST)

    return plano


def _mirar(partes: Iterable[_Parte]) -> dict[_Parte, str | None]:
    miradas = {parte: parte.mirar() for parte in partes}
    esperar(miradas.values(), timeout=PLAZO_S)
    motivos = {p: m.result() if m.done() else f"sin respuesta en {PLAZO_S:g} s" for p, m in miradas.items()}
    for parte, motivo in motivos.items():
        PARTE_LISTA.labels(parte.nombre).set(motivo is None)
    return motivos


def _mostrar(motivo: str | None) -> dict[str, Any]:
    return {"lista": motivo is None, "detalle": motivo}


def _medidas() -> bytes:
    """This process's metrics; those of all of a server's processes where they share a folder for them."""
    if multiproceso.VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    comunes = CollectorRegistry()
    multiprocess.MultiProcessCollector(comunes)  # type: ignore[no-untyped-call]
    with multiproceso.leyendo():
        return generate_latest(comunes)
