"""The consumer loop: subscribes, receives, and lets what it has in hand be handled, a step at a time.

It knows the broker by its port alone; what becomes of a delivery is :mod:`seedwork.aplicacion.tratamiento`'s.
"""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from contratos.base import Entrega
from seedwork.aplicacion import trazas
from seedwork.aplicacion.broker import Atraso, SinSubscription, Subscriber, Subscription
from seedwork.aplicacion.escala import Faena
from seedwork.aplicacion.recibido import Original, Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.tratamiento import Ilegible, Medios, Tratamiento
from seedwork.infraestructura import bd, metricas
from seedwork.infraestructura.topicos import nombre_corto

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Origen:
    """What a consumer subscribes to.

    Attributes:
        nombre: the consumer's own, in logs and metrics.
        topicos: their full names.
        subscription: the subscription's name.
        entrega: whether it keeps the order, or shares the load.
        cola: most messages that are delivered ahead. Where it shares the load, a small one keeps a slow worker from
            starving the others.
        propio: whether these are the service's own topics; not the one that what waits comes back by, where each
            message was on one of them before.
    """

    nombre: str
    topicos: Sequence[str]
    subscription: str
    entrega: Entrega
    cola: int
    propio: bool = True


@dataclass(slots=True)
class _Mirada:
    """What a topic's backlog was when it was last looked at, then, and since when nobody had taken anything off it.

    What lies between two looks that are far apart counts as little: the broker may have been away.
    """

    atraso: Atraso
    desde: float
    hasta: float


@dataclass(frozen=True, slots=True)
class _Abierta:
    subscription: Subscription
    tratamiento: Tratamiento


class Consumidor:
    """Consumes one subscription on some topics. :meth:`vuelta` is all that its thread repeats.

    Args:
        subscriber: where it subscribes.
        origen: to what.
        medios: what is received is handled with.
        entre_vueltas: what else is to be done on its thread, between two rounds.
        descanso: seconds that it rests for each one that it worked.
    """

    def __init__(
        self,
        subscriber: Subscriber,
        origen: Origen,
        medios: Medios,
        *,
        entre_vueltas: Callable[[], None] = lambda: None,
        descanso: float = 0.0,
    ) -> None:
        self._subscriber = subscriber
        self._origen = origen
        self._medios = medios
        self._ritmo = medios.ritmo
        self._entre_vueltas = entre_vueltas
        self._descanso = descanso
        self._abierta: _Abierta | None = None
        self._espera_por: Exception | None = None
        self._en_orden_desde: float | None = None
        ahora = medios.entorno.monotono()
        self._ultima_vuelta = self._al_dia = ahora
        self._recogido = -math.inf
        self._labores: dict[str, float] = {}
        self._miradas: dict[str, _Mirada] = {}
        self._retenidos = metricas.RETENIDOS.labels(origen.nombre)
        self._retenidos.set(0)
        self._retenidas = 0
        self.faena = Faena()
        """What it has worked so far."""

    @property
    def nombre(self) -> str:
        """Its own, in logs and metrics."""
        return self._origen.nombre

    @property
    def topicos(self) -> Sequence[str]:
        """What it consumes."""
        return self._origen.topicos

    @property
    def subscription(self) -> str:
        """The subscription's name."""
        return self._origen.subscription

    @property
    def espera_por(self) -> Exception | None:
        """The trouble of broker or database that it waits out, with messages in hand; None when it waits for none."""
        return self._espera_por

    @property
    def en_mano(self) -> int:
        """How many deliveries it holds."""
        abierta = self._abierta
        return 0 if abierta is None else abierta.tratamiento.en_mano

    def desde(self) -> float:
        """From which instant on, on the monotonic clock, it would do something besides looking for more; 0 for now,
        infinity for never."""
        abierta = self._abierta
        if abierta is None or abierta.tratamiento.hay():
            return 0.0
        proxima = abierta.tratamiento.proxima()
        return math.inf if proxima is None else proxima

    def segundos_en_orden(self) -> float:
        """For how long broker and database have both answered, without a break until now; 0 when they do not."""
        ahora, desde = self._medios.entorno.monotono(), self._en_orden_desde
        if desde is None or ahora - self._ultima_vuelta > self._ritmo.vuelta_larga_s or not self.conectado():
            self._en_orden_desde = None
            return 0.0
        return ahora - desde

    def conectado(self) -> bool:
        """Whether the broker delivers to this consumer."""
        abierta = self._abierta
        return abierta is not None and abierta.subscription.conectada()

    def correr(self, parada: threading.Event) -> None:
        """Consume until ``parada`` is set; what is in hand then is given back."""
        while not parada.is_set():
            if descanso := self.vuelta():
                parada.wait(descanso)
        self.cerrar()

    def vuelta(self) -> float:
        """One round: one step with what is in hand, or else a look for more.

        Trouble of broker or database is waited out, and what is in hand stays there through it. Asking the broker to
        deliver it again instead would break the order within a key: what is on its way when the broker is asked
        arrives before the older messages do.

        Returns:
            Seconds to rest before the next round.

        Raises:
            Exception: anything else; this process is of no use any more.
        """
        antes = self._medios.entorno.monotono()
        try:
            self._entre_vueltas()
            descanso = self._avanzar()
        except SinSubscription as error:
            # Closing gives everything in hand back, and the next subscription begins with it, in order.
            self.cerrar()
            return self._esperar(error)
        except Exception as error:
            if not self._medios.es_ajeno(error):
                raise
            return self._esperar(error)
        self._ultima_vuelta = self._medios.entorno.monotono()
        self._espera_por = None
        if self._en_orden_desde is None:
            self._en_orden_desde = self._ultima_vuelta
        return descanso or (self._ultima_vuelta - antes) * self._descanso

    def cerrar(self) -> None:
        """Give everything back that was not acknowledged."""
        abierta, self._abierta = self._abierta, None
        self._en_orden_desde = None
        if abierta is not None:
            self._labores.update(abierta.tratamiento.labores)
            abierta.subscription.cerrar()

    def atascado(self) -> str | None:
        """Why it makes no progress, with all that it has in hand or with one of its topics, though there are messages
        before it; None where it does, or none are."""
        abierta, ahora, plazo = self._abierta, self._medios.entorno.monotono(), self._ritmo.sin_avance_s
        labores = {**self._labores, **(abierta.tratamiento.labores if abierta else {})}
        ultima, en_mano = max(labores.values(), default=0.0), self.en_mano
        quieto = ahora - max(ultima, self._al_dia)
        if quieto > plazo and en_mano:
            return f"tiene {en_mano} mensajes en mano y no ha tratado ninguno desde hace {quieto:.0f} s"
        for topico, mirada in list(self._miradas.items()):
            # What waited comes by one topic, and was published on others.
            unico = len(self.topicos) == 1
            if abierta and en_mano and (unico or abierta.tratamiento.tiene_de(topico)):
                # It waits for its turn here. Before that it waits for none: topics are drained in turns.
                continue
            propia = ultima if unico else labores.get(topico, 0.0)
            # What came of it after that look, nobody knows: it may be the broker's admin API that is away.
            quieto, entradas = mirada.hasta - max(propia, mirada.desde), mirada.atraso.entradas
            if quieto > plazo and entradas:
                return (
                    f"{nombre_corto(topico)} tiene {entradas} entradas, y nadie toma ninguna desde hace {quieto:.0f} s"
                )
        return None

    def anotar_atraso(self, topico: str, atraso: Atraso) -> None:
        """Take in what the broker says that its subscription has before it on one of its topics."""
        conocida, ahora = self._miradas.get(topico), self._medios.entorno.monotono()
        if conocida is None or conocida.atraso.marca != atraso.marca or not atraso.entradas:
            self._miradas[topico] = _Mirada(atraso, ahora, ahora)
        else:
            sin_ver = max(0.0, ahora - conocida.hasta - 2 * self._ritmo.vuelta_larga_s)
            conocida.atraso, conocida.desde, conocida.hasta = atraso, conocida.desde + sin_ver, ahora

    def _avanzar(self) -> float:
        abierta = self._abierta
        if abierta is None:
            abierta = self._abierta = self._suscribir()
        tratamiento, cupo = abierta.tratamiento, 0
        if not (hubo := self._seguir(tratamiento)):
            if (falta := self._por_reunir()) > 0:
                return min(falta, self._escucha(tratamiento))
            llegados: Sequence[Original] = ()
            if cupo := tratamiento.cupo:
                llegados = abierta.subscription.recibir(cupo, self._escucha(tratamiento))
                tratamiento.tomar(llegados)
            if llegados:
                # There is more than it took, where it took all that it may: no need to wait for that.
                self._recogido = self._medios.entorno.monotono() if len(llegados) < cupo else -math.inf
            self._al_dia = self._medios.entorno.monotono()
        if tratamiento.retenidas != self._retenidas:
            self._retenidas = tratamiento.retenidas
            self._retenidos.set(self._retenidas)
        # With its hands full it has not even listened.
        return 0.0 if hubo or cupo else self._escucha(tratamiento)

    def _por_reunir(self) -> float:
        """Seconds that more may still come together, before it looks again; where order matters, somebody waits."""
        if self._origen.entrega != "compartida":
            return 0.0
        return self._recogido + self._ritmo.reunir_s - self._medios.entorno.monotono()

    def _seguir(self, tratamiento: Tratamiento) -> bool:
        """One step with what is in hand, counted as work; not where somebody else kept it from that."""
        antes, en_mano, esperado = self._medios.entorno.monotono(), tratamiento.en_mano, bd.esperado()
        hubo = tratamiento.seguir()
        segundos = self._medios.entorno.monotono() - antes
        if hubo and segundos <= self._ritmo.vuelta_larga_s:
            hechos = en_mano - tratamiento.en_mano if self._origen.propio else 0
            self.faena += Faena(hechos, segundos, bd.esperado() - esperado)
        return hubo

    def _escucha(self, tratamiento: Tratamiento) -> float:
        """Seconds until something else is due, at most as long as it listens."""
        proxima = tratamiento.proxima()
        if proxima is None:
            return self._ritmo.escucha_s
        return min(self._ritmo.escucha_s, max(0.001, proxima - self._medios.entorno.monotono()))

    def _suscribir(self) -> _Abierta:
        origen = self._origen
        subscription = self._subscriber.suscribir(
            origen.topicos, origen.subscription, entrega=origen.entrega, cola=origen.cola
        )
        return _Abierta(subscription, Tratamiento(subscription, self._medios))

    def _esperar(self, error: Exception) -> float:
        self._en_orden_desde = None
        self._espera_por = error
        log.warning("consumidor en espera", consumidor=self.nombre, error=type(error).__name__)
        return self._ritmo.problema_s


class TestigoDeMensajes:
    """Logs and counts what became of a consumer's messages.

    Args:
        consumidor: its own name.
    """

    def __init__(self, consumidor: str) -> None:
        self._consumidor = consumidor
        self._lotes = metricas.LOTE_SEGUNDOS.labels(consumidor)

    def acabado(self, recibido: Recibido, resultado: str) -> None:
        """A message is done with."""
        sobre = recibido.sobre
        metricas.MENSAJES.labels(self._consumidor, sobre.tipo, resultado).inc()
        # What is shared out is much, and what waits comes many times: a line for each of them would cost more than the
        # work.
        callado = recibido.mensaje.entrega == "compartida" or resultado == "en_espera"
        if callado:
            log.debug("mensaje atendido", tipo=sobre.tipo, id=sobre.id, correlacion=sobre.correlacion, fin=resultado)
        else:
            log.info("mensaje atendido", **_de_que(sobre), fin=resultado)

    def ilegible(self, ilegible: Ilegible) -> None:
        """A message was parked unread."""
        metricas.MENSAJES.labels(self._consumidor, nombre_corto(ilegible.original.topico), "ilegible").inc()

    def fallo(self, recibido: Recibido, intento: int, error: str) -> None:
        """A single handling failed."""
        sobre = recibido.sobre
        metricas.REINTENTOS.labels(self._consumidor, sobre.tipo).inc()
        log.warning("mensaje fallido", **_de_que(sobre), intento=intento, error=error)

    def lote_tratado(self, mensajes: int, segundos: float, error: str | None) -> None:
        """A batch was handled, or failed."""
        self._lotes.observe(segundos)
        if error is not None:
            log.warning("el lote falló; se parte", mensajes=mensajes, error=error)


def _de_que(sobre: Sobre) -> dict[str, str | None]:
    return {
        "tipo": sobre.tipo,
        "id": sobre.id,
        "correlacion": sobre.correlacion,
        "traza": trazas.id_de(sobre.traza),
    }
