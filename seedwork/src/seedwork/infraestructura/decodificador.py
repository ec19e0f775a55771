"""From a Pulsar message to envelope and payload, whichever released schema it was written with."""

import json
from collections.abc import Iterable, Mapping

import pulsar

from contratos import REGISTRO, Mensaje
from seedwork.aplicacion.bus import Recibido
from seedwork.aplicacion.validez import falta
from seedwork.infraestructura import avro
from seedwork.infraestructura.cloudevents import MensajeIlegible, de_propiedades


class SinRegistro(Exception):
    """The schema registry can't be asked now: no message is to blame."""


def topico_base(original: pulsar.Message) -> str:
    """The topic's name, without the number of its partition."""
    return str(original.topic_name()).split("-partition-")[0]


def version_esquema(original: pulsar.Message) -> int:
    """The version that its topic's registry gave the schema that it was written with; -1 where it does not say."""
    return int(original._message.int_schema_version())


def esquema_registrado(cliente: pulsar.Client, topico: str, version: int) -> str:
    """The text of one version of a topic's schema.

    Raises:
        MensajeIlegible: there is no such version.
        SinRegistro: the registry can't be asked now.
    """
    if version < 0:
        # The registry would answer with its newest schema, and nonsense may decode.
        raise MensajeIlegible("no dice con qué esquema se escribió")
    try:
        return str(cliente._client.get_schema_info(topico, version).schema())
    except pulsar.TopicNotFound as error:
        raise MensajeIlegible("su esquema no está registrado") from error
    except pulsar.PulsarException as error:
        raise SinRegistro(type(error).__name__) from error


class Decodificador:
    """Decodes the messages of some topics; the writers' schemas come from the broker's registry, once each."""

    def __init__(self, cliente: pulsar.Client, tipos: Iterable[type[Mensaje]]) -> None:
        self._cliente = cliente
        self._por_topico = {t.topico: t for t in tipos}
        self._escritores: dict[tuple[str, int], str | None] = {}

    @property
    def topicos(self) -> list[str]:
        """The topics that it can decode."""
        return list(self._por_topico)

    def decodificar(self, original: pulsar.Message) -> Recibido:
        """The message.

        Raises:
            MensajeIlegible: it can't be decoded, and trying again can't help.
            SinRegistro: its writer's schema is not known here, and can't be had now.
        """
        try:
            propiedades = original.properties()
        except UnicodeDecodeError:
            raise MensajeIlegible("sus propiedades no son UTF-8") from None
        return self.decodificar_partes(topico_base(original), version_esquema(original), propiedades, original.data())

    def decodificar_partes(self, topico: str, version: int, propiedades: Mapping[str, str], carga: bytes) -> Recibido:
        """As :meth:`decodificar`, for what was on the topic once, written with that version of its schema."""
        tipo = self._por_topico.get(topico)
        sobre = de_propiedades(propiedades)
        if tipo is None or REGISTRO.get(sobre.tipo) is not tipo:
            raise MensajeIlegible("ce_type no es el del tópico")
        mensaje = avro.decodificar(tipo, carga, self._escritor(tipo, topico, version))
        if motivo := falta(mensaje, sobre.sujeto):
            raise MensajeIlegible(motivo)
        return Recibido(sobre, mensaje)

    def _escritor(self, tipo: type[Mensaje], topico: str, version: int) -> str | None:
        """The schema that the message was written with; None where it is this reader's own."""
        if (topico, version) not in self._escritores:
            texto = esquema_registrado(self._cliente, topico, version)
            self._escritores[topico, version] = None if json.loads(texto) == tipo.esquema else texto
        return self._escritores[topico, version]
