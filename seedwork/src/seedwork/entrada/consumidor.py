"""The consumer loop: receives many, handles them in one transaction, and falls back to one by one.

Order within a key of a topic is kept: while a message waits for its next attempt, later ones with its key wait behind
it, and every other key goes on. What can't be decoded is parked at once; what keeps failing is parked after its last
attempt; then the key goes on with the next message (contract §5).
"""

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

import pulsar
import structlog

from seedwork.aplicacion.bus import Bus, Recibido
from seedwork.aplicacion.espera import Aplazado
from seedwork.aplicacion.reintentos import pausa
from seedwork.entrada.esperas import Espera, Esperas
from seedwork.infraestructura import metricas
from seedwork.infraestructura.bd import es_de_infraestructura
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.infraestructura.cloudevents import MensajeIlegible
from seedwork.infraestructura.decodificador import Decodificador, SinRegistro, topico_base
from seedwork.infraestructura.entregas import RegistroEntregas
from seedwork.infraestructura.pulsar import SinConfirmacion

registro = structlog.get_logger(__name__)

Clave = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliticaReintentos:
    """How often, and how long apart, a failing message is tried on its own.

    Attributes:
        maximo: single handlings before the message is parked.
        inmediatos: of these, how many follow at once.
        base_s: seconds before the first delayed one; each further one waits twice as long, give or take a fifth.
        tope_s: the longest wait in seconds.
    """

    maximo: int = 8
    inmediatos: int = 2
    base_s: float = 0.5
    tope_s: float = 30.0

    def espera(self, intento: int) -> float:
        """Seconds between this attempt, the first being 1, and the next."""
        if intento < self.inmediatos:
            return 0.0
        return pausa(intento - self.inmediatos + 1, self.base_s, self.tope_s)


@dataclass(slots=True)
class Entrega:
    """A message in this process's hands, not acknowledged yet.

    Attributes:
        intento: the single handling that is counted and not over: trouble of broker or database broke it off, and
            it goes on under the same number.
        proximo: when the next one is due, on the monotonic clock.
        agotada: the last one's error, once there is nothing left but to park it.
        espera: its wait for what it names; None for none.
    """

    original: pulsar.Message
    recibido: Recibido
    intento: int = 0
    proximo: float = 0.0
    agotada: str | None = None
    espera: Espera | None = None

    @property
    def clave(self) -> Clave:
        """Its key, within its topic."""
        return self.original.topic_name(), self.recibido.sobre.sujeto


class _Aplazada(Exception):
    """It was left unhandled: what it names is not known yet."""


@dataclass(slots=True)
class _Retenidas:
    """Keys whose first message waits for another attempt, with what arrived behind it."""

    colas: dict[Clave, deque[Entrega]] = field(default_factory=dict)

    def acoger(self, entrega: Entrega) -> bool:
        """Put it behind those of its key, where some wait."""
        cola = self.colas.get(entrega.clave)
        if cola is not None:
            cola.append(entrega)
        return cola is not None

    def retener(self, entrega: Entrega) -> None:
        """It waits, and so does what comes behind it."""
        self.colas.setdefault(entrega.clave, deque()).append(entrega)

    def total(self) -> int:
        return sum(map(len, self.colas.values()))

    def proximo(self) -> float | None:
        return min((c[0].proximo for c in self.colas.values()), default=None)


class Consumidor:
    """Consumes one subscription on every topic that its bus has a handler for.

    Args:
        cliente: made in this process.
        bus: handles what arrives; its name is the subscription's.
        entregas: batches and attempts in the service's database.
        cartas: the service's dead-letter place.
        esperas: how long commands wait for what they name.
        tipo: Failover keeps each topic's order with one active consumer; Shared splits the load.
        cola: the receiver queue's size. Small where workers share, so that a slow one does not starve the others.
        lote: most messages in one transaction.
    """

    MAXIMO_RETENIDO = 10_000
    VUELTA_LARGA_S = 5.0
    """After so long a round, something does not answer."""

    def __init__(
        self,
        cliente: pulsar.Client,
        bus: Bus,
        entregas: RegistroEntregas,
        cartas: CartasMuertas,
        esperas: Esperas,
        *,
        tipo: pulsar.ConsumerType = pulsar.ConsumerType.Failover,
        cola: int = 1000,
        lote: int = 500,
        politica: PoliticaReintentos | None = None,
    ) -> None:
        self._cliente = cliente
        self._bus = bus
        self._entregas = entregas
        self._cartas = cartas
        self._esperas = esperas
        self._tipo = tipo
        self._cola = cola
        self._lote = lote
        self._politica = politica or PoliticaReintentos()
        self._llegados: deque[pulsar.Message] = deque()
        self._libres: deque[Entrega] = deque()
        self._retenidas = _Retenidas()
        self._decodificador = Decodificador(cliente, bus.manejadores)
        self._abierto: pulsar.Consumer | None = None
        self._en_orden_desde: float | None = None
        self._ultima_vuelta = 0.0
        self._espera_por: Exception | None = None

    @property
    def espera_por(self) -> Exception | None:
        """The trouble of broker or database that it waits out, with messages in hand; None when it waits for none."""
        return self._espera_por

    def segundos_en_orden(self) -> float:
        """For how long broker and database have both answered, without a break until now; 0 when they do not."""
        ahora, desde = time.monotonic(), self._en_orden_desde
        if desde is None or ahora - self._ultima_vuelta > self.VUELTA_LARGA_S or not self.conectado():
            self._en_orden_desde = None
            return 0.0
        return ahora - desde

    def conectado(self) -> bool:
        """Whether the broker delivers to this consumer."""
        return self._abierto is not None and bool(self._abierto.is_connected())

    @property
    def _consumidor(self) -> pulsar.Consumer:
        if self._abierto is None:
            raise RuntimeError("el consumidor aún no está suscrito")
        return self._abierto

    def correr(self, parada: threading.Event) -> None:
        """Consume until ``parada`` is set; what is in hand then is given back."""
        while not parada.is_set():
            self._olvidar_lo_que_hay()
            self._en_orden_desde = None
            self._abierto = self._suscribir(parada)
            if self._abierto is None:
                return
            try:
                while not parada.is_set():
                    self._vuelta_con_paciencia(parada)
            except pulsar.PulsarException as error:
                # Closing gives everything in hand back, and the new subscription begins with it, in order.
                registro.warning("se suscribe de nuevo", error=type(error).__name__)
                parada.wait(1.0)
            with suppress(pulsar.PulsarException):
                self._abierto.close()

    def _vuelta_con_paciencia(self, parada: threading.Event) -> None:
        """One round. What is in hand stays there through trouble that no message is to blame for.

        Asking the broker to deliver it again instead would break the order within a key: what is on its way when the
        broker is asked arrives before the older messages do.
        """
        try:
            self._vuelta(parada)
            self._ultima_vuelta = time.monotonic()
            self._espera_por = None
            if self._en_orden_desde is None:
                self._en_orden_desde = self._ultima_vuelta
        except (SinConfirmacion, SinRegistro) as error:
            self._esperar(error, parada)
        except Exception as error:
            if not es_de_infraestructura(error):
                raise
            self._esperar(error, parada)

    def _esperar(self, error: Exception, parada: threading.Event) -> None:
        self._en_orden_desde = None
        self._espera_por = error
        registro.warning("consumidor en espera", error=type(error).__name__)
        parada.wait(1.0)

    def _olvidar_lo_que_hay(self) -> None:
        self._llegados.clear()
        self._libres.clear()
        self._retenidas.colas.clear()

    def _suscribir(self, parada: threading.Event) -> pulsar.Consumer | None:
        while not parada.is_set():
            try:
                return self._cliente.subscribe(
                    self._decodificador.topicos,
                    self._bus.consumidor,
                    consumer_type=self._tipo,
                    receiver_queue_size=self._cola,
                    initial_position=pulsar.InitialPosition.Earliest,
                    batch_index_ack_enabled=True,
                )
            except pulsar.IncompatibleSchema:
                raise
            except pulsar.PulsarException as error:
                registro.warning("sin suscripción todavía", error=type(error).__name__)
                parada.wait(1.0)
        return None

    def _vuelta(self, parada: threading.Event) -> None:
        self._reintentar(parada)
        if not self._llegados and not self._libres:
            self._recibir()
        while self._llegados:
            self._clasificar(self._llegados[0])
            self._llegados.popleft()
        self._procesar_libres(parada)
        metricas.RETENIDOS.set(self._retenidas.total())

    def _recibir(self) -> None:
        if self._retenidas.total() >= self.MAXIMO_RETENIDO:
            time.sleep(0.05)
            return
        proximo = self._retenidas.proximo()
        espera = 300 if proximo is None else max(1, min(300, int((proximo - time.monotonic()) * 1000)))
        consumidor = self._consumidor
        try:
            while len(self._llegados) < self._lote:
                self._llegados.append(consumidor.receive(espera))
                # What is here already goes into the same batch; to the client, 0 means to wait for ever.
                espera = 1
        except pulsar.Timeout:
            pass

    def _clasificar(self, original: pulsar.Message) -> None:
        """Decode a message, or park it."""
        try:
            entrega = Entrega(original, self._decodificador.decodificar(original))
        except MensajeIlegible as error:
            self._cartas.aparcar(original, error=str(error), intentos=0)
            self._aceptar(original)
            local = topico_base(original).rsplit("/", 1)[-1]
            metricas.MENSAJES.labels(self._bus.consumidor, local, "ilegible").inc()
            return
        self._libres.append(entrega)

    def _procesar_libres(self, parada: threading.Event) -> None:
        """Handle what may be handled, many in one transaction; a part that fails is halved, down to a single message.

        So one bad message among 500 costs some twenty transactions, not 500. A part that once vanished with its
        process is handled one by one: only single handling counts attempts.
        """
        tope = self._lote
        while not parada.is_set():
            if self._retenidas.colas:
                self._libres = deque(e for e in self._libres if not self._retenidas.acoger(e))
            parte = list(islice(self._libres, tope))
            if not parte:
                return
            if tope == 1:
                self._uno_por_uno(1, parada)
                tope = 2
            elif self._entregas.empezar_lote({e.recibido.sobre.id for e in parte}):
                self._entregas.terminar_lote()
                self._uno_por_uno(len(parte), parada)
            elif self._juntos(parte):
                tope = min(self._lote, 2 * tope)
            else:
                tope = max(1, len(parte) // 2)

    def _juntos(self, parte: Sequence[Entrega]) -> bool:
        """Handle the first ones in one transaction. False when it failed and had no effect."""
        try:
            with metricas.LOTE_SEGUNDOS.labels(self._bus.consumidor).time():
                aplazados = self._procesar(parte, lote=self._entregas.lote)
        except Exception as error:
            if es_de_infraestructura(error):
                raise
            self._entregas.terminar_lote()
            registro.warning("el lote falló; se parte", mensajes=len(parte), error=_resumen(error))
            return False
        for entrega in parte:
            self._libres.popleft()
            aplazado = aplazados.get(entrega.recibido.sobre.id)
            if aplazado is not None:
                self._aplazar(entrega, aplazado)
                self._retenidas.retener(entrega)
                continue
            if entrega.espera is not None:
                self._entregas.olvidar(entrega.recibido.sobre.id)
            self._listo(entrega, "hecho")
        return True

    def _procesar(self, entregas: Sequence[Entrega], *, lote: str | None = None) -> Mapping[str, Aplazado]:
        agotados = {e.recibido.sobre.id for e in entregas if e.espera is not None and self._esperas.agotada(e.espera)}
        return self._bus.procesar([e.recibido for e in entregas], lote=lote, agotados=agotados)

    def _aplazar(self, entrega: Entrega, aplazado: Aplazado) -> None:
        if entrega.espera is None:
            entrega.espera = self._esperas.empezar(aplazado)
        entrega.intento = 0
        entrega.proximo = self._esperas.proxima(entrega.espera)

    def _uno_por_uno(self, cuantos: int, parada: threading.Event) -> None:
        for _ in range(cuantos):
            if parada.is_set():
                return
            entrega = self._libres[0]
            if not self._retenidas.acoger(entrega) and not self._intentar(entrega):
                self._retenidas.retener(entrega)
            self._libres.popleft()

    def _reintentar(self, parada: threading.Event) -> None:
        """Try again what is due, and then what waits behind it, in order."""
        ahora = time.monotonic()
        for clave, cola in list(self._retenidas.colas.items()):
            if cola[0].proximo > ahora:
                continue
            if cola[0].espera is not None and not cola[0].intento:
                # To look whether it is known by now is no attempt, and many are looked at together.
                self._libres.extendleft(reversed(self._retenidas.colas.pop(clave)))
                continue
            while cola and not parada.is_set() and self._intentar(cola[0]):
                cola.popleft()
            if not cola:
                del self._retenidas.colas[clave]

    def _intentar(self, entrega: Entrega) -> bool:
        """Handle one message on its own. True when it is done with: handled, or parked."""
        sobre, maximo = entrega.recibido.sobre, self._politica.maximo
        while entrega.agotada is None:
            if not entrega.intento:
                entrega.intento, anterior = self._entregas.empezar_intento(sobre.id, sobre.tipo, maximo)
                if entrega.intento > maximo:
                    entrega.agotada = anterior or "el proceso murió al tratarlo"
                    break
            try:
                error = self._tratar(entrega)
            except _Aplazada:
                return False
            if error is None:
                self._entregas.olvidar(sobre.id)
                self._listo(entrega, "hecho")
                return True
            if entrega.intento >= maximo:
                entrega.agotada = error
                break
            espera, entrega.intento = self._politica.espera(entrega.intento), 0
            if espera:
                entrega.proximo = time.monotonic() + espera
                return False
        self._cartas.aparcar(entrega.original, error=entrega.agotada, intentos=maximo)
        self._entregas.aparcar(sobre.id, maximo)
        self._listo(entrega, "aparcado")
        return True

    def _tratar(self, entrega: Entrega) -> str | None:
        """One single handling; answers what went wrong with it.

        Raises:
            _Aplazada: it is to wait.
            Exception: broker or database are in trouble; this handling is not over.
        """
        sobre = entrega.recibido.sobre
        try:
            aplazado = self._procesar([entrega]).get(sobre.id)
            if aplazado is not None:
                self._aplazar(entrega, aplazado)
                raise _Aplazada
            return None
        except _Aplazada:
            raise
        except Exception as excepcion:
            if es_de_infraestructura(excepcion):
                raise
            error = _resumen(excepcion)
        entrega.espera = None
        self._entregas.anotar_error(sobre.id, error)
        metricas.REINTENTOS.labels(self._bus.consumidor, sobre.tipo).inc()
        registro.warning(
            "mensaje fallido",
            tipo=sobre.tipo,
            id=sobre.id,
            correlacion=sobre.correlacion,
            intento=entrega.intento,
            error=error,
        )
        return error

    def _listo(self, entrega: Entrega, resultado: str) -> None:
        self._aceptar(entrega.original)
        sobre = entrega.recibido.sobre
        metricas.MENSAJES.labels(self._bus.consumidor, sobre.tipo, resultado).inc()
        # A partitioned topic is one of many messages: a line for each of them would cost more than the work.
        anotar = registro.debug if entrega.recibido.mensaje.particiones else registro.info
        anotar("mensaje atendido", tipo=sobre.tipo, id=sobre.id, correlacion=sobre.correlacion, fin=resultado)

    def _aceptar(self, original: pulsar.Message) -> None:
        try:
            self._consumidor.acknowledge(original)
        except pulsar.PulsarException as error:
            # It will be delivered again, and the inbox knows it.
            registro.warning("sin acuse de recibo", error=type(error).__name__)


def _resumen(error: BaseException) -> str:
    """An error as it may be kept and shown: where and what, without any value that it quotes."""
    donde = ""
    traza = error.__traceback__
    while traza is not None:
        donde = f" en {traza.tb_frame.f_globals.get('__name__', '?')}:{traza.tb_lineno}"
        traza = traza.tb_next
    return f"{type(error).__name__}{donde}"
