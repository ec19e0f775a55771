"""What becomes of dead letters. One is *sent again* to where it came from (``reenviar``: the services' ``replay``),
*handled* here and now, and published nowhere (``reproducir``: the door's order), or discarded, at the latest when its
time is over.

Each step can be repeated: who is killed half-way leaves the letter where it was, and the inbox makes two replays, or a
replay and a discard, one effect (ADR 8).
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import pulsar
import sqlalchemy as sa
import stamina
import structlog

from seedwork.aplicacion.auditoria import LINEA_DE_COMANDOS, Anotacion
from seedwork.aplicacion.broker import SinEsquemas
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.cartas import DESCARTADA, RECHAZADA, REENVIADA, YA_ATENDIDA
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import en_instante, en_texto
from seedwork.infraestructura.auditoria import anotar
from seedwork.infraestructura.bd import es_de_infraestructura
from seedwork.infraestructura.cartas import Buzon, Carta, abrir_buzon, conocido
from seedwork.infraestructura.cloudevents import MensajeIlegible
from seedwork.infraestructura.decodificador import Decodificador, esquema_registrado
from seedwork.infraestructura.intentos import IntentosSQL
from seedwork.infraestructura.publicador import EsquemaCodificado, cabe
from seedwork.infraestructura.subscription import EsquemasPulsar

log = structlog.get_logger(__name__)

REENVIAR, REPRODUCIR, DESCARTAR = "ReenviarCarta", "ReproducirCarta", "DescartarCarta"
"""What an operator does to one, as the trail tells."""

_FUTURO = timedelta(days=1)
"""No clock is so wrong: what claims to have been parked later than that from now tells no age."""
_DE_LA_CARTA = (pulsar.IncompatibleSchema, pulsar.InvalidMessage, pulsar.MessageTooBig, pulsar.TopicNotFound)
"""What the broker says against one letter, while it takes others."""


def en_su_lugar(carta: Carta) -> str:
    """What a letter can be asked for by, whatever is written on it."""
    return f"@{carta.lugar}"


def _es_del_mensaje(error: Exception) -> bool:
    return not es_de_infraestructura(error)


class SeQueda(Exception):
    """The letter can't be replayed, or discarded as it should be; it stays. The text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filtro:
    """Which letters are meant: those that every given condition holds for.

    Attributes:
        ids: any of these; ``@`` and its place name a letter too, which may have no id.
        tipo: the ``ce_type``, or just its message's name.
        desde: parked then or later.
        hasta: parked then or earlier.
    """

    ids: frozenset[str] = frozenset()
    tipo: str | None = None
    desde: datetime | None = None
    hasta: datetime | None = None

    def admite(self, carta: Carta) -> bool:
        """Whether it is meant."""
        return (
            (not self.ids or not self.ids.isdisjoint((carta.id, en_su_lugar(carta))))
            and (self.tipo is None or self.tipo in (carta.tipo, *carta.tipo.split(".")[-2:-1]))
            and (self.desde is None or carta.instante >= self.desde)
            and (self.hasta is None or carta.instante <= self.hasta)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class QuienOpera:
    """Who replays and discards, for the audit trail.

    Attributes:
        id: the name that was given here, or the caller's id.
        titular: as what.
        motivo: why, in their words.
    """

    id: str
    titular: str = LINEA_DE_COMANDOS
    motivo: str | None = None

    def anotacion(self, accion: str, recurso: str, resultado: str, correlacion: str, ahora: datetime) -> Anotacion:
        """The row that tells what they did to a letter, or could not do.

        Args:
            accion: one of those above.
            recurso: what the trail knows the letter by (:attr:`Carta.recurso`); of one that there is not, the place
                that was named.
        """
        return Anotacion(
            ocurrido=ahora,
            quien=self.id,
            titular=self.titular,
            accion=accion,
            recurso=recurso,
            resultado=resultado,
            motivo=self.motivo,
            correlacion=correlacion,
        )


class Cartero:
    """Replays and discards the dead letters of one service.

    Args:
        cliente: made in this process.
        contexto: the service's name.
        bus: the service's own; it refuses what is discarded.
        motor: the service's own database.
        entorno: where time and ids come from.
        memoria: how long every inbox remembers what it handled.
        operador: who replays and discards; None for the service itself, which discards what is too old, and for who is
            not asked who they are.
    """

    def __init__(
        self,
        cliente: pulsar.Client,
        contexto: str,
        bus: Bus,
        motor: sa.Engine,
        entorno: Entorno,
        *,
        memoria: timedelta,
        operador: QuienOpera | None = None,
    ) -> None:
        self._cliente = cliente
        self._contexto = contexto
        self._bus = bus
        self._motor = motor
        self._operador = operador
        self._intentos = IntentosSQL(motor, bus.consumidor, entorno.id())
        self._entorno = entorno
        self._memoria = memoria
        self._esquemas = EsquemasPulsar(cliente)
        self._decodificador = Decodificador(self._esquemas, bus.manejadores)
        self._productores: dict[tuple[str, int], pulsar.Producer] = {}

    def reenviar(self, buzon: Buzon, carta: Carta) -> str:
        """Send a letter's message to its topic again, as it was. Answers what became of it.

        Raises:
            SeQueda: it can't go there.
            pulsar.PulsarException, SinEsquemas: the broker is in trouble. The letter stays.
        """
        self._comprobar_memoria(carta)
        productor = self._productor(carta)
        if carta.id:
            # The mark goes first: the consumer must not pass over what comes.
            self._intentos.levantar(carta.id)
        try:
            self._publicar(productor, carta)
        except _DE_LA_CARTA as error:
            raise SeQueda(f"el broker no la admite: {type(error).__name__}") from None
        self._auditar(REENVIAR, carta, REENVIADA)
        self._quitar(buzon, carta)
        self._anotar("carta reenviada", carta, REENVIADA)
        return REENVIADA

    def reproducir(self, buzon: Buzon, carta: Carta) -> str:
        """Have a letter's message handled here, now. Answers what became of it.

        It is sent nowhere, so nobody else who hears its topic is asked to know it still, and no right to publish there
        is needed.

        Raises:
            SeQueda: it can't be read, or fails again.
            pulsar.PulsarException, SinEsquemas: the broker is in trouble. The letter stays.
        """
        try:
            recibido = self._decodificar(carta)
        except MensajeIlegible as error:
            raise SeQueda(f"no se puede leer: {error}") from None
        try:
            # A conflict with what a worker does at the same instant is over the next time.
            for intento in stamina.retry_context(on=_es_del_mensaje, attempts=3, wait_initial=0.05):
                with intento:
                    resultado = self._bus.reproducir(recibido)
        except Exception as error:
            if es_de_infraestructura(error):
                raise
            raise SeQueda(f"volvió a fallar: {type(error).__name__}") from error
        self._auditar(REPRODUCIR, carta, resultado)
        self._quitar(buzon, carta)
        self._anotar("carta reproducida", carta, resultado)
        return resultado

    def descartar(self, buzon: Buzon, carta: Carta, *, sin_falta: bool = False) -> str:
        """Give a letter up: a command is refused, all else is dropped. Answers what became of it.

        Args:
            sin_falta: a refusal that can't be told as an event must not keep the letter; the command's fate tells it.

        Raises:
            SeQueda: the refusal can't be told.
            pulsar.PulsarException, SinEsquemas: the broker is in trouble. The letter stays.
        """
        resultado = self._dar_por_perdido(carta, sin_falta=sin_falta)
        self._auditar(DESCARTAR, carta, resultado)
        self._quitar(buzon, carta)
        self._anotar("carta descartada", carta, resultado)
        return resultado

    def vencer(self, edad: timedelta) -> int:
        """Discard the letters that are older; answers how many. Where somebody else has them in hand, none is.

        Raises:
            sqlalchemy.exc.DBAPIError: the database is in trouble; what was discarded until then is.
        """
        ahora = self._entorno.ahora()
        vencidas = 0
        try:
            with abrir_buzon(self._cliente, self._contexto, espera_s=0) as buzon:
                for carta in buzon:
                    # All of them are looked at: what one says of its age must not keep those behind it.
                    if not ahora - edad < carta.instante < ahora + _FUTURO:
                        vencidas += self._vencer(buzon, carta)
        except (pulsar.PulsarException, SinEsquemas) as error:
            # An operator is at work on them, or the broker is away: there is time.
            log.info("cartas sin revisar por ahora", error=type(error).__name__)
        return vencidas

    def _vencer(self, buzon: Buzon, carta: Carta) -> bool:
        try:
            self.descartar(buzon, carta, sin_falta=True)
        except (pulsar.PulsarException, SinEsquemas):
            raise
        except Exception as error:
            if es_de_infraestructura(error):
                raise
            # One that can't be discarded must not stop the worker, nor the others' turn.
            log.error("carta vencida sin descartar", id=carta.id, tipo=conocido(carta.tipo), error=type(error).__name__)
            return False
        return True

    def _comprobar_memoria(self, carta: Carta) -> None:
        """An event has readers besides this service: they must still know that they handled it."""
        if not carta.topico:
            raise SeQueda("no dice de qué tópico vino")
        if all(tipo.topico != carta.topico for tipo in self._bus.manejadores):
            raise SeQueda("su tópico no es de los que este servicio atiende")
        if carta.sin_sitio is not None:
            raise SeQueda(f"su carga, de {carta.octetos} octetos, no cupo en la carta")
        try:
            recibido = self._decodificar(carta)
        except MensajeIlegible:
            # What nobody can decode, nobody handled.
            return
        nacido = en_instante(recibido.sobre.tiempo) or carta.instante
        if recibido.mensaje.clase == "evento" and self._entorno.ahora() - nacido > self._memoria:
            raise SeQueda("es más antigua que la memoria de los inbox: otros la atenderían dos veces")

    def _productor(self, carta: Carta) -> pulsar.Producer:
        """One that writes with the very schema that the message was written with."""
        if not cabe(carta.carga, carta.propiedades, carta.clave):
            raise SeQueda("pesa más de lo que admite un broker")
        clave = carta.topico, carta.esquema
        if clave not in self._productores:
            try:
                esquema = json.loads(esquema_registrado(self._esquemas, *clave))
                self._productores[clave] = self._cliente.create_producer(
                    carta.topico, schema=EsquemaCodificado(None, schema_definition=esquema), send_timeout_millis=10_000
                )
            except MensajeIlegible as error:
                raise SeQueda(str(error)) from None
            except (*_DE_LA_CARTA, ValueError) as error:
                raise SeQueda(f"con su esquema no se puede publicar: {type(error).__name__}") from None
        return self._productores[clave]

    def _publicar(self, productor: pulsar.Producer, carta: Carta) -> None:
        """Send, and wait until it is durable."""
        productor.send(carta.carga, properties=carta.propiedades, partition_key=carta.clave)

    def _quitar(self, buzon: Buzon, carta: Carta) -> None:
        buzon.quitar(carta)

    def _dar_por_perdido(self, carta: Carta, *, sin_falta: bool) -> str:
        try:
            recibido = self._decodificar(carta)
        except MensajeIlegible:
            return DESCARTADA
        try:
            # A conflict with what a worker does at the same instant is over the next time.
            for intento in stamina.retry_context(on=_es_del_mensaje, attempts=3, wait_initial=0.05):
                with intento:
                    hecho = self._bus.descartar(recibido)
        except Exception as error:
            if es_de_infraestructura(error):
                raise
            # What keeps its handler from it may keep the refusal from being told too.
            if not sin_falta:
                raise SeQueda(f"su rechazo no se puede decir: {type(error).__name__}") from error
            log.error("rechazo sin aviso", id=carta.id, tipo=conocido(carta.tipo), error=type(error).__name__)
            hecho = self._bus.descartar(recibido, avisar=False)
        if not hecho:
            return YA_ATENDIDA
        return RECHAZADA if recibido.mensaje.clase == "comando" else DESCARTADA

    def _decodificar(self, carta: Carta) -> Recibido:
        if carta.sin_sitio is not None:
            raise MensajeIlegible("su carga no cupo en la carta")
        return self._decodificador.decodificar(carta)

    def _auditar(self, accion: str, carta: Carta, resultado: str) -> None:
        """Have the trail tell what an operator did, before the letter is gone: none goes without."""
        if self._operador is not None:
            dicha = self._operador.anotacion(accion, carta.recurso, resultado, carta.correlacion, self._entorno.ahora())
            anotar(self._motor, dicha)

    def _anotar(self, que: str, carta: Carta, resultado: str) -> None:
        """Log what became of a letter. Not its error: the log has it since it was parked, or somebody else wrote it."""
        log.warning(
            que,
            id=carta.id,
            tipo=conocido(carta.tipo),
            lugar=carta.lugar,
            correlacion=carta.correlacion,
            aparcada=en_texto(carta.instante),
            resultado=resultado,
        )
