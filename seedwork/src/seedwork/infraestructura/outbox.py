"""The outbox: its rows, and the table as its relay reads it.

A row has a column per attribute of the envelope, and the payload's bytes as they will travel.
"""

import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg2
import sqlalchemy as sa

from contratos.base import Mensaje
from seedwork.aplicacion.espera import Aplazado
from seedwork.aplicacion.outbox import PorEnviar, SinOutbox
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import aplazados, avro, bd, cloudevents
from seedwork.infraestructura.topicos import topico_espera

_CERROJO = 0x5A1D
_DIRIGIR = sa.select(sa.func.pg_try_advisory_lock(_CERROJO))
_PENDIENTES = sa.text(
    "SELECT id, topico, carga, ce_id, tipo, fuente, sujeto, tiempo, correlacion, causa, secuencia, traza, propiedades,"
    " extract(epoch FROM no_antes - clock_timestamp()) AS falta_s"
    " FROM outbox WHERE enviado IS NULL ORDER BY id LIMIT :tope"
)
# A command that waits is written anew each time: what is kept of messages for a look back would outgrow all else.
_MARCAR = sa.text("""
    WITH aplazados AS (DELETE FROM outbox WHERE id = ANY(:ids) AND no_antes IS NOT NULL)
    UPDATE outbox SET enviado = clock_timestamp() WHERE id = ANY(:ids) AND no_antes IS NULL
""")


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
    recibido = aplazado.recibido
    return {
        **_a_fila(recibido.sobre, topico_espera(contexto), recibido.original.carga),
        "propiedades": aplazados.propiedades(aplazado),
        "no_antes": no_antes,
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


class OutboxSQL:
    """The table ``outbox`` (:class:`seedwork.aplicacion.outbox.Outbox`).

    A commit that adds rows wakes who leads: the trigger ``outbox_avisa`` (:mod:`seedwork.infraestructura.ddl`) notifies
    ``bd.CANAL_OUTBOX``. Who leads holds an advisory lock of its session: it ends with the session, whatever becomes of
    the process.

    Args:
        motor: the service's own database.
    """

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor
        self._abierta: sa.Connection | None = None
        self._dirige = False

    def dirigir(self) -> bool:
        """See the port. A lead that was lost with its session is found out by the next statement."""
        if not self._dirige:
            with self._o_sin_outbox():
                if self._abierta is None:
                    self._abierta = self._motor.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._dirige = bool(self._abierta.scalar(_DIRIGIR))
                if self._dirige:
                    # A mark that is lost with the database's crash is a repeat, which consumers recognise.
                    self._abierta.execute(sa.text("SET synchronous_commit = off"))
                    self._abierta.execute(sa.text(f"LISTEN {bd.CANAL_OUTBOX}"))
        return self._dirige

    def pendientes(self, tope: int) -> Sequence[PorEnviar]:
        """See the port."""
        with self._o_sin_outbox():
            return [_por_enviar(fila) for fila in self._conexion.execute(_PENDIENTES, {"tope": tope})]

    def marcar(self, ids: Sequence[int]) -> None:
        """See the port."""
        with self._o_sin_outbox():
            self._conexion.execute(_MARCAR, {"ids": list(ids)})

    def aguardar(self, espera_s: float) -> None:
        """See the port: a notification tells. One that came along with the last answer is there already."""
        with self._o_sin_outbox():
            cruda: Any = self._conexion.connection.driver_connection
            if not cruda.notifies:
                select.select([cruda], [], [], espera_s)
                cruda.poll()
            cruda.notifies.clear()

    def soltar(self) -> None:
        """See the port. The lock is the session's: a pooled connection must not keep it."""
        abierta, self._abierta, self._dirige = self._abierta, None, False
        if abierta is not None:
            abierta.invalidate()
            abierta.close()

    @property
    def _conexion(self) -> sa.Connection:
        if self._abierta is None or not self._dirige:
            raise SinOutbox("no dirige")
        return self._abierta

    @contextmanager
    def _o_sin_outbox(self) -> Iterator[None]:
        """An outbox that is not as it should be does not mend itself: then the process ends, and says so."""
        try:
            yield
        except (sa.exc.SQLAlchemyError, psycopg2.Error) as error:
            # The connection may mend itself, and the lead would be gone with the old one.
            self.soltar()
            if not bd.es_de_infraestructura(error):
                raise
            raise SinOutbox(type(error).__name__) from error


def _por_enviar(fila: Any) -> PorEnviar:
    propiedades = fila.propiedades
    if propiedades is None:
        propiedades = cloudevents.a_propiedades(a_sobre(fila), fila.topico)
    return PorEnviar(
        fila.id, fila.topico, bytes(fila.carga), propiedades, fila.sujeto, max(0.0, float(fila.falta_s or 0))
    )
