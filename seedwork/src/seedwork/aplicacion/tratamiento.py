"""What becomes of deliveries: many are handled in one transaction, and what fails there, on its own.

Order within a key of a topic is kept where the subscription keeps it: while a message waits for its next attempt, later
ones with its key wait behind it, and every other key goes on. What can't be decoded is parked at once; what keeps
failing is parked after its last attempt; then the key goes on with the next message (contract §5).

A delivery is in one of four places: as it came, decoded and free, behind its key's first that waits, or done with. It
leaves the hand in :meth:`Tratamiento._soltar` alone, once it was acknowledged. Between the port call that decides a
delivery's fate and the place that says so stands no other port call: whatever a port raises, nothing falls between.
"""

import heapq
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice, takewhile
from statistics import linear_regression
from typing import Protocol

from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.recibido import Original, Recibido
from seedwork.aplicacion.ritmo import Ritmo

_LOTE_MINIMO = 10
"""No batch is made smaller than this for its pace: whatever a message costs then, a transaction costs more."""
_MEDIDAS = 16
"""Of so many batches the pace is known: older ones were of other messages, and of another load."""


@dataclass(frozen=True, slots=True)
class Ilegible:
    """A message that can't be decoded; trying again can't help.

    Attributes:
        original: as it travelled.
        motivo: why; it quotes no value of the message.
        en_espera: the id of the command that it was while it waited; empty for none.
    """

    original: Original
    motivo: str
    en_espera: str = ""


Leer = Callable[[Original], Recibido | Ilegible]
"""Decodes. It raises SinEsquemas where that can't be done now."""


class Acuse(Protocol):
    """Where deliveries came from."""

    def aceptar(self, llegado: Original, /) -> None:
        """Acknowledge a delivery."""
        ...


class Procesador(Protocol):
    """What handles messages: a bus."""

    def procesar(self, recibidos: Sequence[Recibido], *, lote: str | None = None) -> Collection[str]:
        """Handle all of them in one transaction, or none; answers the ids of those that wait elsewhere from now on."""
        ...


class Intentos(Protocol):
    """Durable memory of what was tried, so that a handler that kills its process is found out too."""

    @property
    def lote(self) -> str:
        """The id of this consumer's batch; it has one at a time, which ends with the transaction that handles it."""
        ...

    def empezar_lote(self, ids: Collection[str]) -> Collection[str]:
        """Note that these are about to be handled together; answers those of them that are to be handled on their own:
        they were in a batch, or in a single handling, that vanished with its process. Such a batch ends with that."""
        ...

    def terminar_lote(self) -> None:
        """The batch is given up, and its process did not die of it: it failed, or has not even run."""
        ...

    def empezar_intento(self, ce_id: str, tipo: str, maximo: int, *, vuelta: int = 0) -> tuple[int, str | None]:
        """Count a single handling before it begins, unless the message is known, or waits and this is an older copy of
        it (``vuelta``: how often it was made to wait); answers how many there were, and, beyond ``maximo``, the last
        one's error, None where it killed its process."""
        ...

    def anotar_error(self, ce_id: str, error: str) -> None:
        """Keep what went wrong: an error's type, never a message's value."""
        ...

    def aparcar(self, ce_id: str, intentos: int) -> None:
        """A message was parked after so many attempts: it is not to be tried again, nor waited for."""
        ...

    def no_esperar(self, ce_id: str) -> None:
        """The command waits no more, and its attempts are forgotten."""
        ...

    def esta_aparcado_sin_leer(self, llegado: Original) -> bool:
        """Whether this very message was parked unread before, however often it is delivered."""
        ...

    def aparcar_sin_leer(self, llegado: Original) -> None:
        """A message was parked unread: it is not to be parked again."""
        ...


class Cartas(Protocol):
    """The dead-letter place."""

    def aparcar(self, original: Original, *, error: str, intentos: int) -> None:
        """Park a message; when this returns, it is durable."""
        ...


class Testigo(Protocol):
    """Hears what happened, for logs and metrics. It raises nothing."""

    def acabado(self, recibido: Recibido, resultado: str) -> None:
        """A message is done with: "hecho", "en_espera" or "aparcado"."""
        ...

    def ilegible(self, ilegible: Ilegible) -> None:
        """A message was parked unread."""
        ...

    def fallo(self, recibido: Recibido, intento: int, error: str) -> None:
        """A single handling failed."""
        ...

    def lote_tratado(self, mensajes: int, segundos: float, error: str | None) -> None:
        """A batch was handled, or failed and will be halved."""
        ...


@dataclass(frozen=True, kw_only=True)
class Medios:
    """What deliveries are handled with; all subscriptions of a consumer share it.

    Attributes:
        es_ajeno: whether an error is trouble of broker or database, which no message is to blame for.
        lote: most messages in one transaction.
        ordenado: whether the order within a key is kept.
    """

    bus: Procesador
    leer: Leer
    intentos: Intentos
    cartas: Cartas
    testigo: Testigo
    entorno: Entorno
    ritmo: Ritmo
    es_ajeno: Callable[[BaseException], bool]
    lote: int
    ordenado: bool


_Clave = tuple[str, str]


@dataclass(slots=True, eq=False)
class _Entrega:
    """A message in this process's hands, not acknowledged yet.

    Attributes:
        llegado: what is to be acknowledged.
        clave: what it keeps the order of: its subject within its topic; or nobody's but its own.
        sola: whether it is to be handled on its own.
        intento: the single handling that is counted and not over: trouble of broker or database broke it off, and it
            goes on under the same number.
        agotada: the last one's error, once there is nothing left but to park it.
        con_carta: whether its letter is durable.
    """

    llegado: Original
    recibido: Recibido
    clave: _Clave
    sola: bool = False
    intento: int = 0
    agotada: str | None = None
    con_carta: bool = False


class Tratamiento:
    """The deliveries of one open subscription, in the hands of one thread.

    Whatever broker or database raise goes through to the caller, and costs no attempt: everything stays in hand, and
    the next step goes on from there. Once the subscription is closed, what is left here is the broker's again.

    Args:
        acuse: the subscription.
        medios: what its deliveries are handled with.
    """

    def __init__(self, acuse: Acuse, medios: Medios) -> None:
        self._acuse = acuse
        self._medios = medios
        self._crudas: deque[Original] = deque()
        self._libres: deque[_Entrega] = deque()
        self._colas: dict[_Clave, deque[_Entrega]] = {}
        self._hechas: deque[Original] = deque()
        self._con_carta: Original | None = None
        self._agenda: list[tuple[float, int, _Clave]] = []
        self._orden = count()
        self._retenidas = 0
        self._tope = medios.lote
        self._medidas: deque[tuple[int, float]] = deque(maxlen=_MEDIDAS)
        self._labores: dict[str, float] = {}

    def tomar(self, llegados: Iterable[Original]) -> None:
        """Take deliveries in hand, in the order in which they came."""
        self._crudas.extend(llegados)

    @property
    def cupo(self) -> int:
        """How many more may be taken in hand: no more than one batch, since what comes later waits behind them."""
        return max(0, min(self._medios.lote, self._tope, self._medios.ritmo.retenidos - self._retenidas))

    @property
    def en_mano(self) -> int:
        """How many deliveries are not acknowledged yet."""
        return len(self._crudas) + len(self._libres) + self._retenidas + len(self._hechas)

    @property
    def retenidas(self) -> int:
        """Of these, how many wait for another attempt, or behind one that does."""
        return self._retenidas

    @property
    def labores(self) -> Mapping[str, float]:
        """When the last handling of a message that was published on each topic came to an end, well or not, on the
        monotonic clock."""
        return self._labores

    def tiene_de(self, topico: str) -> bool:
        """Whether any of these was published on that topic. Any thread may ask."""
        # Each copy is made in one go; what is handled meanwhile on the consumer's own thread moves between them, and
        # is seen where it goes to.
        claves = [*list(self._colas), *(e.clave for e in list(self._libres))]
        return any(clave[0] == topico for clave in claves) or any(o.topico == topico for o in list(self._crudas))

    def hay(self) -> bool:
        """Whether :meth:`seguir` would do something."""
        if self._hechas or self._libres or self._crudas:
            return True
        return bool(self._agenda) and self._agenda[0][0] <= self._medios.entorno.monotono()

    def proxima(self) -> float | None:
        """When the next attempt is due, on the monotonic clock; None for none."""
        return self._agenda[0][0] if self._agenda else None

    def seguir(self) -> bool:
        """Do what is due next: one transaction at most. False when nothing is.

        Raises:
            Exception: trouble of broker or database; or anything else that a port should not have raised.
        """
        self._soltar()
        if self._agenda and self._agenda[0][0] <= self._medios.entorno.monotono():
            self._intentar(self._agenda[0][2])
        elif self._libres:
            self._tratar_libres()
        elif self._crudas:
            self._leer()
        else:
            return False
        self._soltar()
        return True

    def _soltar(self) -> None:
        """Acknowledge what is done with. Nothing leaves the hand anywhere else."""
        while self._hechas:
            self._acuse.aceptar(self._hechas[0])
            self._hechas.popleft()

    def _leer(self) -> None:
        """Decode what came, or park it."""
        medios = self._medios
        while self._crudas:
            llegado = self._crudas[0]
            leido = medios.leer(llegado)
            if isinstance(leido, Ilegible):
                self._aparcar_sin_leer(llegado, leido)
                self._hechas.append(llegado)
            else:
                sobre = leido.sobre
                de = sobre.sujeto if medios.ordenado else sobre.id
                self._acoger(_Entrega(llegado, leido, (leido.mensaje.topico, de)))
            self._crudas.popleft()

    def _aparcar_sin_leer(self, llegado: Original, ilegible: Ilegible) -> None:
        """Park it, unless that was done before a cursor was set back; trouble meanwhile makes no second letter."""
        medios = self._medios
        if ilegible.en_espera:
            # Those behind it would wait for it for ever.
            medios.intentos.no_esperar(ilegible.en_espera)
        if self._con_carta is not llegado:
            if medios.intentos.esta_aparcado_sin_leer(llegado):
                return
            medios.cartas.aparcar(ilegible.original, error=ilegible.motivo, intentos=0)
            self._con_carta = llegado
        medios.intentos.aparcar_sin_leer(llegado)
        self._con_carta = None
        medios.testigo.ilegible(ilegible)

    def _acoger(self, entrega: _Entrega) -> None:
        """It is free, unless its key waits."""
        cola = self._colas.get(entrega.clave)
        if cola is None:
            self._libres.append(entrega)
        else:
            cola.append(entrega)
            self._retenidas += 1

    def _retener(self, primera: _Entrega) -> None:
        """The first of the free ones is to be handled on its own, now; those of its key wait behind it."""
        de_la_clave = [e for e in self._libres if e.clave == primera.clave]
        self._libres = deque(e for e in self._libres if e.clave != primera.clave)
        self._colas[primera.clave] = deque(de_la_clave)
        self._retenidas += len(de_la_clave)
        heapq.heappush(self._agenda, (self._medios.entorno.monotono(), next(self._orden), primera.clave))

    def _liberar(self) -> None:
        """The first one of the key whose turn it was is done with; those behind it are free, before all others."""
        _, _, clave = heapq.heappop(self._agenda)
        cola = self._colas.pop(clave)
        self._retenidas -= len(cola)
        self._hechas.append(cola.popleft().llegado)
        self._libres.extendleft(reversed(cola))
        self._anotar_labor({clave[0]})

    def _tratar_libres(self) -> None:
        """Handle what is free, many in one transaction; a part that fails is halved, down to a single message.

        So one bad message among 500 costs some twenty transactions, not 500. What once vanished with its process is
        handled one by one, as is what failed alone: only single handling counts attempts.
        """
        intentos, testigo = self._medios.intentos, self._medios.testigo
        if self._tope == 1 or self._libres[0].sola:
            self._tope = max(2, self._tope)
            self._retener(self._libres[0])
            return
        lote = list(takewhile(lambda e: not e.sola, islice(self._libres, self._tope)))
        if solas := intentos.empezar_lote({e.recibido.sobre.id for e in lote}):
            intentos.terminar_lote()
            for entrega in lote:
                entrega.sola = entrega.recibido.sobre.id in solas
            return
        antes = self._medios.entorno.monotono()
        try:
            esperan = self._medios.bus.procesar([e.recibido for e in lote], lote=intentos.lote)
        except Exception as error:
            if self._medios.es_ajeno(error):
                # No message is to blame; but a database that is slow may manage fewer of them in its time.
                self._tope = min(self._tope, max(_LOTE_MINIMO, len(lote) // 2))
                raise
            self._tope = max(1, len(lote) // 2)
            self._anotar_labor({e.clave[0] for e in lote})
            testigo.lote_tratado(len(lote), self._medios.entorno.monotono() - antes, resumen(error))
            intentos.terminar_lote()
            return
        for entrega in lote:
            self._libres.popleft()
            self._hechas.append(entrega.llegado)
        segundos = self._medios.entorno.monotono() - antes
        self._medir(len(lote), segundos)
        self._anotar_labor({e.clave[0] for e in lote})
        testigo.lote_tratado(len(lote), segundos, None)
        for entrega in lote:
            testigo.acabado(entrega.recibido, _fin(entrega, esperan))

    def _medir(self, cuantas: int, segundos: float) -> None:
        """A batch is done: the next may be twice as large, yet not so large that what comes meanwhile waits long."""
        plazo, tope = self._medios.ritmo.lote_s, 2 * self._tope
        self._medidas.append((cuantas, segundos))
        if segundos > plazo / 2:
            tope = min(tope, max(_LOTE_MINIMO, _caben(self._medidas, plazo)))
        self._tope = min(self._medios.lote, max(2, tope))

    def _intentar(self, clave: _Clave) -> None:
        """Handle the first message of a key on its own, once; or park it, after its last attempt."""
        medios, entrega = self._medios, self._colas[clave][0]
        sobre, maximo = entrega.recibido.sobre, medios.ritmo.maximo
        if entrega.agotada is None and not entrega.intento:
            intento, anterior = medios.intentos.empezar_intento(
                sobre.id, sobre.tipo, maximo, vuelta=entrega.recibido.vuelta
            )
            if intento > maximo:
                entrega.agotada = anterior or "el proceso murió al tratarlo"
            else:
                entrega.intento = intento
        if entrega.agotada is None:
            try:
                esperan = medios.bus.procesar([entrega.recibido])
            except Exception as excepcion:
                if medios.es_ajeno(excepcion):
                    raise
                self._fallar(entrega, resumen(excepcion))
                return
            self._liberar()
            medios.testigo.acabado(entrega.recibido, _fin(entrega, esperan))
            return
        if not entrega.con_carta:
            medios.cartas.aparcar(entrega.recibido.original, error=entrega.agotada, intentos=maximo)
            entrega.con_carta = True
        medios.intentos.aparcar(sobre.id, maximo)
        self._liberar()
        medios.testigo.acabado(entrega.recibido, "aparcado")

    def _fallar(self, entrega: _Entrega, error: str) -> None:
        """A single handling failed: when the next one is due, or that there is none."""
        medios = self._medios
        medios.intentos.anotar_error(entrega.recibido.sobre.id, error)
        intento, entrega.intento = entrega.intento, 0
        if intento >= medios.ritmo.maximo:
            entrega.agotada = error
        proxima = medios.entorno.monotono() + medios.ritmo.espera(intento, medios.entorno.azar)
        if entrega.agotada is not None:
            proxima = medios.entorno.monotono()
        heapq.heapreplace(self._agenda, (proxima, next(self._orden), entrega.clave))
        self._anotar_labor({entrega.clave[0]})
        medios.testigo.fallo(entrega.recibido, intento, error)

    def _anotar_labor(self, topicos: Collection[str]) -> None:
        self._labores.update(dict.fromkeys(topicos, self._medios.entorno.monotono()))


def _caben(medidas: Collection[tuple[int, float]], plazo: float) -> int:
    """How many messages take so many seconds, by the batches of late: each its size, and its seconds.

    What a transaction costs by itself is left out, as far as batches of different sizes tell it: smaller ones would
    only pay it more often.
    """
    cuantas, segundos = zip(*medidas, strict=True)
    if min(cuantas) < max(cuantas):
        cada_una = linear_regression(cuantas, segundos).slope
    elif len(medidas) < _MEDIDAS:
        cada_una = sum(segundos) / sum(cuantas)
    else:
        # All alike: only another size tells what a transaction costs by now.
        return sys.maxsize
    return int(plazo / cada_una) if cada_una > 0 else sys.maxsize


def _fin(entrega: _Entrega, esperan: Collection[str]) -> str:
    return "en_espera" if entrega.recibido.sobre.id in esperan else "hecho"


def resumen(error: BaseException) -> str:
    """An error as it may be kept and shown: where and what, without any value that it quotes."""
    donde = ""
    pila = error.__traceback__
    while pila is not None:
        donde = f" en {pila.tb_frame.f_globals.get('__name__', '?')}:{pila.tb_lineno}"
        pila = pila.tb_next
    return f"{type(error).__name__}{donde}"
