"""Dead letters: messages that could not be handled, kept on a topic of the service's own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pulsar
import structlog

from seedwork.aplicacion.sobre import ahora
from seedwork.infraestructura.aprovisionamiento import SUSCRIPCION_CARTAS, topico_cartas
from seedwork.infraestructura.pulsar import Publicador

registro = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Carta:
    """A dead letter as an operator sees it: everything but the payload.

    Attributes:
        id: ``ce_id``; empty where the message had none.
        tipo: ``ce_type``.
        clave: the partition key, an aggregate's id.
        instante: when it was parked, RFC 3339.
        error: what went wrong; it quotes no value.
        intentos: single handlings, 0 for what could not be decoded.
        topico: where it came from.
        consumidor: whose handler failed.
        propiedades: all of the message's properties.
        octetos: the payload's size.
    """

    id: str
    tipo: str
    clave: str
    instante: str
    error: str
    intentos: int
    topico: str
    consumidor: str
    propiedades: dict[str, str]
    octetos: int


def leer_cartas(cliente: pulsar.Client, contexto: str, *, paciencia_ms: int = 2000) -> Iterator[Carta]:
    """The dead letters of a service that nobody has replayed or discarded yet, oldest first; they stay.

    Raises:
        pulsar.PulsarException: the broker is away, or somebody else is reading them (``ConsumerBusy``).
    """
    consumidor = cliente.subscribe(
        topico_cartas(contexto), SUSCRIPCION_CARTAS, initial_position=pulsar.InitialPosition.Earliest
    )
    try:
        while True:
            yield _carta(consumidor.receive(paciencia_ms))
    except pulsar.Timeout:
        return
    finally:
        consumidor.close()


def _carta(original: pulsar.Message) -> Carta:
    propiedades = dict(original.properties())
    return Carta(
        id=propiedades.get("ce_id", ""),
        tipo=propiedades.get("ce_type", ""),
        clave=original.partition_key(),
        instante=propiedades["carta_instante"],
        error=propiedades["carta_error"],
        intentos=int(propiedades["carta_intentos"]),
        topico=propiedades["carta_topico"],
        consumidor=propiedades["carta_consumidor"],
        propiedades=propiedades,
        octetos=len(original.data()),
    )


class CartasMuertas:
    """The dead-letter place of one service.

    A dead letter is the original payload with its properties, and ``carta_error``, ``carta_intentos``,
    ``carta_topico``, ``carta_consumidor``, ``carta_instante`` and ``carta_esquema`` (the version that its topic's
    registry gave the writer's schema) beside them.
    """

    def __init__(self, publicador: Publicador, contexto: str, consumidor: str) -> None:
        self._publicador = publicador
        self._topico = topico_cartas(contexto)
        self._consumidor = consumidor

    def aparcar(self, original: pulsar.Message, *, error: str, intentos: int) -> None:
        """Park a message; when this returns, it is durable.

        Raises:
            SinConfirmacion: the broker did not confirm; the original must not be acknowledged.
        """
        propiedades, clave = _legibles(original)
        propiedades |= {
            "carta_error": error,
            "carta_intentos": str(intentos),
            "carta_topico": original.topic_name(),
            "carta_consumidor": self._consumidor,
            "carta_instante": ahora(),
            "carta_esquema": str(original._message.int_schema_version()),
        }
        self._publicador.publicar_carga(self._topico, original.data(), propiedades, clave, espera=10.0)
        registro.error(
            "mensaje aparcado",
            id=propiedades.get("ce_id"),
            tipo=propiedades.get("ce_type"),
            correlacion=propiedades.get("ce_correlationid"),
            error=error,
            intentos=intentos,
        )


def _legibles(original: pulsar.Message) -> tuple[dict[str, str], str]:
    """Properties and key. The client hands out either all properties or, where one is no UTF-8, none."""
    try:
        propiedades = dict(original.properties())
        return propiedades, original.partition_key() or propiedades.get("ce_subject", "")
    except UnicodeDecodeError:
        return {}, ""
