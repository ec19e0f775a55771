"""Dead letters: messages that could not be handled, kept on a topic of the service's own."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import pulsar
import structlog

from contratos import REGISTRO
from seedwork.aplicacion.broker import NoCabe, Posicion, Salida
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.recibido import Original
from seedwork.aplicacion.sobre import en_instante, en_texto
from seedwork.dominio.reglas import MAXIMO_ID, es_id
from seedwork.infraestructura import cloudevents
from seedwork.infraestructura.avance import CursorDeTopico, CursoresPulsar
from seedwork.infraestructura.cloudevents import entero
from seedwork.infraestructura.lector import crear_lector
from seedwork.infraestructura.subscription import MensajePulsar, publicado
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas

log = structlog.get_logger(__name__)

_PREFIJO = "carta_"
_ESPERA_S = 10.0
_TEXTO_MAXIMO = 512
_PACIENCIA_MS = 2000
_LUGAR = re.compile(r"\d{1,18}:\d{1,18}:(?:-1|\d{1,9})")
_COLA = 20
"""Letters that are delivered ahead: each may have 5 MiB."""


@dataclass(frozen=True, slots=True)
class Carta:
    """A dead letter: what could not be handled, as it was, and why. It is an :class:`Original`.

    Anybody may have written anything there. What is no id, or no short text, is empty here: it would break, or swell,
    whatever is done with the letter. ``propiedades`` alone holds it as it came.

    Attributes:
        mensaje: the letter on the dead-letter topic; its payload is the original's.
        lugar: where it lies there; with ``@`` before it, what a letter without an id is asked for by.
        id: ``ce_id``; empty where the message had none.
        tipo: ``ce_type``.
        correlacion: ``ce_correlationid``.
        clave: the partition key, an aggregate's id.
        instante: when it was parked.
        error: what went wrong; it quotes no value.
        intentos: single handlings, 0 for what could not be decoded.
        topico: where it came from; empty for what no consumer parked.
        consumidor: whose handler failed.
        esquema: the version of its topic's schema that it was written with, -1 where it did not say.
        propiedades: the original's properties; none where they can't be read.
        sin_sitio: octets of payload that the letter had no room for; None where it bears it.
    """

    mensaje: pulsar.Message = field(repr=False)
    lugar: str
    id: str
    tipo: str
    correlacion: str
    clave: str
    instante: datetime
    error: str
    intentos: int
    topico: str
    consumidor: str
    esquema: int
    propiedades: dict[str, str]
    sin_sitio: int | None = None

    @classmethod
    def de(cls, mensaje: pulsar.Message) -> "Carta":
        """The letter that a message of the dead-letter topic is; what somebody else wrote there is one too."""
        propia = MensajePulsar(mensaje)
        todas = propia.propiedades
        originales = _sin_prefijo(todas)
        # It was not parked after it was published here. One that says no time that there is counts as old.
        publicada = publicado(mensaje)
        dicha = en_instante(todas.get("carta_instante", ""))
        return cls(
            mensaje=mensaje,
            lugar=propia.lugar,
            id=_id(originales.get("ce_id")),
            tipo=_texto(originales.get("ce_type")),
            correlacion=_id(originales.get("ce_correlationid")),
            clave=_clave(propia.clave),
            instante=min(dicha or publicada, publicada),
            error=_texto(todas.get("carta_error")),
            intentos=entero(todas.get("carta_intentos"), 0),
            sin_sitio=entero(todas["carta_octetos"], 0) if "carta_octetos" in todas else None,
            topico=_texto(todas.get("carta_topico")),
            consumidor=_texto(todas.get("carta_consumidor")),
            esquema=entero(todas.get("carta_esquema"), -1),
            propiedades=originales,
        )

    @property
    def recurso(self) -> str:
        """What the audit trail knows it by: its message's id, as often as that was parked; without one, its place."""
        return self.id or self.lugar

    @property
    def carga(self) -> bytes:
        """The original payload. It may hold what is a person's: it is shown to nobody."""
        return bytes(self.mensaje.data())

    @property
    def publicado(self) -> float:
        """When it was parked."""
        return self.instante.timestamp()

    @property
    def octetos(self) -> int:
        """How large the original's payload was."""
        return len(self.carga) if self.sin_sitio is None else self.sin_sitio


def _sin_prefijo(propiedades: Mapping[str, str]) -> dict[str, str]:
    """The original's own: what is written on a letter, nobody but whoever parks it may say."""
    return {n: v for n, v in propiedades.items() if not n.startswith(_PREFIJO)}


def _id(texto: str | None) -> str:
    return texto if texto and es_id(texto) else ""


def _texto(texto: str | None, maximo: int = _TEXTO_MAXIMO) -> str:
    return texto if texto and len(texto) <= maximo and texto.isprintable() else ""


def conocido(tipo: str | None) -> str | None:
    """A ``ce_type`` as a log may have it: any other text than the contract's is somebody's own."""
    return tipo if tipo in REGISTRO else None


def _clave(texto: str) -> str:
    """A key as far as it is as short as any of the contract's: on a longer one a broker may hang up without a word."""
    return _texto(texto, MAXIMO_ID)


class Buzon:
    """The dead letters of a service, in the hands of one process at a time. They stay until they are removed."""

    def __init__(self, consumidor: pulsar.Consumer, paciencia_ms: int) -> None:
        self._consumidor = consumidor
        self._paciencia_ms = paciencia_ms

    def __iter__(self) -> Iterator[Carta]:
        """Those that were there when the walk began, oldest first: what is parked again meanwhile is not met again.

        Raises:
            pulsar.NotConnected: the broker went away before the end.
        """
        ultima = self._consumidor.get_last_message_id()
        if ultima.entry_id() < 0:
            return
        try:
            while True:
                mensaje = self._consumidor.receive(self._paciencia_ms)
                propia = mensaje.message_id()
                if ultima < propia:
                    return
                yield Carta.de(mensaje)
                if not propia < ultima:
                    return
        except pulsar.Timeout:
            # The newest ones were removed before; or else nobody is there to deliver them.
            if not self._consumidor.is_connected():
                raise pulsar.NotConnected from None

    def quitar(self, carta: Carta) -> None:
        """Remove a letter for good."""
        self._consumidor.acknowledge(carta.mensaje)


@contextmanager
def abrir_buzon(
    cliente: pulsar.Client, contexto: str, *, espera_s: float = 10.0, paciencia_ms: int = 2000
) -> Iterator[Buzon]:
    """Take a service's dead letters in hand; those that are not removed stay where they are.

    Args:
        cliente: made in this process.
        contexto: the service's name.
        espera_s: how long to wait while somebody else has them.
        paciencia_ms: after how long without another letter there is none.

    Raises:
        pulsar.PulsarException: the broker is away, or somebody else has them (``ConsumerBusy``).
    """
    limite = time.monotonic() + espera_s
    while True:
        try:
            consumidor = cliente.subscribe(
                topico_cartas(contexto),
                SUBSCRIPTION_CARTAS,
                initial_position=pulsar.InitialPosition.Earliest,
                receiver_queue_size=_COLA,
                batch_index_ack_enabled=True,
            )
            break
        except pulsar.ConsumerBusy:
            if time.monotonic() >= limite:
                raise
            time.sleep(0.2)
    try:
        yield Buzon(consumidor, paciencia_ms)
    finally:
        # Removals that are still on their way go out with it.
        consumidor.close()


V = TypeVar("V")


class Mirador:
    """A service's dead letters, seen without taking them in hand.

    A reader of its own walks the topic, and the subscription's cursor says which are gone: whoever has them in hand
    meanwhile, or looks at them likewise, is not disturbed.

    Args:
        cliente: answers the one of this process.
        cursores: where the cursor is told.
        contexto: the service's name.
    """

    def __init__(self, cliente: Callable[[], pulsar.Client], cursores: CursoresPulsar, contexto: str) -> None:
        self._cliente = cliente
        self._cursores = cursores
        self._topico = topico_cartas(contexto)

    def pagina(
        self, tras: str | None, ver: Callable[[Carta], V | None], *, cuantas: int, plazo_s: float
    ) -> tuple[list[V], str | None]:
        """Some of them, oldest first, as they are to be seen; and the place behind which there may be more.

        Args:
            tras: the place behind which to begin; None for the first one.
            ver: what is seen of a letter; None for one that is passed over.
            cuantas: how many at most.
            plazo_s: after so many seconds it ends with what it has.

        Raises:
            pulsar.PulsarException, SinAvance: the broker is in trouble.
        """
        cursor = self._cursores.mirar(self._topico, SUBSCRIPTION_CARTAS)
        inicio = pulsar.MessageId.earliest if cursor.hasta[1] < 0 else pulsar.MessageId(-1, *cursor.hasta, -1)
        if tras is not None:
            inicio = pulsar.MessageId(-1, *map(int, tras.split(":")))
        vistas: list[V] = []
        limite = time.monotonic() + plazo_s
        for carta in self._recorrer(inicio, cursor):
            if len(vistas) == cuantas or (time.monotonic() > limite and tras is not None):
                return vistas, tras
            tras = carta.lugar
            if not cursor.acabada(_entrada(carta.lugar)) and (visto := ver(carta)) is not None:
                vistas.append(visto)
        return vistas, None

    def una(self, lugar: str) -> Carta | None:
        """The one that lies at a place; None where there is none, or it is gone.

        Raises:
            pulsar.PulsarException, SinAvance: the broker is in trouble.
        """
        if not _LUGAR.fullmatch(lugar):
            return None
        cursor, entrada = self._cursores.mirar(self._topico, SUBSCRIPTION_CARTAS), _entrada(lugar)
        if entrada > cursor.ultimo or cursor.acabada(entrada):
            return None
        for carta in self._recorrer(pulsar.MessageId(-1, *entrada, -1), cursor, con_la_primera=True):
            if carta.lugar == lugar or _entrada(carta.lugar) > entrada:
                return carta if carta.lugar == lugar else None
        return None

    def _recorrer(
        self, inicio: pulsar.MessageId, cursor: CursorDeTopico, *, con_la_primera: bool = False
    ) -> Iterator[Carta]:
        """Whatever was there when the cursor was looked at, gone or not."""
        lector = crear_lector(
            self._cliente(), self._topico, inicio, receiver_queue_size=_COLA, start_message_id_inclusive=con_la_primera
        )
        try:
            while lector.has_message_available():
                carta = Carta.de(lector.read_next(_PACIENCIA_MS))
                if _entrada(carta.lugar) > cursor.ultimo:
                    return
                yield carta
        finally:
            lector.close()


def _entrada(lugar: str) -> Posicion:
    ledger, entrada, _ = lugar.split(":")
    return int(ledger), int(entrada)


class CartasMuertas:
    """The dead-letter place of one service.

    A dead letter is the original payload with its properties, and ``carta_error``, ``carta_intentos``,
    ``carta_topico``, ``carta_consumidor``, ``carta_instante`` and ``carta_esquema`` (the version that its topic's
    registry gave the writer's schema) beside them. Where that is larger than the broker takes, it has first no
    properties that the contract does not know, and then no payload, but ``carta_octetos``, that payload's size: what
    could not be parked would stand before its subscription's other messages for ever. A key longer than any of the
    contract's is left out.
    """

    def __init__(self, salida: Salida, contexto: str, consumidor: str, entorno: Entorno) -> None:
        self._salida = salida
        self._topico = topico_cartas(contexto)
        self._consumidor = consumidor
        self._entorno = entorno

    def aparcar(self, original: Original, *, error: str, intentos: int) -> None:
        """Park a message; when this returns, it is durable.

        Raises:
            SinConfirmacion: the broker did not confirm; the original must not be acknowledged.
        """
        propias = {
            "carta_error": error,
            "carta_intentos": str(intentos),
            "carta_topico": original.topico,
            "carta_consumidor": self._consumidor,
            "carta_instante": en_texto(self._entorno.ahora()),
            "carta_esquema": str(original.esquema),
        }
        todas = _sin_prefijo(original.propiedades)
        conocidas = cloudevents.propias(todas)
        carga, clave = original.carga, _clave(original.clave)
        if not any(self._cabe(carga, {**suyas, **propias}, clave) for suyas in (todas, conocidas)):
            sin_carga = {**conocidas, **propias, "carta_octetos": str(len(carga))}
            self._salida.publicar_carga(self._topico, b"", sin_carga, clave, espera=_ESPERA_S)
        log.error(
            "mensaje aparcado",
            id=_id(conocidas.get("ce_id")),
            tipo=conocido(conocidas.get("ce_type")),
            correlacion=_id(conocidas.get("ce_correlationid")),
            error=error,
            intentos=intentos,
        )

    def _cabe(self, carga: bytes, propiedades: Mapping[str, str], clave: str) -> bool:
        """Publish it; False where it is larger than the broker takes."""
        try:
            self._salida.publicar_carga(self._topico, carga, propiedades, clave, espera=_ESPERA_S)
        except NoCabe:
            return False
        return True
