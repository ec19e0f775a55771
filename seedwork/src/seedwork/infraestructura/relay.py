"""The relay: takes what was committed to the outbox to Pulsar, in order, and marks it as sent.

One relay leads at a time, by an advisory lock of its session; others stand by. The leader always starts with the
oldest rows that are not sent, so nothing is missed however late a transaction commits; it may repeat what it sent
just before it died, and consumers recognise a repeat.
"""

import select
import threading
import time
from functools import partial
from typing import Any

import psycopg2
import pulsar
import sqlalchemy as sa
import structlog

from seedwork.infraestructura import bd, cloudevents, outbox
from seedwork.infraestructura.metricas import OUTBOX_ENVIADOS
from seedwork.infraestructura.pulsar import Publicador, SinConfirmacion

registro = structlog.get_logger(__name__)

_CERROJO = 0x5A1D
_MARCAR = sa.text("UPDATE outbox SET enviado = clock_timestamp() WHERE id = ANY(:ids)")


class Relay:
    """Runs until it is told to stop; trouble with broker or database is waited out.

    Args:
        motor: the service's own database.
        publicador: with no send timeout, so that what is pending stays in order through a lost connection.
        tope: rows sent per round.
        sondeo: seconds between looks, should a notification get lost.
    """

    def __init__(self, motor: sa.Engine, publicador: Publicador, *, tope: int = 1000, sondeo: float = 0.5) -> None:
        self._motor = motor
        self._publicador = publicador
        self._tope = tope
        self._sondeo = sondeo
        self._espera_por: Exception | None = None

    @property
    def espera_por(self) -> Exception | None:
        """The trouble of broker or database that it waits out; None when it waits for none."""
        return self._espera_por

    def correr(self, parada: threading.Event) -> None:
        """Relay until ``parada`` is set."""
        while not parada.is_set():
            try:
                with self._motor.connect() as conexion:
                    self._dirigir(conexion.execution_options(isolation_level="AUTOCOMMIT"), parada)
            except SinConfirmacion as error:
                # Its text quotes nothing, and names the topic where one is to blame.
                registro.warning("relay en espera", error=str(error))
                self._espera_por = error
                parada.wait(0.5)
            except (sa.exc.DBAPIError, psycopg2.Error) as error:
                # An outbox that is not as it should be does not mend itself: then the process ends, and says so.
                if not bd.es_de_infraestructura(error):
                    raise
                registro.warning("relay en espera", error=type(error).__name__)
                self._espera_por = error
                parada.wait(0.5)

    def _dirigir(self, conexion: sa.Connection, parada: threading.Event) -> None:
        tomar = sa.select(sa.func.pg_try_advisory_lock(_CERROJO))
        while not conexion.scalar(tomar):
            if parada.wait(0.5):
                return
        try:
            # A mark that is lost with the database's crash is a repeat, which consumers recognise.
            conexion.execute(sa.text("SET synchronous_commit = off"))
            conexion.execute(sa.text(f"LISTEN {bd.CANAL_OUTBOX}"))
            while not parada.is_set():
                enviadas = self._vaciar(conexion, parada)
                self._espera_por = None
                if enviadas < self._tope:
                    # What was committed meanwhile has rung the bell.
                    self._dormir(conexion)
        finally:
            # The lock is the session's: a pooled connection must not keep it.
            conexion.invalidate()

    def _dormir(self, conexion: sa.Connection) -> None:
        """Wait for a notification. One that came along with the last answer is in ``notifies`` already."""
        cruda: Any = conexion.connection.driver_connection
        if not cruda.notifies:
            select.select([cruda], [], [], self._sondeo)
            cruda.poll()
        cruda.notifies.clear()

    def _vaciar(self, conexion: sa.Connection, parada: threading.Event) -> int:
        """Send one round; answers how many rows there were."""
        filas = conexion.execute(outbox.PENDIENTES, {"tope": self._tope}).all()
        if not filas:
            return 0
        topicos = {f.topico for f in filas}
        for topico in topicos:
            # All of them first: a round that is broken off in its middle would be sent again as a whole.
            self._publicador.productor(topico)
        confirmados: list[int] = []
        errores: list[pulsar.Result] = []
        terminado = threading.Event()

        def al_terminar(id: int, resultado: pulsar.Result, _id: pulsar.MessageId) -> None:
            if resultado == pulsar.Result.Ok:
                confirmados.append(id)
            else:
                errores.append(resultado)
            if len(confirmados) + len(errores) == len(filas):
                terminado.set()

        for fila in filas:
            propiedades = cloudevents.a_propiedades(outbox.a_sobre(fila), fila.topico)
            self._publicador.enviar(
                fila.topico, bytes(fila.carga), propiedades, fila.sujeto, partial(al_terminar, fila.id)
            )
        for topico in topicos:
            self._publicador.despachar(topico)
        while not terminado.wait(0.2):
            if parada.is_set():
                terminado.wait(2.0)
                break
        if confirmados:
            self._marcar(conexion, list(confirmados))
        if errores:
            for topico in topicos:
                self._publicador.descartar(topico)
            registro.error("el broker rechazó mensajes del outbox", cuantos=len(errores), error=str(errores[0]))
            time.sleep(0.5)
        return len(filas)

    def _marcar(self, conexion: sa.Connection, ids: list[int]) -> None:
        conexion.execute(_MARCAR, {"ids": ids})
        OUTBOX_ENVIADOS.inc(len(ids))
