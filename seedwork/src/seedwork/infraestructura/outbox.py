"""The outbox: its rows, and the table as its relay reads it.

A row has a column per attribute of the envelope, and the payload's bytes as they will travel.
"""

import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import psycopg2
import sqlalchemy as sa

from contratos.base import Mensaje
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.espera import Aplazado
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.outbox import ARRIENDO_S, RENOVACION_S, PorEnviar, SinOutbox
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import aplazados, avro, bd, cloudevents
from seedwork.infraestructura.topicos import topico_espera

_DE_OTRO = "dirige otro"
# A lease that has not lapsed, of somebody whose session is there: whoever was killed need not be waited for. Another
# session that bears its number by now began later; of one that may not be looked at, nobody knows when it began.
_EN_VIGOR = """
    actual.hasta > clock_timestamp() AND EXISTS (
        SELECT FROM pg_stat_get_activity(actual.sesion) AS suya
        WHERE coalesce(suya.backend_start <= actual.renovado, true)
    )
"""
# Who finds another's lead in force writes nothing. Two who find none take turns at the row, and the second looks again.
_DIRIGIR = sa.text(f"""
    INSERT INTO mandos AS actual (fragmento, titular, hasta, sesion, renovado)
    SELECT :fragmento, :yo, clock_timestamp() + make_interval(secs => :arriendo_s), pg_backend_pid(), clock_timestamp()
    WHERE NOT EXISTS (
        SELECT FROM mandos AS actual WHERE fragmento = :fragmento AND titular <> :yo AND {_EN_VIGOR}
    )
    ON CONFLICT (fragmento) DO UPDATE SET titular = excluded.titular,
        hasta = clock_timestamp() + make_interval(secs => :arriendo_s),
        sesion = excluded.sesion, renovado = clock_timestamp()
        WHERE actual.titular = excluded.titular OR NOT ({_EN_VIGOR})
    RETURNING titular
""")  # nosec B608 # noqa: S608 — our own text
_CEDER = sa.text("DELETE FROM mandos WHERE fragmento = :fragmento AND titular = :yo")
# A lead that has lapsed is still one for as long as nobody else has taken it. Without it there is no row at all; with
# it and nothing to send, one whose id is null.
_PENDIENTES = sa.text("""
    SELECT fila.* FROM mandos LEFT JOIN LATERAL (
        SELECT id, topico, carga, ce_id, tipo, fuente, sujeto, tiempo, correlacion, causa, secuencia, traza,
            quien, propiedades, extract(epoch FROM no_antes - clock_timestamp()) AS falta_s
        FROM outbox WHERE outbox.fragmento = :fragmento AND enviado IS NULL ORDER BY id LIMIT :tope
    ) AS fila ON true
    WHERE mandos.fragmento = :fragmento AND titular = :yo
    ORDER BY id
""")
# A command that waits is written anew each time: what is kept of messages for a look back would outgrow all else.
_MARCAR = sa.text("""
    WITH aplazados AS (DELETE FROM outbox WHERE id = ANY(:ids) AND no_antes IS NOT NULL),
        enviados AS (
            UPDATE outbox SET enviado = clock_timestamp() WHERE id = ANY(:ids) AND no_antes IS NULL AND enviado IS NULL
        )
    SELECT EXISTS (SELECT FROM mandos WHERE fragmento = :fragmento AND titular = :yo)
""")


def a_fila(sobre: Sobre, mensaje: Mensaje) -> dict[str, Any]:
    """The row of a message that is to be sent. Nothing that is said through an outbox has an idempotency key."""
    return _a_fila(sobre, mensaje.topico, avro.codificar(mensaje, sobre))


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
        "quien": None if (quien := sobre.quien) is None else [quien.tipo, quien.id, quien.afirmaciones()],
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
        quien=None if fila.quien is None else Quien.de_afirmaciones(*fila.quien),
    )


class OutboxSQL:
    """The table ``outbox`` (:class:`seedwork.aplicacion.outbox.Outbox`).

    A commit that adds rows wakes who leads: the trigger ``outbox_avisa`` (:mod:`seedwork.infraestructura.ddl`) notifies
    ``bd.CANAL_OUTBOX``. Who leads has its name in ``mandos``, and a time there, on the database's clock, which it puts
    off for as long as it is at work. So its lead ends by itself, whatever becomes of the process or its host; and at
    once where its session ends.

    Args:
        motor: the service's own database.
        entorno: whose monotonic clock tells when to renew; it makes a name for who leads that nobody else bears, in no
            other life either.
        donde: what that name begins with.
        fragmento: the shard of the outbox that it takes care of.
        arriendo_s: how long its lead lasts unless it is renewed.
    """

    def __init__(
        self,
        motor: sa.Engine,
        entorno: Entorno,
        *,
        donde: str = "",
        fragmento: int = 0,
        arriendo_s: float = ARRIENDO_S,
    ) -> None:
        self._motor = motor
        self._entorno = entorno
        self._yo = {"fragmento": fragmento, "yo": donde + entorno.id()}
        self._arriendo_s = arriendo_s
        self._abierta: sa.Connection | None = None
        self._renovado: float | None = None

    def dirigir(self) -> bool:
        """See the port. When to renew it, this process's own clock tells; whether that was in time, the database's."""
        ahora, cada_s = self._entorno.monotono(), self._arriendo_s * RENOVACION_S / ARRIENDO_S
        if self._renovado is not None and ahora - self._renovado < cada_s:
            return True
        with self._o_sin_outbox():
            conexion, dirigia = self._abierta or self._abrir(), self._renovado is not None
            if conexion.scalar(_DIRIGIR, {**self._yo, "arriendo_s": self._arriendo_s}) is None:
                if dirigia:
                    # It must not go on listening.
                    self._cerrar()
                return False
            if not dirigia:
                conexion.execute(sa.text(f"LISTEN {bd.CANAL_OUTBOX}"))
        self._renovado = ahora
        return True

    def pendientes(self, tope: int) -> Sequence[PorEnviar]:
        """See the port."""
        with self._o_sin_outbox():
            filas = self._conexion.execute(_PENDIENTES, {**self._yo, "tope": tope}).all()
            if not filas:
                raise SinOutbox(_DE_OTRO)
            return [_por_enviar(fila) for fila in filas if fila.id is not None]

    def marcar(self, ids: Sequence[int]) -> None:
        """See the port."""
        with self._o_sin_outbox():
            conexion = self._abierta or self._abrir()
            if not conexion.scalar(_MARCAR, {**self._yo, "ids": list(ids)}):
                raise SinOutbox(_DE_OTRO)

    def aguardar(self, espera_s: float) -> None:
        """See the port: a notification tells. One that came along with the last answer is there already."""
        with self._o_sin_outbox():
            cruda: Any = self._conexion.connection.driver_connection
            if not cruda.notifies:
                select.select([cruda], [], [], espera_s)
                cruda.poll()
            cruda.notifies.clear()

    def soltar(self) -> None:
        """See the port. A pooled connection must not go on listening."""
        if self._abierta is not None and self._renovado is not None:
            # One that is lost can't say so: its lead lapses, or is taken up again by this one.
            with suppress(sa.exc.SQLAlchemyError):
                self._abierta.execute(_CEDER, self._yo)
        self._cerrar()

    def _abrir(self) -> sa.Connection:
        self._abierta = self._motor.connect().execution_options(isolation_level="AUTOCOMMIT")
        # A mark, or a lease, that is lost with the database's crash is a repeat, which consumers recognise.
        self._abierta.execute(sa.text("SET synchronous_commit = off"))
        return self._abierta

    def _cerrar(self) -> None:
        abierta, self._abierta, self._renovado = self._abierta, None, None
        if abierta is not None:
            abierta.invalidate()
            abierta.close()

    @property
    def _conexion(self) -> sa.Connection:
        if self._abierta is None or self._renovado is None:
            raise SinOutbox("no dirige")
        return self._abierta

    @contextmanager
    def _o_sin_outbox(self) -> Iterator[None]:
        """An outbox that is not as it should be does not mend itself: then the process ends, and says so."""
        try:
            yield
        except SinOutbox:
            self._cerrar()
            raise
        except (sa.exc.SQLAlchemyError, psycopg2.Error) as error:
            # What was heard on it, and what it was set to, is gone with the connection.
            self._cerrar()
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
