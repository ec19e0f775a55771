"""From a message as it travelled to envelope and payload, whichever released schema it was written with."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from contratos import REGISTRO, Mensaje
from seedwork.aplicacion.broker import Esquemas
from seedwork.aplicacion.recibido import Original, Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.tratamiento import Ilegible
from seedwork.aplicacion.validez import falta
from seedwork.dominio.reglas import es_id
from seedwork.infraestructura import avro
from seedwork.infraestructura.aplazados import Devuelto
from seedwork.infraestructura.cloudevents import MensajeIlegible, de_propiedades

CARGA_MAXIMA = 4 * 1024 * 1024
"""Octets that a message's payload may have. Whatever it is sent on with, it fits into the 5 MiB that a broker takes;
what the door takes has at most 1 MiB (contract §2)."""


class Decodificador:
    """Decodes the messages of some topics; the writers' schemas come from the registry, once each."""

    def __init__(self, esquemas: Esquemas, tipos: Iterable[type[Mensaje]]) -> None:
        self._esquemas = esquemas
        self._por_topico = {t.topico: t for t in tipos}
        self._escritores: dict[tuple[str, int], str | None] = {}

    def leer(self, llegado: Original) -> Recibido | Ilegible:
        """A message that came from its own topic.

        Raises:
            SinEsquemas: its writer's schema is not known here, and can't be had now.
        """
        try:
            return self.decodificar(llegado)
        except MensajeIlegible as error:
            return Ilegible(llegado, str(error))

    def leer_en_espera(self, llegado: Original) -> Recibido | Ilegible:
        """A command that waited, and comes from where it did.

        Raises:
            SinEsquemas: its writer's schema is not known here, and can't be had now.
        """
        devuelto = Devuelto.de(llegado)
        try:
            return self.decodificar(devuelto, vuelta=devuelto.vuelta)
        except MensajeIlegible as error:
            if devuelto.topico not in self._por_topico:
                # Whoever wrote it there: what it says becomes a metric's label, and where a letter goes back to.
                devuelto = replace(devuelto, topico="")
            ce_id = devuelto.propiedades.get("ce_id", "")
            # What can be no id has no row; and it may be no text that a database takes.
            return Ilegible(devuelto, str(error), en_espera=ce_id if es_id(ce_id) else "")

    def decodificar(self, original: Original, *, vuelta: int = 0) -> Recibido:
        """A message.

        Raises:
            MensajeIlegible: it can't be decoded, and trying again can't help.
            SinEsquemas: its writer's schema is not known here, and can't be had now.
        """
        tipo, sobre, carga, escritor = self._abrir(original)
        mensaje = avro.decodificar(tipo, carga, escritor, sobre)
        if motivo := falta(mensaje, sobre.sujeto):
            raise MensajeIlegible(motivo)
        return Recibido(sobre, mensaje, original, vuelta)

    def cerrado(self, original: Original) -> tuple[type[Mensaje], Sobre, dict[str, Any]]:
        """A message's type, its envelope and its record, in which what is a person's stays encrypted; whether each
        field is what it must be was not looked at.

        Raises:
            MensajeIlegible, SinEsquemas: as of :meth:`decodificar`.
        """
        tipo, sobre, carga, escritor = self._abrir(original)
        return tipo, sobre, avro.registro(tipo, carga, escritor)

    def _abrir(self, original: Original) -> tuple[type[Mensaje], Sobre, bytes, str | None]:
        """A message's type, its envelope, its payload, and the schema that this was written with."""
        topico = original.topico
        tipo = self._por_topico.get(topico)
        sobre = de_propiedades(original.propiedades, original.clave)
        if tipo is None or REGISTRO.get(sobre.tipo) is not tipo:
            raise MensajeIlegible("ce_type no es el del tópico")
        carga = original.carga
        if len(carga) > CARGA_MAXIMA:
            raise MensajeIlegible(f"su carga pesa {len(carga)} octetos")
        return tipo, sobre, carga, self._escritor(tipo, topico, original.esquema)

    def _escritor(self, tipo: type[Mensaje], topico: str, version: int) -> str | None:
        """The schema that the message was written with; None where it is this reader's own."""
        if (topico, version) not in self._escritores:
            texto = esquema_registrado(self._esquemas, topico, version)
            try:
                es_el_propio = json.loads(texto) == tipo.esquema
            except ValueError:
                raise MensajeIlegible("su esquema no es de Avro") from None
            self._escritores[topico, version] = None if es_el_propio else texto
        return self._escritores[topico, version]


def esquema_registrado(esquemas: Esquemas, topico: str, version: int) -> str:
    """The text of one version of a topic's schema.

    Raises:
        MensajeIlegible: there is no such version.
        SinEsquemas: the registry can't be asked now.
    """
    if version < 0:
        raise MensajeIlegible("no dice con qué esquema se escribió")
    texto = esquemas.texto(topico, version)
    if texto is None:
        raise MensajeIlegible("su esquema no está registrado")
    return texto
