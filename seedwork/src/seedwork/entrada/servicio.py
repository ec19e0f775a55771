"""What a service is made of, and how its worker and its relay run."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import flask
import pulsar
import sqlalchemy as sa
import structlog

from contratos import canal
from contratos.base import Mensaje
from seedwork.aplicacion.bus import Bus, Manejador, Rechazar, Tras
from seedwork.aplicacion.entorno import Entorno, EntornoReal
from seedwork.aplicacion.escala import Debido, utiles
from seedwork.aplicacion.espera import Paciencia
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.paciencia import PacienciaSegunAvance
from seedwork.aplicacion.traducciones import verificar_traducciones
from seedwork.aplicacion.unidad import Abrir, Traducciones, UnidadTrabajo, abridor
from seedwork.entrada import acceso, logs, trazas
from seedwork.entrada import partes as comunes
from seedwork.entrada.auditoria import registrar_auditoria
from seedwork.entrada.cartas import Cartero, QuienOpera
from seedwork.entrada.config import ConfigServicio, pem
from seedwork.entrada.consumidores import Consumidores, consumidores_reales, origenes
from seedwork.entrada.escala import MedidorDeAtraso
from seedwork.entrada.http import App, crear_app
from seedwork.entrada.problemas import imprevisto, problema
from seedwork.entrada.proceso import MEDIDA_S, Parte, Periodica, Proceso, medir, reunir_memoria
from seedwork.entrada.provisionar import provisionar
from seedwork.entrada.salud import Comprobacion
from seedwork.entrada.ventanilla import Ventanilla, registrar_cartas
from seedwork.infraestructura import bd, campos
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.auditoria import AuditorSQL
from seedwork.infraestructura.avance import AtrasosPulsar, AvancePulsar, CursoresPulsar
from seedwork.infraestructura.consultas import CursorInvalido
from seedwork.infraestructura.detenidos import VigilanteDeSesiones
from seedwork.infraestructura.escala import EscalaSQL
from seedwork.infraestructura.intentos import DE_NOTAS
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.infraestructura.plazos import Plazos
from seedwork.infraestructura.poda import DEL_OUTBOX, Podador, sin_muestras, sin_restos
from seedwork.infraestructura.publicador import Publicador, crear_cliente
from seedwork.infraestructura.relay import Relay
from seedwork.infraestructura.roles import conceder
from seedwork.infraestructura.sello import lector
from seedwork.infraestructura.tokens import TokenInvalido
from seedwork.infraestructura.topicos import topico_cartas
from seedwork.infraestructura.transaccion_sql import TransaccionSQL, transacciones

log = structlog.get_logger(__name__)

FIGURAS_S = 1.0
"""Seconds between two looks at what a service's API shows live."""


@dataclass(frozen=True, kw_only=True)
class Servicio:
    """One service, as its ``composicion`` puts it together. All four have this shape.

    Attributes:
        nombre: its context's; also its bus's, and so its subscription's.
        config: its settings.
        entorno: where its time, ids and chance come from.
        migraciones: the folder of its alembic tree.
        manejadores: what it hears, and who handles it.
        rechazar: how a command of its own is refused; None where it hears none.
        traducciones: the published message of each of its domain events.
        tablas: its own tables.
        unidad: answers what makes its unit of work on a transaction. It is asked where messages are handled: API and
            relay need not have what handlers alone use.
        debido: tells what waits in its own queues, of a database, if it has any; by it and its topics its workers are
            scaled.
        tras: hears of messages that were done with, as its bus tells it.
        colas: of its own tables, those that personal data pass through, each with the columns that hold them; what was
            deleted there is not to linger.
        propias: of those whose rows stay, the columns that hold what is a person's, and that no query filters by.
        sembrar: brings what its settings say (a catalogue) into its database, after the migrations and before a
            worker's first message. Idempotent.
        partes: makes what its worker has besides its consumers: timers, senders, gauges of its own; of the service
            itself, its worker's engine and its consumers.
        api: adds its routes to a Flask app.
        figuras: sets the gauges that its API shows of what is its own alone, each second: they are looked at live.
        sesiones: whose connections its worker's parts use besides (:meth:`motor`'s ``de``), and how many each.
    """

    nombre: str
    config: ConfigServicio
    entorno: Entorno = field(default_factory=EntornoReal)
    migraciones: Path
    manejadores: Mapping[type[Mensaje], Manejador]
    rechazar: Rechazar | None = None
    traducciones: Traducciones
    tablas: sa.MetaData
    unidad: Callable[[], Callable[[TransaccionSQL], UnidadTrabajo]]
    api: Callable[[App, sa.Engine], None]
    figuras: Callable[[sa.Engine], None] = lambda _motor: None
    debido: Callable[[sa.Engine], Debido] | None = None
    tras: Tras = lambda _atendidos: None
    colas: Mapping[str, Sequence[str]] = field(default_factory=dict)
    propias: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sembrar: Callable[[sa.Engine], None] = lambda _motor: None
    partes: Callable[["Servicio", sa.Engine, Consumidores], Sequence[Parte]] = lambda _este, _motor, _consumidores: ()
    sesiones: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        campos.usar(self.config.llavero)
        verificar_traducciones(self.nombre.replace("-", "_"), self.traducciones)
        canal.comprobar(self.nombre, oye=self.manejadores)

    def motor(
        self, plazos: Plazos | None = None, *, de: str = "", conexiones: int | None = None, url: str | None = None
    ) -> sa.Engine:
        """A new engine on the service's own database.

        Args:
            plazos: how long anything may take there; a worker's by default.
            de: whose its connections are, where not the service's at large.
            conexiones: most that it has; as ``sesiones`` tells by default, or else as many as a process may have.
            url: as whom the database is reached, where not as who works there.
        """
        return bd.crear_motor(
            url or self.config.database_url,
            nombre=f"{self.nombre}-{de}" if de else self.nombre,
            conexiones=conexiones or self.sesiones.get(de, self.config.bd_conexiones),
            plazos=plazos or self.config.plazos,
        )

    def motor_de_mantenimiento(self) -> sa.Engine:
        """Likewise, for what takes long, and what somebody waits for; as the database's owner."""
        return self.motor(
            self.config.plazos_de_mantenimiento, de="mantenimiento", url=self.config.database_url_migracion
        )

    def paciencia(self) -> PacienciaSegunAvance:
        """A new patience, for a bus."""
        avance = AvancePulsar(self.config.pulsar_admin_url, self.config.credencial)
        return PacienciaSegunAvance(avance, self.entorno, self.config.espera)

    def abrir(self, motor: sa.Engine) -> Abrir:
        """How its units of work are opened on a database: BEGIN and COMMIT are those of :func:`transacciones`."""
        return abridor(transacciones(motor, self.tablas, self.entorno), self.unidad())

    def bus(self, motor: sa.Engine, paciencia: Paciencia) -> Bus:
        """Its bus on a database."""
        return Bus(
            self.nombre,
            self.abrir(motor),
            self.manejadores,
            self.rechazar,
            paciencia,
            self.tras,
            autenticada=self.config.autenticada,
        )

    def migrar(self) -> None:
        """Bring the database's schema up to date, and what the settings say into it; and let the role that the service
        runs with do there what it does."""
        # alembic is a third of what a process would import, and only this verb needs it.
        from seedwork.infraestructura.migraciones import migrar

        motor = self.motor_de_mantenimiento()
        migrar(motor, self.migraciones)
        sin_muestras(motor, {**self.colas, **self.propias})
        sin_restos(motor, self.colas)
        self.sembrar(motor)
        conceder(motor, sa.make_url(self.config.database_url).username or "", (*DEL_OUTBOX, *self.colas))

    def aprovisionar(self) -> None:
        """Make topics, policies, schemas and this service's subscriptions; with an administrator's token everybody's,
        and each role's permissions. Idempotent."""

        def propio(aprovisionador: Aprovisionador) -> None:
            aprovisionador.topicos()
            aprovisionador.subscriptions(self.nombre, self.nombre, list(self.manejadores))

        provisionar(propio)

    def cartero(self, cliente: pulsar.Client, motor: sa.Engine, *, operador: QuienOpera | None = None) -> Cartero:
        """Who replays and discards this service's dead letters, and for whom."""
        memoria = timedelta(days=self.config.inbox_dias)
        bus = self.bus(motor, self.paciencia())
        return Cartero(cliente, self.nombre, bus, motor, self.entorno, memoria=memoria, operador=operador)

    def ventanilla(self, motor: sa.Engine) -> Ventanilla:
        """What its API has of its dead letters."""
        config = self.config
        # Handlers work there, and may take as long as a worker's.
        propio = cache(lambda: self.motor(de="cartas", conexiones=1))
        return Ventanilla(
            self.nombre,
            lambda: crear_cliente(config.pulsar_url, quien=config.credencial, espera_s=4),
            CursoresPulsar(config.pulsar_admin_url, config.credencial),
            lambda cliente, *, operador: self.cartero(cliente, propio(), operador=operador),
            motor,
            self.entorno,
        )

    def crear_api(self) -> App:
        """The service's HTTP API, for `seedwork.entrada.servidor`."""
        logs.configurar(f"{self.nombre}-api", self.config.log_nivel)
        trazas.configurar(f"{self.nombre}-api", self.config)
        motor = self.motor(self.config.plazos_de_consulta, de="api")
        atrasos = AtrasosPulsar(self.config.pulsar_admin_url, self.config.credencial)
        contar = partial(comunes.contar_cartas, atrasos, self.nombre)
        app = self.app_sobre(motor, {"cartas": contar})
        if self.config.autenticada:
            app.identificar = identificado_por_la_puerta(self.config.puerta_clave_publica)
        # It tells of what waits also when all workers are dead.
        medir_mientras_sirve(app, {"atraso": self._atraso(motor).medir, "cartas": contar})
        medir_mientras_sirve(app, {"figuras": partial(self.figuras, motor)}, FIGURAS_S)
        return app

    def app_sobre(self, motor: sa.Engine, informativas: Mapping[str, Comprobacion] | None = None) -> App:
        """Its routes, its audit trail's and its dead letters', on a database; with what its health shows besides."""
        app = crear_app_sobre(motor, informativas)
        self.api(app, motor)
        registrar_auditoria(app, self.nombre, motor)
        registrar_cartas(app, self.nombre, self.ventanilla(motor))
        return app

    def trabajar(self) -> int:
        """Run the worker until SIGTERM or SIGINT. Answers the process's exit code."""
        logs.configurar(self.nombre, self.config.log_nivel)
        trazas.configurar(self.nombre, self.config)
        reunir_memoria()
        return self._correr(self._de_trabajador())

    def relevar(self) -> int:
        """Run the relay alone, for workers that leave it to this process. Answers the process's exit code."""
        logs.configurar(f"{self.nombre}-relay", self.config.log_nivel)
        trazas.configurar(f"{self.nombre}-relay", self.config)
        reunir_memoria()
        return self._correr(self._de_relevo())

    def _correr(self, unas: Sequence[Parte]) -> int:
        return Proceso(unas, host=self.config.http_host, puerto=self.config.salud_puerto).correr()

    def _de_trabajador(self) -> list[Parte]:
        """Consumers, timers and senders; and the relay, unless that has a process of its own."""
        config = self.config
        motor = self.motor(conexiones=config.bd_conexiones - DE_NOTAS - sum(self.sesiones.values()))
        cliente, bus = crear_cliente(config.pulsar_url, quien=config.credencial), self.bus(motor, self.paciencia())
        consumidores = consumidores_reales(
            bus,
            motor,
            cliente,
            Publicador(config.pulsar_url, quien=config.credencial, plazo_ms=8000),
            self.entorno,
            contexto=self.nombre,
            ritmo=config.ritmo,
            lote=config.lote,
            cola=config.cola,
        )
        medidor = self._medidor(motor)
        relay = None if config.relay_aparte else self._relay(motor, self._salida())
        # An id that the inbox forgot must not be found half tried either, nor its key free before.
        como_el_inbox = dict.fromkeys(("inbox", "intentos", "claves_idempotencia"), config.inbox_dias)
        dias = {**como_el_inbox, "comandos": config.comandos_dias, "lotes": 1.0, "outbox": config.outbox_dias}
        return [
            comunes.base_de_datos(motor, [*consumidores.todos, *([relay] if relay else [])]),
            *comunes.consumo(consumidores, self._escala(motor), lambda: self.sembrar(motor), config.ritmo.problema_s),
            comunes.atraso(self._atraso(motor, oyente=consumidores.anotar_atraso)),
            comunes.salida(medidor),
            comunes.vigilancia(self._vigilante(motor)),
            *([comunes.relevo(relay)] if relay else []),
            comunes.poda(Podador(motor, dias, colas=self.colas), consumidores, timedelta(days=config.outbox_dias)),
            comunes.cartas(
                self.cartero(cliente, motor),
                self.nombre,
                AtrasosPulsar(config.pulsar_admin_url, config.credencial),
                timedelta(days=config.cartas_dias),
            ),
            comunes.en_espera(motor, bus.consumidor),
            *self.partes(self, motor, consumidores),
        ]

    def _de_relevo(self) -> list[Parte]:
        """The relay. What it does between two calls of the client's would hold a consumer in the same process up."""
        motor, salida = self.motor(), self._salida()
        relay = self._relay(motor, salida)

        def comprobar() -> str | None:
            # Any topic of the service's own shows whether the broker takes messages.
            return salida.comprobar([topico_cartas(self.nombre)])

        return [
            comunes.base_de_datos(motor, [relay]),
            comunes.salida(self._medidor(motor)),
            comunes.vigilancia(self._vigilante(motor)),
            comunes.relevo(relay),
            comunes.atraso(self._atraso(motor)),
            Parte(nombre="broker", decisivas={"broker": comprobar}),
        ]

    def _salida(self) -> Publicador:
        # What is pending stays in order through a lost connection; a round travels in whole batches.
        config = self.config
        return Publicador(config.pulsar_url, quien=config.credencial, plazo_ms=0, esperar_cola=True, agrupar_ms=20)

    def _relay(self, motor: sa.Engine, salida: Publicador) -> Relay:
        # Who looks at the table sees where its leader is.
        outbox = OutboxSQL(motor, self.entorno, donde=f"{socket.gethostname()}/{os.getpid()}/")
        return Relay(outbox, salida, sondeo=self.config.ritmo.sondeo_s)

    def _vigilante(self, motor: sa.Engine) -> VigilanteDeSesiones:
        nombres = [self.nombre, *(f"{self.nombre}-{de}" for de in self.sesiones)]
        return VigilanteDeSesiones(motor, nombres, self.config.bd_transaccion_s)

    def _escala(self, motor: sa.Engine) -> EscalaSQL:
        return EscalaSQL(motor, self.nombre)

    def _atraso(self, motor: sa.Engine, **opciones: Any) -> MedidorDeAtraso:
        config = self.config
        return MedidorDeAtraso(
            self.nombre,
            origenes(self.nombre, self.manejadores, config.cola),
            AtrasosPulsar(config.pulsar_admin_url, config.credencial),
            self._escala(motor),
            self.entorno,
            objetivo_s=config.escala_objetivo_s,
            utiles=utiles(self.manejadores, config.escala_maximo),
            debido=self.debido and partial(self.debido, motor),
            **opciones,
        )

    def _medidor(self, motor: sa.Engine) -> comunes.MedidorDeOutbox:
        return comunes.MedidorDeOutbox(motor, self.entorno, self.config.sin_avance_s)


def crear_app_sobre(motor: sa.Engine, informativas: Mapping[str, Comprobacion] | None = None) -> App:
    """A Flask application whose routes answer from a database, with what its health shows besides."""
    app = crear_app({"base_datos": lambda: comprobar_bd(motor)}, informativas)
    app.auditor = auditor = AuditorSQL(motor)
    app.terminar = auditor.contar
    app.register_error_handler(CursorInvalido, _cursor_invalido)
    app.register_error_handler(sa.exc.SQLAlchemyError, _sin_base)
    return app


def identificado_por_la_puerta(clave: str) -> Callable[[], Quien]:
    """Who asks, as the door says; whoever is not the door is answered 401.

    Args:
        clave: the door's public key, PEM or a file's path.

    Raises:
        SystemExit: there is none.
    """
    if not clave:
        sys.exit("configuración: PUERTA_CLAVE_PUBLICA: falta; sin ella, la API no sabe a quién cree")
    sellos = lector(pem(clave))

    def identificar() -> Quien:
        try:
            return sellos.verificar(acceso.token(flask.request.headers.get("Authorization"))).quien
        except acceso.SinToken:
            raise acceso.sin_token() from None
        except TokenInvalido as error:
            raise acceso.token_invalido(error) from None

    return identificar


def medir_mientras_sirve(
    app: flask.Flask, medidores: Mapping[str, Callable[[], object]], cada_s: float = MEDIDA_S
) -> None:
    """Have an application's process set gauges, from its first request on: a thread of before would not live on in the
    process that a server makes to serve it.

    Args:
        medidores: who sets them, by name.
        cada_s: seconds between two looks.
    """
    tarea = Periodica(cada_s, partial(medir, medidores))
    hilo = threading.Thread(target=tarea.correr, args=(threading.Event(),), name="medidor", daemon=True)
    app.before_request(comunes.UnaVez(hilo.start))


def _sin_base(error: sa.exc.SQLAlchemyError) -> flask.Response:
    """A database that is away, takes no writes or takes too long is no error of the service's."""
    if not bd.es_de_infraestructura(error):
        return imprevisto(error)
    log.warning("consulta sin base de datos", error=type(error).__name__)
    return problema(503, cabeceras={"Retry-After": "1"})


def _cursor_invalido(_error: CursorInvalido) -> flask.Response:
    falta = {"campo": "cursor", "motivo": "no es un cursor que haya dado una página anterior"}
    return problema(422, errores=[falta])


def comprobar_bd(motor: sa.Engine) -> None:
    """Raise whatever is wrong with the database."""
    with motor.connect() as conexion:
        conexion.execute(sa.text("SELECT 1"))
