"""The outbox's rows: a column per attribute of the envelope, and the payload's bytes as they will travel."""

from typing import Any

import sqlalchemy as sa

from contratos import Mensaje
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import avro

PENDIENTES = sa.text(
    "SELECT id, topico, carga, ce_id, tipo, fuente, sujeto, tiempo, correlacion, causa, secuencia, traza"
    " FROM outbox WHERE enviado IS NULL ORDER BY id LIMIT :tope"
)
"""The oldest rows that are not sent; :func:`a_sobre` reads them from ``ce_id`` on."""


def a_fila(sobre: Sobre, mensaje: Mensaje) -> dict[str, Any]:
    """The row of a message that is to be sent. Nothing that leaves through an outbox has an idempotency key."""
    return {
        "topico": mensaje.topico,
        "ce_id": sobre.id,
        "tipo": sobre.tipo,
        "fuente": sobre.fuente,
        "sujeto": sobre.sujeto,
        "tiempo": sobre.tiempo,
        "correlacion": sobre.correlacion,
        "causa": sobre.causa,
        "secuencia": sobre.secuencia,
        "traza": sobre.traza,
        "carga": avro.codificar(mensaje),
    }


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
