"""From a Pulsar message to envelope and payload, whichever released schema it was written with."""

import json
from collections.abc import Iterable

import pulsar

from contratos import REGISTRO, Mensaje
from seedwork.aplicacion.bus import Recibido
from seedwork.infraestructura import avro
from seedwork.infraestructura.cloudevents import MensajeIlegible, de_propiedades


class SinRegistro(Exception):
    """The schema registry can't be asked now: no message is to blame."""


def topico_base(original: pulsar.Message) -> str:
    """The topic's name, without the number of its partition."""
    return str(original.topic_name()).split("-partition-")[0]


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
        topico = topico_base(original)
        tipo = self._por_topico.get(topico)
        try:
            propiedades = original.properties()
        except UnicodeDecodeError:
            raise MensajeIlegible("sus propiedades no son UTF-8") from None
        sobre = de_propiedades(propiedades)
        if tipo is None or REGISTRO.get(sobre.tipo) is not tipo:
            raise MensajeIlegible("ce_type no es el del tópico")
        escritor = self._escritor(tipo, topico, original._message.int_schema_version())
        return Recibido(sobre, avro.decodificar(tipo, original.data(), escritor))

    def _escritor(self, tipo: type[Mensaje], topico: str, version: int) -> str | None:
        """The schema that the message was written with; None where it is this reader's own."""
        if version < 0:
            # The registry would answer with its newest schema, and nonsense may decode.
            raise MensajeIlegible("no dice con qué esquema se escribió")
        if (topico, version) not in self._escritores:
            try:
                texto = str(self._cliente._client.get_schema_info(topico, version).schema())
            except pulsar.TopicNotFound as error:
                raise MensajeIlegible("su esquema no está registrado") from error
            except pulsar.PulsarException as error:
                raise SinRegistro(type(error).__name__) from error
            self._escritores[topico, version] = None if json.loads(texto) == tipo.esquema else texto
        return self._escritores[topico, version]
