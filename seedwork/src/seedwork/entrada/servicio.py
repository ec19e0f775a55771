"""What a service is made of, and how its worker and its relay run: each task on a thread of its own."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import flask
import pulsar
import sqlalchemy as sa
import structlog
import waitress

from seedwork.aplicacion.bus import Bus
from seedwork.entrada import registro as registros
from seedwork.entrada.cartas import Cartero
from seedwork.entrada.config import ConfigServicio
from seedwork.entrada.consumidor import Consumidor, PoliticaReintentos
from seedwork.entrada.esperas import Esperas
from seedwork.entrada.http import crear_app, problema
from seedwork.entrada.problemas import imprevisto, pila
from seedwork.entrada.salud import Comprobacion
from seedwork.infraestructura import bd, metricas
from seedwork.infraestructura.aprovisionamiento import SUSCRIPCION_CARTAS, Aprovisionador, topico_cartas
from seedwork.infraestructura.avance import Avance
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.infraestructura.consultas import CursorInvalido
from seedwork.infraestructura.entregas import RegistroEntregas
from seedwork.infraestructura.poda import Podador
from seedwork.infraestructura.pulsar import Publicador, crear_cliente
from seedwork.infraestructura.relay import Relay

registro = structlog.get_logger(__name__)

PARADA_S = 4.5
"""Seconds that a stopping process has to finish, or to give back, what it holds (contract §5: 5 s)."""

PODA_S = 600.0
"""Seconds between two prunings of the messaging tables."""


_OUTBOX = sa.text(
    "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(creado)), 0)"
    " FROM outbox WHERE enviado IS NULL"
)


class Conexion(Protocol):
    """Tells whether this process hears what is said."""

    def segundos_en_orden(self) -> float:
        """For how long broker and database have both answered, without a break until now; 0 when they do not."""
        ...


Tarea = Callable[[threading.Event], None]
"""Something that runs until the event is set: a timer, a sender."""


@dataclass(frozen=True, kw_only=True)
class Servicio:
    """One service, as its ``composicion`` puts it together. All four have this shape.

    Attributes:
        nombre: the context's name; also its subscription's, its participant's and its namespace's.
        config: its settings.
        migraciones: the folder of its alembic tree.
        bus: makes its bus on an engine.
        sembrar: brings what its settings say (a catalogue) into its database, after the migrations and before a
            worker's first message. Idempotent.
        tareas: makes what else its worker runs, by name.
        medir: sets its own gauges, every few seconds.
        api: adds its routes to a Flask app.
        tipo_consumidor: Shared where any number of workers split the load, else Failover.
    """

    nombre: str
    config: ConfigServicio
    migraciones: Path
    bus: Callable[[sa.Engine], Bus]
    api: Callable[[flask.Flask, sa.Engine], None]
    sembrar: Callable[[sa.Engine], None] = lambda _motor: None
    tareas: Callable[[sa.Engine, Conexion], dict[str, Tarea]] = lambda _motor, _conexion: {}
    medir: Callable[[sa.Engine], None] = lambda _motor: None
    tipo_consumidor: pulsar.ConsumerType = pulsar.ConsumerType.Failover

    def motor(self) -> sa.Engine:
        """A new engine on the service's own database."""
        return bd.crear_motor(self.config.database_url, nombre=self.nombre)

    def migrar(self) -> None:
        """Bring the database's schema up to date, and what the settings say into it."""
        # alembic is a third of what a process would import, and only this verb needs it.
        from seedwork.infraestructura.migraciones import migrar

        motor = self.motor()
        migrar(motor, self.migraciones)
        self.sembrar(motor)

    def aprovisionar(self) -> None:
        """Make topics, policies, schemas and this service's subscriptions. Idempotent."""
        aprovisionador = Aprovisionador(self.config.pulsar_admin_url, retencion_dias=self.config.retencion_dias)
        aprovisionador.topicos()
        aprovisionador.suscripciones(self.nombre, self.nombre, list(self.bus(self.motor()).manejadores))

    def cartero(self, cliente: pulsar.Client, motor: sa.Engine) -> Cartero:
        """Who replays and discards this service's dead letters."""
        memoria = timedelta(days=self.config.inbox_dias)
        return Cartero(cliente, self.nombre, self.bus(motor), motor, memoria=memoria)

    def crear_api(self) -> flask.Flask:
        """The service's HTTP API, ready for a WSGI server."""
        registros.configurar(f"{self.nombre}-api", self.config.log_nivel)
        motor = self.motor()
        app = crear_app_sobre(motor)
        self.api(app, motor)
        return app

    def trabajar(self) -> int:
        """Run the worker until SIGTERM or SIGINT. Answers the process's exit code."""
        registros.configurar(self.nombre, self.config.log_nivel)
        return _Trabajador(self).correr()

    def relevar(self) -> int:
        """Run the relay alone, for workers that leave it to this process. Answers the process's exit code."""
        registros.configurar(f"{self.nombre}-relay", self.config.log_nivel)
        return _Relevo(self).correr()


def crear_app_sobre(motor: sa.Engine) -> flask.Flask:
    """A Flask application whose routes answer from a database."""
    app = crear_app({"base_datos": lambda: comprobar_bd(motor)})
    app.register_error_handler(CursorInvalido, _cursor_invalido)
    app.register_error_handler(sa.exc.SQLAlchemyError, _sin_base)
    return app


def _sin_base(error: sa.exc.SQLAlchemyError) -> flask.Response:
    """A database that is away or takes no writes is no error of the service's."""
    if not bd.es_de_infraestructura(error):
        return imprevisto(error)
    registro.warning("consulta sin base de datos", error=type(error).__name__)
    return problema(503, cabeceras={"Retry-After": "1"})


def _cursor_invalido(_error: CursorInvalido) -> flask.Response:
    falta = {"campo": "cursor", "motivo": "no es un cursor que haya dado una página anterior"}
    return problema(422, errores=[falta])


def comprobar_bd(motor: sa.Engine) -> None:
    """Raise whatever is wrong with the database."""
    with motor.connect() as conexion:
        conexion.execute(sa.text("SELECT 1"))


class _Proceso:
    """What runs until it is told to stop: tasks, a thread each, and a page for its health and its metrics."""

    def __init__(self, servicio: Servicio) -> None:
        self._servicio = servicio
        self._config = servicio.config
        self._parada = threading.Event()
        self._fallo: BaseException | None = None
        self._motor = servicio.motor()

    def _tareas(self) -> dict[str, Tarea]:
        raise NotImplementedError

    def _comprobar_bd(self) -> str | None:
        """Such a process needs a database that takes writes."""
        with self._motor.connect() as conexion:
            solo_lectura = conexion.scalar(sa.text("SELECT current_setting('transaction_read_only')")) == "on"
        return "solo admite lecturas" if solo_lectura else None

    def _comprobar_broker(self) -> str | None:
        raise NotImplementedError

    def _informativas(self) -> dict[str, Comprobacion]:
        """What the health page shows besides, and what never fails it."""
        return {}

    def correr(self) -> int:
        for senal in (signal.SIGTERM, signal.SIGINT):
            signal.signal(senal, lambda *_: self._parada.set())
        hilos = [
            threading.Thread(target=self._cuidar, args=(nombre, tarea), name=nombre, daemon=True)
            for nombre, tarea in self._tareas().items()
        ]
        self._publicar_salud()
        for hilo in hilos:
            hilo.start()
        registro.info("en marcha", tareas=[h.name for h in hilos])
        while not self._parada.wait(0.5):
            pass
        limite = time.monotonic() + PARADA_S
        for hilo in hilos:
            hilo.join(max(0.0, limite - time.monotonic()))
        registro.info("detenido", fallo=type(self._fallo).__name__ if self._fallo else None)
        # Whatever a client library still waits for must not hold the process up: nothing unfinished was acknowledged.
        os._exit(1 if self._fallo else 0)

    def _cuidar(self, nombre: str, tarea: Tarea) -> None:
        """Run a task; one that dies takes the process along, so that it is started anew as a whole."""
        try:
            tarea(self._parada)
        except BaseException as error:
            registro.error("una tarea murió", tarea=nombre, error=type(error).__name__, pila=pila(error))
            self._fallo = error
        self._parada.set()

    def _publicar_salud(self) -> None:
        decisivas = {"base_datos": self._comprobar_bd, "broker": self._comprobar_broker}
        app = crear_app(decisivas, self._informativas())
        servidor = waitress.create_server(app, host=self._config.http_host, port=self._config.salud_puerto, threads=2)
        threading.Thread(target=servidor.run, name="salud", daemon=True).start()


class _Relevo(_Proceso):
    """The relay. What it does between two calls of the client's would hold a consumer in the same process up."""

    def __init__(self, servicio: Servicio) -> None:
        super().__init__(servicio)
        # What is pending stays in order through a lost connection; a round travels in whole batches.
        self._salida = Publicador(self._config.pulsar_url, plazo_ms=0, esperar_cola=True, agrupar_ms=20)
        self._relay = Relay(self._motor, self._salida)

    def _tareas(self) -> dict[str, Tarea]:
        return {"relay": self._relay.correr, "medidor": self._medir}

    def _comprobar_bd(self) -> str | None:
        """That a disk is full shows when a write fails."""
        for error in self._esperas():
            if isinstance(error, sa.exc.DBAPIError) and bd.es_de_infraestructura(error):
                return f"no acepta escrituras ({type(error.orig).__name__})"
        return super()._comprobar_bd()

    def _esperas(self) -> Sequence[Exception | None]:
        """The trouble that its tasks wait out."""
        return [self._relay.espera_por]

    def _medir(self, parada: threading.Event) -> None:
        """Keep the gauges of trouble current; they never fail readiness."""
        while not parada.wait(5.0):
            try:
                self._mirar()
            except Exception as error:
                registro.warning("sin medidas por ahora", error=type(error).__name__)

    def _mirar(self) -> None:
        with self._motor.connect() as conexion:
            pendientes, edad = conexion.execute(_OUTBOX).one()
        metricas.OUTBOX_PENDIENTES.set(pendientes)
        metricas.OUTBOX_EDAD_SEGUNDOS.set(float(edad))

    def _comprobar_broker(self) -> str | None:
        # Any topic of the service's own shows whether the broker takes messages.
        return self._salida.comprobar([topico_cartas(self._servicio.nombre)])


class _Trabajador(_Relevo):
    """The worker: consumer, timers and senders; and the relay, unless that has a process of its own."""

    def __init__(self, servicio: Servicio) -> None:
        super().__init__(servicio)
        config = self._config
        self._cliente = crear_cliente(config.pulsar_url)
        self._cartas = Publicador(config.pulsar_url, plazo_ms=8000)
        self._cartero = servicio.cartero(self._cliente, self._motor)
        self._aparcadas: int | None = None
        self._aprovisionador = Aprovisionador(config.pulsar_admin_url)
        bus = servicio.bus(self._motor)
        self._topicos = [t.topico for t in bus.manejadores]
        self._consumidor = Consumidor(
            self._cliente,
            bus,
            RegistroEntregas(self._motor, bus.consumidor),
            CartasMuertas(self._cartas, servicio.nombre, bus.consumidor),
            Esperas(Avance(config.pulsar_admin_url)),
            tipo=servicio.tipo_consumidor,
            cola=config.cola,
            lote=config.lote,
            politica=PoliticaReintentos(
                maximo=config.reintentos_maximo, base_s=config.reintentos_base_s, tope_s=config.reintentos_tope_s
            ),
        )

    def _tareas(self) -> dict[str, Tarea]:
        return {
            "consumidor": self._consumir,
            **{n: t for n, t in super()._tareas().items() if n != "relay" or not self._config.relay_aparte},
            "podador": periodica(PODA_S, self._podador().podar),
            "cartero": self._vencer_cartas(),
            **self._servicio.tareas(self._motor, self._consumidor),
        }

    def _esperas(self) -> Sequence[Exception | None]:
        return [self._consumidor.espera_por, *super()._esperas()]

    def _comprobar_broker(self) -> str | None:
        return None if self._consumidor.conectado() else "el consumidor no está conectado al broker"

    def _consumir(self, parada: threading.Event) -> None:
        while not parada.is_set():
            try:
                self._servicio.sembrar(self._motor)
            except sa.exc.DBAPIError as error:
                if not bd.es_de_infraestructura(error):
                    raise
                registro.warning("consumidor en espera", error=type(error).__name__)
                parada.wait(1.0)
            else:
                self._consumidor.correr(parada)

    def _podador(self) -> Podador:
        config = self._config
        # An id that the inbox forgot must not be found half tried either, nor its key free before.
        como_el_inbox = dict.fromkeys(("inbox", "intentos", "claves_idempotencia"), config.inbox_dias)
        return Podador(self._motor, {**como_el_inbox, "lotes": 1.0, "outbox": config.outbox_dias})

    def _vencer_cartas(self) -> Tarea:
        edad = timedelta(days=self._config.cartas_dias)
        return periodica(max(1.0, min(PODA_S, edad.total_seconds() / 10)), lambda: self._cartero.vencer(edad))

    def _informativas(self) -> dict[str, Comprobacion]:
        return {"cartas": self._contar_cartas}

    def _contar_cartas(self) -> str | None:
        if self._aparcadas is None:
            return "aún sin contar"
        return f"aparcadas: {self._aparcadas}" if self._aparcadas else None

    def _mirar(self) -> None:
        super()._mirar()
        self._servicio.medir(self._motor)
        for topico in self._topicos:
            atraso = self._aprovisionador.atraso(topico, self._servicio.nombre)
            metricas.ATRASO.labels(topico.rsplit("/", 1)[-1]).set(atraso)
        self._aparcadas = self._aprovisionador.atraso(topico_cartas(self._servicio.nombre), SUSCRIPCION_CARTAS)
        metricas.CARTAS_MUERTAS.set(self._aparcadas)


def periodica(cada_s: float, hacer: Callable[[], object]) -> Tarea:
    """A task that does something every ``cada_s`` seconds; it waits out a database that is away as a whole.

    Raises:
        Exception: whatever else ``hacer`` raised.
    """

    def correr(parada: threading.Event) -> None:
        while not parada.wait(cada_s):
            try:
                hacer()
            except Exception as error:
                if not bd.es_de_infraestructura(error):
                    raise
                registro.warning("tarea en espera", error=type(error).__name__)

    return correr
