"""The envelope of a message: CloudEvents 1.0 context attributes, and the platform's extensions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from contratos.acceso import permiso
from contratos.base import REGISTRO, Mensaje
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.identidad import SIN_PREGUNTAR, Acceso, Quien


def en_texto(instante: datetime) -> str:
    """An instant as messages and queries tell it: RFC 3339 in UTC, with microseconds and ``Z``."""
    en_utc = instante if instante.tzinfo is UTC else instante.astimezone(UTC)
    return f"{en_utc.isoformat(timespec='microseconds')[:-6]}Z"


def en_instante(texto: str) -> datetime | None:
    """The inverse, of whatever came; None for what is no instant with its zone."""
    try:
        instante = datetime.fromisoformat(texto)
        # In UTC it may lie before year 1, or after 9999.
        return instante.astimezone(UTC) if instante.tzinfo else None
    except (ValueError, OverflowError):
        return None


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
        quien: who asked for a command: ``ce_authtype``, ``ce_authid`` and ``ce_authclaims`` (CloudEvents, extension
            "authcontext"). No event bears it: some are kept for ever.
        tramo: the traceparent of the span in which it is handled here, where that is kept; it does not travel.
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
    quien: Quien | None = None
    tramo: str | None = None

    @property
    def contexto(self) -> str | None:
        """The traceparent of what it causes' parent."""
        return self.tramo or self.traza

    @property
    def acceso(self) -> Acceso:
        """How far whoever asked for the command reaches with it; all the way for what no caller asked for, as no event
        is.

        Raises:
            SinPermiso: the command has no rule.
        """
        if self.quien is None or (tipo := REGISTRO[self.tipo]).clase == "evento":
            return SIN_PREGUNTAR
        return Acceso(self.quien, permiso(tipo))

    @classmethod
    def nuevo(
        cls,
        mensaje: Mensaje | type[Mensaje],
        *,
        fuente: str,
        sujeto: str,
        entorno: Entorno,
        id: str | None = None,
        correlacion: str | None = None,
        clave_idempotencia: str | None = None,
        traza: str | None = None,
        quien: Quien | None = None,
    ) -> "Sobre":
        """The envelope of a message that no other message caused: a command at the door, an audit fact of a query."""
        propio = id or entorno.id()
        return cls(
            id=propio,
            tipo=mensaje.tipo,
            fuente=fuente,
            sujeto=sujeto,
            tiempo=en_texto(entorno.ahora()),
            correlacion=correlacion or propio,
            clave_idempotencia=clave_idempotencia,
            traza=traza,
            quien=quien,
        )

    @classmethod
    def propio(
        cls, causa: str, *, fuente: str, sujeto: str, correlacion: str, entorno: Entorno, traza: str | None = None
    ) -> "Sobre":
        """The envelope of nothing that arrived, but of something that a service found out: a deadline, say.

        It has no id, since nobody could find the message; what it causes has no cause that could be looked up.
        """
        return cls(
            id="",
            tipo=causa,
            fuente=fuente,
            sujeto=sujeto,
            tiempo=en_texto(entorno.ahora()),
            correlacion=correlacion,
            traza=traza,
        )

    def como_datos(self) -> dict[str, Any]:
        """What JSON can hold of it, which is all, for whoever goes on with it later."""
        quien = self.quien
        autor = None if quien is None else [quien.tipo, quien.id, quien.afirmaciones()]
        return asdict(replace(self, quien=None)) | {"quien": autor}

    @classmethod
    def de_datos(cls, datos: Mapping[str, Any]) -> "Sobre":
        """The inverse; what was kept before callers had names has none."""
        autor = datos.get("quien")
        return cls(**{**datos, "quien": None if autor is None else Quien.de_afirmaciones(*autor)})

    def consecuencia(
        self,
        mensaje: Mensaje,
        *,
        fuente: str,
        sujeto: str,
        entorno: Entorno,
        secuencia: int | None = None,
        id: str | None = None,
    ) -> "Sobre":
        """The envelope of a message that this one caused."""
        return Sobre(
            id=id or entorno.id(),
            tipo=mensaje.tipo,
            fuente=fuente,
            sujeto=sujeto,
            tiempo=en_texto(entorno.ahora()),
            correlacion=self.correlacion,
            causa=self.id or None,
            secuencia=secuencia,
            traza=self.contexto,
            quien=self.quien if mensaje.clase == "comando" else None,
        )
