"""The overview: how the platform is at a glance, answered from memory whatever the number of browsers (ADR 60).

An instance of the door has several processes. One of them looks at the services, once a second while somebody asks for
the overview and every five seconds otherwise, and writes what it saw into memory that all of them share; where it ends,
another one goes on within a second, with the history that it finds there.
"""

import fcntl
import json
import mmap
import os
import struct
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import flask
import structlog
from prometheus_client import REGISTRY, Metric, multiprocess

from bff_web.panorama.cifras import Aspecto, Tablero, Visto, aspecto_de, filas_de, leer_medidas
from seedwork.aplicacion.entorno import Entorno
from seedwork.entrada import multiproceso
from seedwork.entrada.parada import PARANDO
from seedwork.entrada.problemas import ErrorHttp
from seedwork.entrada.salud import Comprobacion, Mirada, mirar

log = structlog.get_logger(__name__)

PASO_S = 1.0
"""Seconds between two looks while somebody asks."""
REPOSO_S = 5.0
"""Likewise, while nobody does: so that whoever comes finds a history."""
ATENCION_S = 30.0
"""Seconds after which nobody asks any more."""
PLAZO_S = 0.8
"""Seconds that each part has to answer."""
_CABIDA = 256 * 1024


class Preguntado(Protocol):
    """A service that tells how it is (:class:`bff_web.servicios.Servicio`)."""

    def salud(self, plazo_s: float) -> Mapping[str, Any]:
        """What it says of its parts."""
        ...

    def metricas(self, plazo_s: float) -> str:
        """Its metrics."""
        ...


class Pizarra:
    """A page in memory that one process writes and all of a server's read: to be made before the fork.

    Args:
        reloj: seconds of a clock that all of them share.
    """

    _CABEZA = struct.Struct("=II")
    _MIRADA = struct.Struct("=d")

    def __init__(self, reloj: Callable[[], float] = time.monotonic) -> None:
        self._reloj = reloj
        self._memoria = mmap.mmap(-1, _CABIDA)
        self._desde = self._MIRADA.size
        self._turno = tempfile.TemporaryFile()  # noqa: SIM115 — held until the process ends
        self._leida: tuple[tuple[int, int], bytes] | None = None

    def tomar(self) -> bool:
        """Whether this process is the one that writes; it stays so until it ends, and then another may be."""
        try:
            # A record lock is a process's own, though the file was opened before the fork; it goes with the process.
            fcntl.lockf(self._turno, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def escribir(self, pagina: bytes) -> None:
        """Put a page there.

        Raises:
            ValueError: it does not fit.
        """
        cabeza = self._CABEZA.pack(len(pagina), zlib.crc32(pagina))
        fin = self._desde + len(cabeza) + len(pagina)
        if fin > _CABIDA:
            raise ValueError(f"la página no cabe: {len(pagina)} octetos")
        self._memoria[self._desde : fin] = cabeza + pagina

    def leer(self) -> bytes | None:
        """The page; None where there is none yet. It waits for nobody: one that is half written is told by its sum, and
        then it is the one that was read before."""
        largo, suma = cabeza = self._CABEZA.unpack_from(self._memoria, self._desde)
        if self._leida is None or self._leida[0] != cabeza:
            desde = self._desde + self._CABEZA.size
            pagina = bytes(self._memoria[desde : desde + largo])
            if largo and zlib.crc32(pagina) == suma:
                self._leida = cabeza, pagina
        return None if self._leida is None else self._leida[1]

    def pedir(self) -> None:
        """Somebody asks for it now."""
        self._MIRADA.pack_into(self._memoria, 0, self._reloj())

    @property
    def pedida(self) -> bool:
        """Whether somebody has asked for it of late."""
        (cuando,) = self._MIRADA.unpack_from(self._memoria, 0)
        return bool(cuando) and self._reloj() - cuando < ATENCION_S


class Panorama:
    """The overview of one instance of the door.

    Args:
        servicios: the services, by name.
        partes: by name, the checks of what it stands on besides.
        entorno: its clocks.
        de_clientes: the addresses, as Flask writes them, whose requests are counted.
    """

    def __init__(
        self,
        servicios: Mapping[str, Preguntado],
        partes: Mapping[str, Comprobacion],
        entorno: Entorno,
        de_clientes: Collection[str],
    ) -> None:
        self._servicios = servicios
        self._comprobaciones = partes
        self._entorno = entorno
        self._de_clientes = de_clientes
        self.pizarra = Pizarra()

    def registrar(self, app: flask.Flask) -> None:
        """Add its route."""
        app.add_url_rule("/panorama", "panorama", self._ver)

    async def _ver(self) -> flask.Response:
        self.pizarra.pedir()
        pagina = self.pizarra.leer()
        if pagina is None:
            raise ErrorHttp(503, "Aún no se ha mirado nada.", cabeceras={"Retry-After": "1"})
        return flask.Response(pagina, content_type="application/json", headers={"Cache-Control": "no-store"})

    def empezar(self) -> None:
        """Look, or stand by for whoever does, from now on; in a process that serves."""
        threading.Thread(target=self.correr, name="panorama", daemon=True).start()

    def correr(self) -> None:
        """Look, or stand by, until the process is told to stop."""
        while not self.pizarra.tomar():
            if PARANDO.wait(PASO_S):
                return
        mirador = Mirador(self._servicios, self._comprobaciones, self._entorno, self._de_clientes, self.pizarra.leer())
        proxima = self._entorno.monotono()
        while True:
            ahora = self._entorno.monotono()
            if self.pizarra.pedida or ahora >= proxima:
                proxima = ahora + REPOSO_S
                try:
                    self.pizarra.escribir(json.dumps(mirador.mirar(), ensure_ascii=False).encode())
                except Exception as error:
                    # Nobody's request fails for it, and the page tells of when it is.
                    log.warning("sin panorama por ahora", error=type(error).__name__)
            if PARANDO.wait(max(0.05, PASO_S - (self._entorno.monotono() - ahora))):
                return


class Mirador:
    """Looks at all there is, at once.

    Args:
        antes: the overview that somebody else has told before, with its history.
    """

    def __init__(
        self,
        servicios: Mapping[str, Preguntado],
        partes: Mapping[str, Comprobacion],
        entorno: Entorno,
        de_clientes: Collection[str],
        antes: bytes | None = None,
    ) -> None:
        self._de_clientes = de_clientes
        self._entorno = entorno
        self._servicios = [Mirada(n, partial(_preguntar, s), _sin_ver, _sin_ver) for n, s in servicios.items()]
        mal, callada = partial(Aspecto, "MAL"), partial(Aspecto, "SIN_DATOS")
        self._partes = [Mirada(nombre, partial(_comprobar, c), mal, callada) for nombre, c in partes.items()]
        self._tablero = Tablero(list(servicios), filas_de(json.loads(antes)) if antes else ())

    def mirar(self) -> dict[str, Any]:
        """What the overview says now."""
        todas: list[Mirada[Any]] = [*self._servicios, *self._partes]
        vistas = mirar(todas, PLAZO_S)
        return self._tablero.anotar(
            self._entorno.ahora(),
            self._entorno.monotono(),
            {mirada.nombre: vistas[mirada] for mirada in self._partes},
            {mirada.nombre: vistas[mirada] for mirada in self._servicios},
            peticiones(self._de_clientes),
        )


def _preguntar(servicio: Preguntado) -> Visto:
    medidas = leer_medidas(servicio.metricas(PLAZO_S))
    return Visto(aspecto_de(servicio.salud(PLAZO_S), medidas), medidas)


def _sin_ver(motivo: str) -> Visto:
    return Visto(Aspecto("SIN_DATOS", motivo))


def _comprobar(comprobacion: Comprobacion) -> Aspecto:
    motivo = comprobacion()
    return Aspecto("BIEN") if motivo is None else Aspecto("MAL", motivo)


def peticiones(de_clientes: Collection[str]) -> int:
    """How many requests to these addresses this instance has answered, in all its processes."""
    return sum(
        int(muestra.value)
        for familia in _medidas_propias()
        if familia.name == "saludtech_http_segundos"
        for muestra in familia.samples
        if muestra.name.endswith("_count") and muestra.labels["ruta"] in de_clientes
    )


def _medidas_propias() -> list[Metric]:
    carpeta = os.environ.get(multiproceso.VARIABLE)
    if carpeta is None:
        return list(REGISTRY.collect())
    with multiproceso.leyendo():
        archivos = [str(archivo) for archivo in Path(carpeta).glob("histogram_*.db")]
        return list(multiprocess.MultiProcessCollector.merge(archivos))  # type: ignore[no-untyped-call]
