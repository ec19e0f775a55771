"""Looking on at topics: what is published on them, heard once by a process, and taken from nobody.

A reader is no subscription: nothing waits for it on the broker, and what it has read is read by all others too. Where
it was is known here alone, and so it goes on there when a connection, or the broker, comes back.
"""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

import _pulsar
import pulsar
import structlog

from seedwork.aplicacion.broker import Esquemas, SinEsquemas
from seedwork.infraestructura.credencial import NADIE, Credencial
from seedwork.infraestructura.publicador import cerrar_cliente, crear_cliente
from seedwork.infraestructura.subscription import EsquemasPulsar, MensajePulsar, publicado

log = structlog.get_logger(__name__)

Lugar = tuple[int, int, int]
"""A message's place on its topic: ledger, entry, and its place in the entry; later ones compare greater."""
PAUSA_S = 1.0
"""Seconds until the broker is tried again."""
RONDA_S = 0.5
"""Seconds between two looks at whether all readers are connected."""
SIN_CONEXION_S = 3.0
"""Seconds that a reader may be without its broker before all are made anew: the client's own pauses grow to minutes."""
EN_CAMINO_S = 5.0
"""Seconds that a message which was published may still be on its way here."""
ABRIR_S = 20.0
"""Seconds that it may take until all readers are open: one that hangs must not keep the others from being made anew."""
_COLA = 500
_A_LA_VEZ = 8


@dataclass(frozen=True, slots=True)
class Leido:
    """A message that was read.

    Attributes:
        cual: its topic's place in the list that the reader was given.
        lugar: its place on the topic.
        publicado: when it was published, by its sender's clock, in seconds of the epoch.
        original: as it travelled.
    """

    cual: int
    lugar: Lugar
    publicado: float
    original: MensajePulsar


class _Toma:
    """One topic's reader; asleep while nothing is there for it."""

    __slots__ = ("_timbre", "cual", "dormida", "lector", "publicado")

    def __init__(self, cual: int, lector: pulsar.Reader, hay: bool, timbre: "SimpleQueue[_Timbrazo]") -> None:
        self.cual = cual
        self.lector = lector
        self._timbre = timbre
        self.dormida = not hay
        self.publicado = 0.0
        self.aguardar()

    def aguardar(self) -> None:
        """Ring when the next message is there."""
        timbre = self._timbre
        # On the client's own thread; what :mod:`pulsar.asyncio` awaits, without a loop.
        self.lector._reader.read_next_async(lambda resultado, mensaje: timbre.put((self, resultado, mensaje)))


_Timbrazo = tuple[_Toma, _pulsar.Result, _pulsar.Message]


def crear_lector(cliente: pulsar.Client, topico: str, desde: pulsar.MessageId, **como: Any) -> pulsar.Reader:
    """A reader under a name that nobody else has: of two who have the same one, the broker refuses the second.

    The client draws its readers' names from what was set when the library was loaded: processes that were forked after
    that draw the same ones.

    Raises:
        pulsar.PulsarException: the broker gives none.
    """
    return cliente.create_reader(topico, desde, subscription_role_prefix=uuid.uuid4().hex, **como)


class Lector:
    """Reads topics on a thread of its own, each in its order, and goes on after whatever happens to the broker.

    Args:
        url: the broker's URL.
        topicos: full names of topics that are not partitioned.
        desde: from when on what was published is read, in seconds of the epoch.
        oir: is handed what was read, on that thread, with the registry of its schemas. Where it raises
            ``SinEsquemas``, the same is read again.
        al_dia: is told, on that thread, every half a second while the broker is there: all that was published until
            then, in seconds of the epoch, has been handed over. None once it is away.
        quien: who we are, to a broker that asks.
    """

    def __init__(
        self,
        url: str,
        topicos: Sequence[str],
        desde: float,
        oir: Callable[[Sequence[Leido], Esquemas], None],
        al_dia: Callable[[float | None], None],
        *,
        quien: Credencial = NADIE,
    ) -> None:
        self._url = url
        self._quien = quien
        self._topicos = topicos
        self._desde = desde
        self._oir = oir
        self._al_dia = al_dia
        self._ultimos: dict[int, pulsar.MessageId] = {}
        self._fin = threading.Event()
        self._hilo = threading.Thread(target=self._trabajar, name="lector", daemon=True)

    def empezar(self) -> None:
        """Begin."""
        self._hilo.start()

    def parar(self) -> None:
        """End; returns soon, whatever the broker does."""
        self._fin.set()
        self._hilo.join(2 * RONDA_S)

    def _trabajar(self) -> None:
        while not self._fin.is_set():
            cliente = crear_cliente(self._url, quien=self._quien, espera_s=5)
            try:
                self._leer(cliente)
            except (pulsar.PulsarException, SinEsquemas) as error:
                log.warning("los tópicos que se miran no se pueden leer ahora", error=type(error).__name__)
            finally:
                self._al_dia(None)
                cerrar_cliente(cliente)
            self._fin.wait(PAUSA_S)

    def _leer(self, cliente: pulsar.Client) -> None:
        timbre: SimpleQueue[_Timbrazo] = SimpleQueue()
        esquemas = EsquemasPulsar(cliente)
        # Each asks the broker several things, one after the other.
        hilos = ThreadPoolExecutor(_A_LA_VEZ)
        try:
            abiertos = list(hilos.map(partial(self._abrir, cliente), range(len(self._topicos)), timeout=ABRIR_S))
        except TimeoutError:
            raise pulsar.Timeout from None
        finally:
            # Who hangs goes on when the client is closed.
            hilos.shutdown(wait=False, cancel_futures=True)
        tomas = [_Toma(cual, *abierto, timbre) for cual, abierto in enumerate(abiertos)]
        conectados = ronda = time.monotonic()
        while not self._fin.is_set():
            self._atender(timbre, esquemas)
            ahora = time.monotonic()
            if ahora - ronda < RONDA_S:
                continue
            ronda = ahora
            if all(toma.lector.is_connected() for toma in tomas):
                conectados = ahora
                self._decir_hasta_cuando(tomas)
            elif ahora - conectados > SIN_CONEXION_S:
                raise pulsar.NotConnected
            else:
                self._al_dia(None)

    def _decir_hasta_cuando(self, tomas: Sequence[_Toma]) -> None:
        """Of who sleeps nothing is to come but what is on its way; who is awake has come as far as its last one."""
        ahora = time.time() - EN_CAMINO_S
        self._al_dia(min((ahora if toma.dormida else min(toma.publicado, ahora) for toma in tomas), default=ahora))

    def _abrir(self, cliente: pulsar.Client, cual: int) -> tuple[pulsar.Reader, bool]:
        """A topic's reader, and whether something is there for it."""
        ultimo = self._ultimos.get(cual)
        lector = crear_lector(
            cliente, self._topicos[cual], ultimo or pulsar.MessageId.latest, receiver_queue_size=_COLA
        )
        if ultimo is None:
            lector.seek(int(self._desde * 1000))
        return lector, lector.has_message_available()

    def _atender(self, timbre: "SimpleQueue[_Timbrazo]", esquemas: Esquemas) -> None:
        """Hand over what is there: whoever rang, and what lies behind that."""
        try:
            toma, resultado, mensaje = timbre.get(timeout=RONDA_S)
        except Empty:
            return
        if resultado != _pulsar.Result.Ok:
            raise pulsar.NotConnected
        toma.dormida = False
        llegados = [pulsar.Message._wrap(mensaje)]
        while len(llegados) < _COLA and (otro := _siguiente(toma.lector)) is not None:
            llegados.append(otro)
        self._oir([_leido(toma.cual, llegado) for llegado in llegados], esquemas)
        self._ultimos[toma.cual] = llegados[-1].message_id()
        toma.publicado = publicado(llegados[-1]).timestamp()
        toma.dormida = len(llegados) < _COLA
        toma.aguardar()


def _siguiente(lector: pulsar.Reader) -> pulsar.Message | None:
    try:
        return lector.read_next(0)
    except pulsar.Timeout:
        return None


def _leido(cual: int, mensaje: pulsar.Message) -> Leido:
    id: Any = mensaje.message_id()
    # -1 for what has its entry for itself.
    lugar = (id.ledger_id(), id.entry_id(), max(0, id.batch_index()))
    return Leido(cual, lugar, publicado(mensaje).timestamp(), MensajePulsar(mensaje))
