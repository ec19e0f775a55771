"""Health: liveness, readiness and metrics, the same in every process."""

import asyncio
import mmap
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as esperar
from typing import Any, Generic, TypeVar

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

T = TypeVar("T")

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


class Mirada(Generic[T]):
    """Looks at one part, on a thread of its own: one that hangs delays no other, and is not looked at twice at once.

    Args:
        nombre: the part's.
        hacer: the look.
        fallo: what it amounts to where it raises, told so in words: by the error's type alone.
        silencio: likewise, where there is no answer in time.
    """

    def __init__(
        self, nombre: str, hacer: Callable[[], T], fallo: Callable[[str], T], silencio: Callable[[str], T]
    ) -> None:
        self.nombre = nombre
        self.silencio = silencio
        self._hacer = hacer
        self._fallo = fallo
        self._hilo = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"mirada-{nombre}")
        self._cerrojo = threading.Lock()
        self._en_curso: Future[T] | None = None

    def empezar(self) -> "Future[T]":
        """The look in progress, or else a new one."""
        with self._cerrojo:
            if self._en_curso is None or self._en_curso.done():
                self._en_curso = self._hilo.submit(self._mirar)
            return self._en_curso

    def _mirar(self) -> T:
        try:
            return self._hacer()
        except Exception as error:
            return self._fallo(f"no responde ({type(error).__name__})")


def mirar(miradas: Iterable[Mirada[T]], plazo_s: float) -> dict[Mirada[T], T]:
    """Look at several parts at once, for so many seconds."""
    en_curso = {mirada: mirada.empezar() for mirada in miradas}
    esperar(en_curso.values(), timeout=plazo_s)
    return {
        mirada: futuro.result() if futuro.done() else mirada.silencio(f"sin respuesta en {plazo_s:g} s")
        for mirada, futuro in en_curso.items()
    }


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
    decisivas = [_de_parte(*p) for p in requeridas.items()]
    mostradas = [_de_parte(*p) for p in informativas.items()]
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


def _de_parte(nombre: str, comprobacion: Comprobacion) -> Mirada[str | None]:
    return Mirada(nombre, comprobacion, _tal_cual, _tal_cual)


def _tal_cual(motivo: str) -> str | None:
    return motivo


def _mirar(partes: Iterable[Mirada[str | None]]) -> dict[Mirada[str | None], str | None]:
    motivos = mirar(partes, PLAZO_S)
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
