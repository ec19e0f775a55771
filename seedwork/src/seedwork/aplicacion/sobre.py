"""The envelope of a message: CloudEvents 1.0 context attributes, and the platform's extensions."""

from dataclasses import dataclass
from datetime import UTC, datetime

import uuid_utils

from contratos import Mensaje


def ahora() -> str:
    """The present instant, as ``ce_time`` and ``ocurrido`` carry it."""
    return en_texto(datetime.now(UTC))


def en_texto(instante: datetime) -> str:
    """An instant as messages and queries tell it: RFC 3339 in UTC, with microseconds and ``Z``."""
    return instante.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def en_instante(texto: str) -> datetime | None:
    """The inverse, of whatever came; None for what is no instant with its zone."""
    try:
        instante = datetime.fromisoformat(texto)
    except ValueError:
        return None
    return instante.astimezone(UTC) if instante.tzinfo else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sobre:
    """What travels around a payload (CloudEvents 1.0 §3.1, and contract §3).

    Attributes:
        id: ``ce_id``; for a command, its ``id_comando``.
        tipo: ``ce_type``, ``co.saludtech.<context>.<Name>.v1``.
        fuente: ``ce_source``, ``/saludtech/<context>`` of the sender.
        sujeto: ``ce_subject``, the aggregate's id; also the partition key.
        tiempo: ``ce_time``, RFC 3339.
        correlacion: ``ce_correlationid``, the id of the command at the root of it all.
        causa: ``ce_causationid``, the id of the message that caused this one.
        secuencia: ``ce_sequence``, +1 per event of the aggregate.
        clave_idempotencia: ``ce_idempotencykey``.
        traza: ``ce_traceparent`` (W3C Trace Context §3.2).
    """

    id: str
    tipo: str
    fuente: str
    sujeto: str
    tiempo: str
    correlacion: str
    causa: str | None = None
    secuencia: int | None = None
    clave_idempotencia: str | None = None
    traza: str | None = None

    @classmethod
    def nuevo(
        cls,
        mensaje: Mensaje | type[Mensaje],
        *,
        fuente: str,
        sujeto: str,
        id: str | None = None,
        clave_idempotencia: str | None = None,
        traza: str | None = None,
    ) -> "Sobre":
        """The envelope of a message that nothing on the platform caused: a command at the door."""
        propio = id or str(uuid_utils.uuid7())
        return cls(
            id=propio,
            tipo=mensaje.tipo,
            fuente=fuente,
            sujeto=sujeto,
            tiempo=ahora(),
            correlacion=propio,
            clave_idempotencia=clave_idempotencia,
            traza=traza,
        )

    def consecuencia(self, mensaje: Mensaje, *, fuente: str, sujeto: str, secuencia: int | None = None) -> "Sobre":
        """The envelope of a message that this one caused."""
        return Sobre(
            id=str(uuid_utils.uuid7()),
            tipo=mensaje.tipo,
            fuente=fuente,
            sujeto=sujeto,
            tiempo=ahora(),
            correlacion=self.correlacion,
            causa=self.id,
            secuencia=secuencia,
            traza=self.traza,
        )
