"""Dead letters: messages that could not be handled, kept on a topic of the service's own."""

import pulsar
import structlog

from seedwork.aplicacion.sobre import ahora
from seedwork.infraestructura.aprovisionamiento import topico_cartas
from seedwork.infraestructura.pulsar import Publicador

registro = structlog.get_logger(__name__)


class CartasMuertas:
    """The dead-letter place of one service.

    A dead letter is the original payload with its properties, and ``carta_error``, ``carta_intentos``,
    ``carta_topico``, ``carta_consumidor`` and ``carta_instante`` beside them.
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
        propiedades = dict(original.properties())
        propiedades |= {
            "carta_error": error,
            "carta_intentos": str(intentos),
            "carta_topico": original.topic_name(),
            "carta_consumidor": self._consumidor,
            "carta_instante": ahora(),
        }
        clave = original.partition_key() or propiedades.get("ce_subject", "")
        self._publicador.publicar_carga(self._topico, original.data(), propiedades, clave, espera=10.0)
        registro.error(
            "mensaje aparcado",
            id=propiedades.get("ce_id"),
            tipo=propiedades.get("ce_type"),
            correlacion=propiedades.get("ce_correlationid"),
            error=error,
            intentos=intentos,
        )
