"""The sender: takes what is due from the delivery queue, and hands it to the channel, several at a time.

No transaction is open while the channel is talked to: the attempt is counted and committed before, the outcome after.
The hands talk to the channel alone, and one thread to the database, so that what they end together is noted together.
"""

import select
import socket
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as esperar
from contextlib import contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from prometheus_client import Counter, Histogram

from contratos import motivos
from notificaciones.aplicacion import desenlace
from notificaciones.aplicacion.envio import Correo, Envio, Politica
from notificaciones.aplicacion.puertos import Canal, CanalAveriado, CanalNoDisponible, CanalRechazo, ColaEnvios, Unidad
from notificaciones.entrada.vigia import Vigia
from notificaciones.infraestructura.plantillas import Plantillas
from notificaciones.infraestructura.tablas import CANAL_ENVIOS
from seedwork.aplicacion import trazas
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.unidad import Abrir
from seedwork.infraestructura.almacen_eventos import ConflictoDeVersion
from seedwork.infraestructura.bd import es_de_infraestructura

log = structlog.get_logger(__name__)

ENVIOS = Counter("saludtech_envios_total", "Attempts to deliver a notification", ["tipo", "resultado"])
CANAL_SEGUNDOS = Histogram("saludtech_envio_canal_segundos", "Seconds that the channel took for one attempt")

ARRIENDO_EXTRA_S = 10.0
"""Seconds that a lease outlasts the longest attempt, for noting its outcome."""
DESPEDIDA_S = 3.0
"""Seconds that attempts in hand have to end when the process stops."""
GRUPO_S = 0.01
"""Seconds that an attempt which has ended waits for the others in hand, to be noted together with them."""
SONDEO_S = Ritmo.sondeo_s
"""Seconds between looks at the queue, should a notification get lost or a repeat come due."""

Desenlace = Callable[[Unidad], None]


class Enviador:
    """Runs until it is told to stop; trouble with the database is waited out.

    :meth:`tomar`, :meth:`intentar` and :meth:`anotar` are its steps, and hold nothing between them; :meth:`correr`
    repeats them, with several attempts in hand at a time.

    Args:
        motor: on which it listens for what is queued.
        cola: the delivery queue.
        abrir: opens a unit of work.
        vigia: the watch over the channel.
        hilos: attempts at a time.
    """

    def __init__(
        self,
        motor: sa.Engine,
        cola: ColaEnvios,
        abrir: Abrir,
        canal: Canal,
        vigia: Vigia,
        plantillas: Plantillas,
        politica: Politica,
        *,
        hilos: int,
    ) -> None:
        self._motor = motor
        self._cola = cola
        self._abrir = abrir
        self._canal = canal
        self._vigia = vigia
        self._plantillas = plantillas
        self._politica = politica
        self._hilos = hilos
        self._arriendo_s = politica.espera_s + ARRIENDO_EXTRA_S
        self._en_mano: dict[str, tuple[Envio, Future[Desenlace]]] = {}
        self._timbre, self._boton = socket.socketpair()

    def correr(self, parada: threading.Event) -> None:
        """Send until ``parada`` is set; what is in hand then is finished, or given back."""
        ejecutor = ThreadPoolExecutor(self._hilos, thread_name_prefix="envio")
        while not parada.is_set():
            try:
                with self._motor.connect() as conexion:
                    self._dirigir(conexion.execution_options(isolation_level="AUTOCOMMIT"), ejecutor, parada)
            except Exception as error:
                if not es_de_infraestructura(error):
                    raise
                # What was sent stays in hand until it is noted: it must not be sent again for want of a note.
                log.warning("enviador en espera", error=type(error).__name__)
                parada.wait(0.5)
        ejecutor.shutdown(wait=False)
        self._despedirse()

    def _dirigir(self, conexion: sa.Connection, ejecutor: ThreadPoolExecutor, parada: threading.Event) -> None:
        try:
            conexion.execute(sa.text(f"LISTEN {CANAL_ENVIOS}"))
            while not parada.is_set():
                self._asentar_lo_acabado()
                libres = self._hilos - len(self._en_mano)
                tomados = self.tomar(libres, self._en_mano) if libres else []
                for envio in tomados:
                    futuro = ejecutor.submit(self.intentar, envio)
                    self._en_mano[envio.id_notificacion] = envio, futuro
                    futuro.add_done_callback(lambda _: self._boton.send(b"."))
                if not tomados:
                    self._dormir(conexion if libres else None)
        finally:
            # It listens: a pooled connection must not go on doing so.
            conexion.invalidate()

    def _dormir(self, conexion: sa.Connection | None) -> None:
        """Until an attempt ends, or it is time to look; or, on a connection that listens, something is queued."""
        cruda: Any = conexion and conexion.connection.driver_connection
        despiertos, _, _ = select.select([self._timbre, *([cruda] if cruda else [])], [], [], SONDEO_S)
        if cruda in despiertos:
            # Nothing else reads this connection: what woke it would wake it for ever, and its loss never be noticed.
            cruda.poll()
            cruda.notifies.clear()
        if self._timbre in despiertos:
            self._timbre.recv(1024)
            esperar([futuro for _, futuro in self._en_mano.values()], timeout=GRUPO_S)

    def tomar(self, cuantos: int, en_mano: Collection[str] = ()) -> Sequence[Envio]:
        """Lease what is due, at most so many; each is to be attempted once.

        While the channel is closed nothing is due, so nobody's attempts are used up; but each has its last one.

        Args:
            cuantos: how many.
            en_mano: what this process still holds: it is not leased again, though its lease may have lapsed.
        """
        edad_s = self._politica.final_s if self._vigia.cerrado else 0.0
        return self._cola.tomar(cuantos, self._arriendo_s, en_mano, edad_s)

    def intentar(self, envio: Envio) -> Desenlace:
        """One attempt; answers what follows from it."""
        with structlog.contextvars.bound_contextvars(
            correlacion=envio.sobre.correlacion,
            notificacion=envio.id_notificacion,
            traza=trazas.id_de(envio.sobre.traza),
        ):
            # However late it comes to its turn, each is tried once, save where the watch has tried for it.
            probado = envio.intentos > 1 or self._vigia.cerrado
            if envio.anular or (probado and not self._politica.cabe(envio.creado, envio.leido)):
                return _fallo(envio, motivos.CANAL_NO_DISPONIBLE, repetible=False)
            try:
                with CANAL_SEGUNDOS.time(), _seguido(envio):
                    self._canal.enviar(self._correo(envio))
            except CanalRechazo as error:
                self._vigia.rechazada(str(error), envio.direccion)
                self._contar(envio, "rechazado", str(error))
                return _fallo(envio, motivos.CANAL_RECHAZO, repetible=False)
            except Exception as error:
                nuestra = isinstance(error, CanalAveriado) or not isinstance(error, CanalNoDisponible)
                texto = str(error) if isinstance(error, CanalNoDisponible) else type(error).__name__
                if nuestra:
                    self._vigia.averia(texto, envio.direccion)
                self._contar(envio, "averiado" if nuestra else "no_disponible", texto)
                return _fallo(envio, motivos.CANAL_NO_DISPONIBLE, repetible=True)
            self._vigia.entregada()
            self._contar(envio, "entregado", None)
            return partial(desenlace.entregado, envio=envio)

    def _correo(self, envio: Envio) -> Correo:
        return Correo(
            id=envio.id_notificacion,
            nombre=envio.nombre,
            direccion=envio.direccion,
            asunto=self._plantillas.asuntos[envio.tipo],
            cuerpo=self._plantillas.cuerpo(envio.tipo, envio.datos),
            fecha=envio.creado,
        )

    def _asentar_lo_acabado(self) -> None:
        """Note what became of the attempts that have ended, and let go of them."""
        acabados = [(envio, futuro.result()) for envio, futuro in self._en_mano.values() if futuro.done()]
        for envio in self.anotar(acabados):
            del self._en_mano[envio.id_notificacion]

    def anotar(self, acabados: Collection[tuple[Envio, Desenlace]]) -> Iterator[Envio]:
        """Note what became of attempts, together where that can be; yields each that is done with.

        Raises:
            Exception: the database is away; what was not yielded is to be noted again.
        """
        juntos = len(acabados) > 1 and self._juntos(acabados)
        for envio, resultado in acabados:
            if not juntos:
                self._solo(envio, resultado)
            yield envio

    def _juntos(self, acabados: Collection[tuple[Envio, Desenlace]]) -> bool:
        """Note them in one transaction. False when it had no effect: one is being called off just now, say."""
        try:
            with self._abrir() as unidad:
                ids = [envio.id_notificacion for envio, _ in acabados]
                unidad.envios.precargar(ids)
                unidad.notificaciones.precargar(ids)
                for envio, resultado in acabados:
                    _anotar(unidad, envio, resultado)
        except Exception as error:
            if es_de_infraestructura(error):
                raise
            log.info("los envíos se asientan uno a uno", envios=len(acabados), error=type(error).__name__)
            return False
        return True

    def _solo(self, envio: Envio, resultado: Desenlace) -> None:
        while True:
            try:
                with self._abrir() as unidad:
                    _anotar(unidad, envio, resultado)
                return
            except ConflictoDeVersion:
                continue
            except Exception as error:
                if es_de_infraestructura(error):
                    raise
                # Its lease ends, and the next attempt is another chance; until then, the others go on.
                log.error(
                    "no se pudo asentar un envío",
                    correlacion=envio.sobre.correlacion,
                    notificacion=envio.id_notificacion,
                    error=type(error).__name__,
                )
                return

    def _contar(self, envio: Envio, resultado: str, error: str | None) -> None:
        ENVIOS.labels(envio.tipo, resultado).inc()
        anotar = log.info if error is None else log.warning
        anotar("envío intentado", tipo=envio.tipo, resultado=resultado, intento=envio.intentos, error=error)

    def _despedirse(self) -> None:
        """Let what is in hand end; give back the rest, so that whoever comes next need not wait for its lease."""
        esperar([futuro for _, futuro in self._en_mano.values()], timeout=DESPEDIDA_S)
        try:
            self._asentar_lo_acabado()
            if self._en_mano:
                log.warning("envíos sin terminar", cuantos=len(self._en_mano))
                self._cola.devolver([envio for envio, _ in self._en_mano.values()])
        except Exception as error:
            # Without a database, their leases end by themselves.
            if not es_de_infraestructura(error):
                raise


@contextmanager
def _seguido(envio: Envio) -> Iterator[None]:
    """The attempt's span; before the first one, that of how long it waited for a sender."""
    de = envio.sobre.contexto
    dicho: trazas.Atributos = {
        trazas.NOTIFICACION: envio.id_notificacion,
        trazas.TIPO: envio.tipo,
        trazas.INTENTO: envio.intentos,
    }
    if envio.intentos == 1:
        creado_ns = int(envio.creado.timestamp() * 1e9)
        trazas.empezar("espera de envío", de, atributos=dicho, inicio_ns=creado_ns).terminar()
    with trazas.durante(trazas.empezar("enviar correo", de, "cliente", dicho)):
        yield


def _fallo(envio: Envio, motivo: str, *, repetible: bool) -> Desenlace:
    return partial(desenlace.no_entregado, envio=envio, motivo=motivo, repetible=repetible)


def _anotar(unidad: Unidad, envio: Envio, resultado: Desenlace) -> None:
    with unidad.mensaje(envio.sobre):
        resultado(unidad)
