"""What hands have in common: each takes what is due from a queue, one at a time, and has a process read it."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import structlog
from prometheus_client import Counter
from pydantic import TypeAdapter

from anonimizacion.empleado import Empleado, Impedido, Lectores, Perdido, Taller
from procesamiento.infraestructura.cola import ColaSQL
from seedwork.aplicacion.almacen import SinAlmacen
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada.proceso import es_ajeno

log = structlog.get_logger(__name__)

ARRIENDO_S = 15.0
"""Seconds that something stays with whoever took it last: a frozen worker keeps it from the others for no longer."""
SONDEO_S = 1.0
PAUSA_S = 5.0
"""Seconds before something is tried again."""
PAUSA_MAXIMA_S = 60.0
"""Seconds that a hand which gets nowhere rests at most, before it takes anything again."""
OCIO = round(60.0 / SONDEO_S)
"""Looks in a row that find nothing due, a minute of them, after which its process is ended: once it has read text in a
picture it holds 230 MB and more. The next one costs its first file 0.6 s, and 1.6 s where the reader is asked."""
_CORTESIA = 10
_ENTORNO = ("AWS_", "GOOGLE_", "NO_PROXY", "HTTPS_PROXY", "SSL_CERT_")
"""How the store lets the process in."""


class Tomado(Protocol):
    """What a queue holds."""

    id: str
    arriendo: int
    intentos: int

    @property
    def sobre(self) -> Mapping[str, Any] | None:
        """The envelope of the command that it is of."""
        ...


T = TypeVar("T", bound=Tomado)


def emplear(taller: Taller, preparar: str = "") -> Empleado:
    """A process for a hand: whoever handles messages goes first, and the store lets it in."""
    return Empleado(taller, preparar, cortesia=_CORTESIA, entorno=_ENTORNO)


def lectores(*tipos: type[Any]) -> Lectores:
    """What reads answers of these kinds, dataclasses, by the types of their fields."""
    return {tipo.__name__: partial(_leer, TypeAdapter(tipo)) for tipo in tipos}


def _leer(lector: TypeAdapter[Any], cuerpo: bytes) -> Any:
    if b"\\u0000" in cuerpo:
        raise ValueError("no text of a database holds a NUL")
    return lector.validate_json(cuerpo, strict=True)


class ManoDeCola(ABC, Generic[T]):
    """Takes from a queue, and has each read by a process that may die of it.

    Args:
        cola: the queue.
        que: what is in it, for logs.
        contador: counts attempts by their ends.
        empleado: the process.
    """

    def __init__(self, cola: ColaSQL[T], que: str, contador: Counter, empleado: Empleado) -> None:
        self._cola = cola
        self._que = que
        self._contador = contador
        self._empleado = empleado
        self._impedimentos = 0

    def correr(self, parada: threading.Event) -> None:
        """Work until ``parada`` is set; what is in hand then is given back. Nobody is employed for long who has nothing
        to do."""
        ociosas = 0
        while not parada.is_set():
            try:
                hubo = self.vuelta(parada)
            except Exception as error:
                if not es_ajeno(error):
                    raise
                log.warning("la mano espera", que=self._que, error=type(error).__name__)
                hubo = False
            ociosas = 0 if hubo else ociosas + 1
            if ociosas == OCIO:
                self.despedir()
            parada.wait(self.descanso() if hubo else SONDEO_S)
        self.despedir()

    def descanso(self) -> float:
        """Seconds to rest before the next one: the longer, the more in a row this machine, or the store, stood in the
        way of. Others, who may be better off, take them meanwhile."""
        return min(PAUSA_S * 2 ** (self._impedimentos - 1), PAUSA_MAXIMA_S) if self._impedimentos else 0.0

    def vuelta(self, parada: threading.Event) -> bool:
        """One, if any is due; whether there was one.

        Raises:
            Exception: the database is away.
        """
        tomado = self._cola.tomar(ARRIENDO_S)
        if tomado is None or tomado.sobre is None:
            return False
        sobre = Sobre.de_datos(tomado.sobre)
        with structlog.contextvars.bound_contextvars(correlacion=sobre.correlacion):
            impedimentos, self._impedimentos = self._impedimentos, 0
            try:
                fin = self._atender(tomado, sobre, parada)
            except (Impedido, SinAlmacen):
                self._cola.devolver(tomado, PAUSA_S, cuenta=False)
                self._impedimentos = impedimentos + 1
                fin = "impedido"
            except Perdido:
                self._cola.devolver(tomado, 0.0 if parada.is_set() else PAUSA_S, cuenta=not parada.is_set())
                fin = "perdido"
            self._contador.labels(fin).inc()
            log.info("atendido", que=self._que, fin=fin, intento=tomado.intentos)
        return True

    def despedir(self) -> None:
        """End the process, whatever it does; there is another when it is needed."""
        self._empleado.despedir()

    @abstractmethod
    def _atender(self, tomado: T, sobre: Sobre, parada: threading.Event) -> str:
        """Do what is to be done of it; how that ended.

        Raises:
            Perdido: it is not done: the attempt counts, unless all is to stop.
            Impedido, SinAlmacen: it can't be done here and now: that counts as none.
        """

    def _renovar(self, tomado: T) -> bool:
        """Whether it is still this hand's, as far as anybody can tell: what was done so far is not given up because the
        database is away for a moment, and whose it is in the end each transaction finds out."""
        try:
            return self._cola.renovar(tomado, ARRIENDO_S)
        except Exception as error:
            if not es_ajeno(error):
                raise
            log.warning("la mano espera", que=self._que, error=type(error).__name__)
            return True
