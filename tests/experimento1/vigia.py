"""Looks at the platform while it works: each part's CPU, and how old what waits is; and how many commands ended."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg2
from tests.saga.bases import filas

from contratos import Mensaje
from contratos.procesamiento import AnonimizarImagen
from contratos.suscripciones import CrearSuscripcion
from plataforma.sistema import cpu, familia
from seedwork.aplicacion.broker import SinAvance
from seedwork.infraestructura.avance import AtrasosPulsar

CADA_S = 1.0
ORDENES: Mapping[str, type[Mensaje]] = {"procesamiento": AnonimizarImagen, "suscripciones": CrearSuscripcion}
"""What the load asks for, by who does it."""
DESTINOS = "SELECT estado, count(*) FROM comandos GROUP BY 1"


@dataclass
class Serie:
    """What was seen of one thing: seconds since 1970, and the value."""

    puntos: list[tuple[float, float]] = field(default_factory=list)

    def entre(self, desde: float, hasta: float) -> list[float]:
        """The values of a time."""
        return [valor for cuando, valor in self.puntos if desde <= cuando <= hasta]


class Vigia:
    """A look each second, from `with` to its end.

    Attributes:
        cpu: by part, per cent of one core.
        espera_s: by service, the age of the oldest command that waits, in seconds; 0 for none.
    """

    def __init__(self, admin_url: str, pids: Callable[[], Mapping[str, int]]) -> None:
        self.cpu: dict[str, Serie] = defaultdict(Serie)
        self.espera_s: dict[str, Serie] = defaultdict(Serie)
        self._atrasos = AtrasosPulsar(admin_url)
        self._pids = pids
        self._fin = threading.Event()
        self._hilo = threading.Thread(target=self._velar, daemon=True)

    def __enter__(self) -> "Vigia":
        self._hilo.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._fin.set()
        self._hilo.join()

    def _velar(self) -> None:
        antes: dict[str, tuple[int, float]] = {}
        visto = time.monotonic()
        while not self._fin.wait(CADA_S):
            ahora, lapso, visto = time.time(), time.monotonic() - visto, time.monotonic()
            for nombre, pid in self._pids().items():
                usado = sum(map(cpu, familia(pid)))
                previo = antes.get(nombre)
                # A process that was started again began to count anew.
                if previo and previo[0] == pid and usado >= previo[1]:
                    self.cpu[nombre].puntos.append((ahora, 100 * (usado - previo[1]) / lapso))
                antes[nombre] = (pid, usado)
            for servicio in ORDENES:
                if (espera := self._espera_s(servicio)) is not None:
                    self.espera_s[servicio].puntos.append((ahora, espera))

    def _espera_s(self, servicio: str) -> float | None:
        """As the platform itself measures it; None while the broker does not tell."""
        try:
            hito = self._atrasos.mirar(ORDENES[servicio].topico, servicio).mas_antiguo
        except SinAvance:
            return None
        return (datetime.now(UTC) - hito).total_seconds() if hito else 0.0


def destinos(base: str) -> dict[str, int]:
    """How many commands of a service have ended, by their fate; none while its database is away."""
    try:
        return dict(filas(base, DESTINOS))
    except psycopg2.OperationalError:
        return {}
