"""The consumer loop: receives many, handles them in one transaction, and falls back to one by one.

Order within a key of a topic is kept: while a message waits for its next attempt, later ones with its key wait behind
it, and every other key goes on. What can't be decoded is parked at once; what keeps failing is parked after its last
attempt; then the key goes on with the next message (contract §5).
"""

import random
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import pulsar
import structlog

from seedwork.aplicacion.bus import Bus, Recibido
from seedwork.infraestructura import metricas
from seedwork.infraestructura.bd import es_de_infraestructura
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.infraestructura.cloudevents import MensajeIlegible
from seedwork.infraestructura.decodificador import SIN_BROKER, Decodificador, topico_base
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
        pausa = min(self.tope_s, self.base_s * 2.0 ** (intento - self.inmediatos))
        return pausa * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret


@dataclass(slots=True)
class Entrega:
    """A message in this process's hands, not acknowledged yet."""

    original: pulsar.Message
    recibido: Recibido
    proximo: float = 0.0

    @property
    def clave(self) -> Clave:
        """Its key, within its topic."""
        return self.original.topic_name(), self.recibido.sobre.sujeto


@dataclass(slots=True)
class _Retenidas:
    """Keys whose first message waits for another attempt, with what arrived behind it."""

    colas: dict[Clave, deque[Entrega]] = field(default_factory=dict)

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
        tipo: Failover keeps each topic's order with one active consumer; Shared splits the load.
        cola: the receiver queue's size. Small where workers share, so that a slow one does not starve the others.
        lote: most messages in one transaction.
    """

    MAXIMO_RETENIDO = 10_000

    def __init__(
        self,
        cliente: pulsar.Client,
        bus: Bus,
        entregas: RegistroEntregas,
        cartas: CartasMuertas,
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
        self._tipo = tipo
        self._cola = cola
        self._lote = lote
        self._politica = politica or PoliticaReintentos()
        self._retenidas = _Retenidas()
        self._decodificador = Decodificador(cliente, bus.manejadores)
        self._abierto: pulsar.Consumer | None = None

    def conectado(self) -> bool:
        """Whether the broker delivers to this consumer."""
        return self._abierto is not None and bool(self._abierto.is_connected())

    def correr(self, parada: threading.Event) -> None:
        """Consume until ``parada`` is set; what is in hand then is finished or given back."""
        self._abierto = self._suscribir(parada)
        if self._abierto is None:
            return
        while not parada.is_set():
            try:
                self._vuelta(parada)
            except Exception as error:
                if not es_de_infraestructura(error) and not isinstance(error, (SinConfirmacion, *SIN_BROKER)):
                    raise
                registro.warning("consumidor en espera", error=type(error).__name__)
                self._devolver()
                parada.wait(1.0)
        self._abierto.close()

    @property
    def _consumidor(self) -> pulsar.Consumer:
        if self._abierto is None:
            raise RuntimeError("el consumidor aún no está suscrito")
        return self._abierto

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
        self._reintentar()
        entregas = self._recibir()
        if not entregas:
            return
        libres: list[Entrega] = []
        for entrega in entregas:
            cola = self._retenidas.colas.get(entrega.clave)
            if cola is None:
                libres.append(entrega)
            else:
                cola.append(entrega)
        if libres:
            self._procesar_lote(libres)
        metricas.RETENIDOS.set(self._retenidas.total())

    def _recibir(self) -> list[Entrega]:
        entregas: list[Entrega] = []
        if self._retenidas.total() >= self.MAXIMO_RETENIDO:
            time.sleep(0.05)
            return entregas
        proximo = self._retenidas.proximo()
        espera = 300 if proximo is None else max(1, min(300, int((proximo - time.monotonic()) * 1000)))
        try:
            while len(entregas) < self._lote:
                original = self._consumidor.receive(espera)
                espera = 1
                entrega = self._decodificar(original)
                if entrega is not None:
                    entregas.append(entrega)
        except pulsar.Timeout:
            pass
        return entregas

    def _decodificar(self, original: pulsar.Message) -> Entrega | None:
        try:
            return Entrega(original, self._decodificador.decodificar(original))
        except MensajeIlegible as error:
            self._cartas.aparcar(original, error=str(error), intentos=0)
            self._aceptar(original)
            local = topico_base(original).rsplit("/", 1)[-1]
            metricas.MENSAJES.labels(self._bus.consumidor, local, "ilegible").inc()
            return None

    def _procesar_lote(self, entregas: Sequence[Entrega]) -> None:
        lote, sospechosos = self._entregas.empezar_lote({e.recibido.sobre.id for e in entregas})
        if not sospechosos:
            try:
                with metricas.LOTE_SEGUNDOS.labels(self._bus.consumidor).time():
                    self._bus.procesar([e.recibido for e in entregas])
            except Exception as error:
                self._entregas.terminar_lote(lote)
                if es_de_infraestructura(error):
                    raise
                registro.warning("el lote falló; se trata uno por uno", mensajes=len(entregas), error=_resumen(error))
            else:
                for entrega in entregas:
                    self._listo(entrega, "hecho")
                self._entregas.terminar_lote(lote)
                return
        else:
            self._entregas.terminar_lote(lote)
        for entrega in entregas:
            cola = self._retenidas.colas.get(entrega.clave)
            if cola is not None:
                cola.append(entrega)
            elif not self._intentar(entrega):
                self._retenidas.colas[entrega.clave] = deque([entrega])

    def _reintentar(self) -> None:
        """Try again what is due, and then what waits behind it, in order."""
        ahora = time.monotonic()
        for clave, cola in list(self._retenidas.colas.items()):
            if cola[0].proximo > ahora:
                continue
            while cola and self._intentar(cola[0]):
                cola.popleft()
            if not cola:
                del self._retenidas.colas[clave]

    def _intentar(self, entrega: Entrega) -> bool:
        """Handle one message on its own. True when it is done with: handled, or parked."""
        sobre = entrega.recibido.sobre
        while True:
            intento = self._entregas.empezar_intento(sobre.id, sobre.tipo)
            error = "el proceso murió al tratarlo"
            if intento <= self._politica.maximo:
                try:
                    self._bus.procesar([entrega.recibido])
                    self._entregas.olvidar(sobre.id)
                    self._listo(entrega, "hecho")
                    return True
                except Exception as excepcion:
                    if es_de_infraestructura(excepcion):
                        raise
                    error = _resumen(excepcion)
                    self._entregas.anotar_error(sobre.id, error)
                    metricas.REINTENTOS.labels(self._bus.consumidor, sobre.tipo).inc()
                    registro.warning(
                        "mensaje fallido",
                        tipo=sobre.tipo,
                        id=sobre.id,
                        correlacion=sobre.correlacion,
                        intento=intento,
                        error=error,
                    )
            if intento >= self._politica.maximo:
                self._cartas.aparcar(entrega.original, error=error, intentos=min(intento, self._politica.maximo))
                self._entregas.aparcar(sobre.id)
                self._listo(entrega, "aparcado")
                return True
            espera = self._politica.espera(intento)
            if espera:
                entrega.proximo = time.monotonic() + espera
                return False

    def _listo(self, entrega: Entrega, resultado: str) -> None:
        self._aceptar(entrega.original)
        sobre = entrega.recibido.sobre
        metricas.MENSAJES.labels(self._bus.consumidor, sobre.tipo, resultado).inc()
        # A partitioned topic is one of many messages: a line for each of them would cost more than the work.
        anotar = registro.debug if entrega.recibido.mensaje.particiones else registro.info
        anotar("mensaje atendido", tipo=sobre.tipo, sujeto=sobre.sujeto, correlacion=sobre.correlacion, fin=resultado)

    def _aceptar(self, original: pulsar.Message) -> None:
        self._consumidor.acknowledge(original)

    def _devolver(self) -> None:
        """Give everything in hand back to the broker, which delivers it again in order."""
        self._retenidas.colas.clear()
        self._consumidor.redeliver_unacknowledged_messages()


def _resumen(error: BaseException) -> str:
    """An error as it may be kept and shown: where and what, without any value that it quotes."""
    donde = ""
    traza = error.__traceback__
    while traza is not None:
        donde = f" en {traza.tb_frame.f_globals.get('__name__', '?')}:{traza.tb_lineno}"
        traza = traza.tb_next
    return f"{type(error).__name__}{donde}"
