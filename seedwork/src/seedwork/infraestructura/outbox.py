"""The outbox's rows: a column per attribute of the envelope, and the payload's bytes as they will travel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contratos.base import Mensaje
from seedwork.aplicacion.espera import Aplazado
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import avro, cloudevents
from seedwork.infraestructura.topicos import topico_espera

_PROPIEDADES_MAXIMAS = 64 * 1024
"""Characters in the properties of a command that waits; with the largest payload, it fits into what a broker takes."""


def a_fila(sobre: Sobre, mensaje: Mensaje) -> dict[str, Any]:
    """The row of a message that is to be sent. Nothing that is said through an outbox has an idempotency key."""
    return _a_fila(sobre, mensaje.topico, avro.codificar(mensaje))


def _a_fila(sobre: Sobre, topico: str, carga: bytes) -> dict[str, Any]:
    return {
        "topico": topico,
        "ce_id": sobre.id,
        "tipo": sobre.tipo,
        "fuente": sobre.fuente,
        "sujeto": sobre.sujeto,
        "tiempo": sobre.tiempo,
        "correlacion": sobre.correlacion,
        "causa": sobre.causa,
        "secuencia": sobre.secuencia,
        "traza": sobre.traza,
        "carga": carga,
    }


def a_fila_aplazada(aplazado: Aplazado, contexto: str, no_antes: datetime) -> dict[str, Any]:
    """The row of a command that waits: it goes to the service's waiting topic, as it came, and not before then."""
    recibido, original = aplazado.recibido, aplazado.recibido.original
    propias = {
        "espera_topico": original.topico,
        "espera_esquema": str(original.esquema),
        "espera_vuelta": str(aplazado.vuelta),
    }
    return {
        **_a_fila(recibido.sobre, topico_espera(contexto), original.carga),
        "propiedades": {**_que_caben(original.propiedades), **propias},
        "no_antes": no_antes,
    }


def _que_caben(propiedades: Mapping[str, str]) -> Mapping[str, str]:
    """What nobody knows travels along while it is no burden: one row that can't be sent would hold all others up."""
    peso = sum(len(n) + len(v) for n, v in propiedades.items())
    return propiedades if peso <= _PROPIEDADES_MAXIMAS else cloudevents.propias(propiedades)


def a_sobre(fila: Any) -> Sobre:
    """The envelope that a row holds."""
    return Sobre(
        id=fila.ce_id,
        tipo=fila.tipo,
        fuente=fila.fuente,
        sujeto=fila.sujeto,
        tiempo=fila.tiempo,
        correlacion=fila.correlacion,
        causa=fila.causa,
        secuencia=fila.secuencia,
        traza=fila.traza,
    )
