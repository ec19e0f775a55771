"""Messages for tests, that nothing on the platform caused: their envelopes, and how they arrive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contratos.base import Mensaje
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import avro, cloudevents

_ENTORNO = EntornoReal()


@dataclass(frozen=True, slots=True)
class Viajado:
    """A message as it travelled (:class:`seedwork.aplicacion.recibido.Original`)."""

    topico: str
    clave: str
    carga: bytes = field(repr=False)
    propiedades: Mapping[str, str] = field(repr=False)
    esquema: int = 0
    lugar: str = ""
    publicado: float = 0.0


def sobre_nuevo(mensaje: Mensaje | type[Mensaje], *, fuente: str, sujeto: str, **otros: Any) -> Sobre:
    """As :meth:`Sobre.nuevo`, now, with an id of its own unless one is given."""
    return Sobre.nuevo(mensaje, fuente=fuente, sujeto=sujeto, **{"entorno": _ENTORNO, **otros})


def recibido(sobre: Sobre, mensaje: Mensaje) -> Recibido:
    """A message that arrives for the first time, as it would from its own topic."""
    propiedades = cloudevents.a_propiedades(sobre, mensaje.topico)
    return Recibido(sobre, mensaje, Viajado(mensaje.topico, sobre.sujeto, avro.codificar(mensaje, sobre), propiedades))
