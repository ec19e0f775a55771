"""The broom: it deletes originals that nobody needs any more, and results that are nobody's."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

import structlog

from contratos.procesamiento import AnonimizarArchivo, AnonimizarPaquete
from procesamiento import NOMBRE
from procesamiento.infraestructura.archivos import ColaArchivosSQL
from seedwork.aplicacion.almacen import ORIGINALES, RESULTADOS, Almacen
from seedwork.aplicacion.broker import Atrasos
from seedwork.aplicacion.recibido import Recibido
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas

log = structlog.get_logger(__name__)

HUERFANOS_S = 600.0
"""Seconds between two looks for originals that nothing names."""
HUERFANO = timedelta(hours=24)
"""After so long, an original that nothing names goes, and a result."""
RESULTADOS_S = 86400.0
"""Seconds between two looks for results that nothing names: who stored one and died before it was noted."""
_SOBRANTES = 100_000
"""So many are kept in mind; what is beyond waits for :data:`HUERFANO`."""
_TANDA = 500
_HOLGURA = timedelta(hours=1)
"""By so much a command may be younger than its file, and clocks differ."""


class Sobrantes:
    """Originals that commands named which were handled, whatever came of them: refused, a repeat, the same once more.

    A worker's memory of them is enough: what one forgets that dies goes as what nothing names.
    """

    def __init__(self) -> None:
        self._uris: deque[str] = deque(maxlen=_SOBRANTES)

    def oir(self, atendidos: Sequence[Recibido]) -> None:
        """Hear of commands whose fates are committed."""
        for recibido in atendidos:
            mensaje = recibido.mensaje
            if isinstance(mensaje, AnonimizarArchivo):
                self._uris.append(mensaje.archivo.uri)
            elif isinstance(mensaje, AnonimizarPaquete):
                self._uris.extend(uri for uri in (mensaje.paquete.uri, mensaje.metadatos.uri) if uri)

    def tomar(self, cuantas: int) -> list[str]:
        """The oldest of them, which are forgotten here."""
        return [self._uris.popleft() for _ in range(min(cuantas, len(self._uris)))]

    def devolver(self, uris: Sequence[str]) -> None:
        """They are still to be looked at."""
        self._uris.extendleft(reversed(uris))


def oido(atrasos: Atrasos, cartas: timedelta) -> Callable[[datetime], datetime]:
    """Tells until when, at an instant, all commands about files have been heard.

    A dead letter names its file for as long as it can be replayed, and replayed it is as young as any command: so
    while there are commands on their way, or letters, whichever they are, nothing younger than these is heard out.

    Args:
        atrasos: the broker.
        cartas: how long dead letters are kept.
    """
    # The letters before the topics: one is published anew before it goes.
    donde = [(topico_cartas(NOMBRE), SUBSCRIPTION_CARTAS)]
    donde += [(tipo.topico, NOMBRE) for tipo in (AnonimizarArchivo, AnonimizarPaquete)]

    def hasta(ahora: datetime) -> datetime:
        vistos = [atrasos.mirar(topico, subscription) for topico, subscription in donde]
        return ahora - cartas if any(atraso.entradas for atraso in vistos) else ahora

    return hasta


class Escoba:
    """Deletes originals: at each pass those that were kept long enough, and those of commands that had no use for
    them; and now and then those that nothing names, and results likewise.

    Args:
        cola: the files.
        almacen: the platform's own store.
        sobrantes: what commands named that were handled.
        oido: until when, at that instant, all commands about files have been heard: a file whose command is still on
            its way is named by nothing yet.
    """

    def __init__(
        self, cola: ColaArchivosSQL, almacen: Almacen, sobrantes: Sobrantes, oido: Callable[[datetime], datetime]
    ) -> None:
        self._cola = cola
        self._almacen = almacen
        self._sobrantes = sobrantes
        self._oido = oido
        self._siguiente = self._siguiente_de_resultados = -math.inf

    def vuelta(self) -> None:
        """One pass.

        Raises:
            Exception: database, store or broker are away.
        """
        while vencidos := self._cola.retirar():
            for id, uri in vencidos:
                nombre = self._almacen.nombre(uri)
                # What is by reference is its owner's.
                if nombre is not None and nombre.startswith(ORIGINALES):
                    self._almacen.borrar(nombre)
                self._cola.sin_original(id)
        self._recoger()
        if time.monotonic() >= self._siguiente:
            # Before it is tried: who is away is not asked for all names at each pass.
            self._siguiente = time.monotonic() + HUERFANOS_S
            self._barrer_huerfanos()
        if time.monotonic() >= self._siguiente_de_resultados:
            self._siguiente_de_resultados = time.monotonic() + RESULTADOS_S
            self._barrer_resultados()

    def _recoger(self) -> None:
        while uris := self._sobrantes.tomar(_TANDA):
            propios = filter(None, map(self._almacen.nombre, uris))
            nombres = [nombre for nombre in propios if nombre.startswith(ORIGINALES)]
            try:
                self._borrar_huerfanos(nombres)
            except Exception:
                self._sobrantes.devolver(uris)
                raise

    def _barrer_huerfanos(self) -> None:
        ahora = self._cola.reloj()
        antes_de = min(ahora - HUERFANO, self._oido(ahora) - _HOLGURA)
        for nombres in self._por_tandas(ORIGINALES, antes_de):
            self._borrar_huerfanos(nombres)
        self._almacen.olvidar_a_medias(antes_de)

    def _barrer_resultados(self) -> None:
        antes_de = self._cola.reloj() - HUERFANO
        for nombres in self._por_tandas(RESULTADOS, antes_de):
            self._borrar_resultados([nombre.removeprefix(RESULTADOS) for nombre in nombres], antes_de)

    def _por_tandas(self, prefijo: str, antes_de: datetime) -> Iterator[list[str]]:
        """The names of what was there before then, so many at a time."""
        nombres = (objeto.nombre for objeto in self._almacen.listar(prefijo, antes_de))
        while tanda := list(islice(nombres, _TANDA)):
            yield tanda

    def _borrar_resultados(self, resumenes: list[str], antes_de: datetime) -> None:
        suyos = self._cola.de_alguien(resumenes)
        for nombre in (RESULTADOS + resumen for resumen in resumenes if resumen not in suyos):
            # Whoever makes the same content stores it anew, though it is there: then it is about to be somebody's.
            visto = self._almacen.describir(nombre)
            if visto is not None and visto.cambiado < antes_de:
                self._almacen.borrar(nombre)
                log.info("resultado de nadie borrado")

    def _borrar_huerfanos(self, nombres: list[str]) -> None:
        nombradas = self._cola.nombradas([self._almacen.uri(nombre) for nombre in nombres])
        huerfanos = [nombre for nombre in nombres if self._almacen.uri(nombre) not in nombradas]
        for nombre in huerfanos:
            self._almacen.borrar(nombre)
        if huerfanos:
            log.info("originales huérfanos borrados", cuantos=len(huerfanos))
