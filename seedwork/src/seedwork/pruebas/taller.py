"""A workbench for tests: a notebook (`cuaderno`) with topics and a database of its own, and a hand on all its parts."""

import asyncio
import os
import secrets
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import pulsar
import sqlalchemy as sa
import urllib3

from contratos import INQUILINO, Mensaje
from contratos.base import Entrega
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.bus import Bus, Manejador
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.paciencia import Espera, PacienciaSegunAvance
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada.consumidor import Consumidor
from seedwork.entrada.consumidores import Consumidores, consumidores_reales
from seedwork.infraestructura import avro, bd
from seedwork.infraestructura.aprovisionamiento import Aprovisionador, ErrorDeAprovisionamiento
from seedwork.infraestructura.avance import AvancePulsar
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.infraestructura.publicador import Publicador, cerrar_cliente, crear_cliente
from seedwork.infraestructura.relay import Relay
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas
from seedwork.pruebas import cuaderno
from seedwork.pruebas.bases import ajena, como_dueno
from seedwork.pruebas.sobres import recibido, sobre_nuevo

PACIENCIA_S = 30.0

RAPIDO = Ritmo(maximo=4, base_s=0.05, tope_s=0.2)


def esperar(que: Callable[[], Any], plazo: float = PACIENCIA_S) -> None:
    """Probe until it is true.

    Raises:
        AssertionError: it was not after ``plazo`` seconds.
    """
    limite = time.monotonic() + plazo
    while not que():
        if time.monotonic() > limite:
            raise AssertionError("no llegó a ser cierto")
        time.sleep(0.02)


def publicar(publicador: Publicador, sobre: Sobre, mensaje: Mensaje, *, espera: float = 5.0) -> None:
    """Publish as the door does, from a thread that has no loop.

    Raises:
        SinConfirmacion: no confirmation within ``espera`` seconds.
    """
    asyncio.run(publicador.entregar(sobre, mensaje, espera=espera))


class Servidores(Protocol):
    """The servers it stands on."""

    @property
    def pulsar_url(self) -> str:
        """The broker's URL."""
        ...

    @property
    def admin_url(self) -> str:
        """The broker's admin API."""
        ...


@dataclass
class Taller:
    """One notebook. Make it with :func:`montar`; close it when done."""

    contexto: str
    servidores: Servidores
    url_base: str
    motor: sa.Engine
    cliente: pulsar.Client
    publicador: Publicador
    _publicadores: list[Publicador] = field(default_factory=list)
    esperar = staticmethod(esperar)

    @property
    def apuntar(self) -> Any:
        """The command's class."""
        return cuaderno.mensajes(self.contexto)[0]

    @property
    def apuntado(self) -> Any:
        """The event's class."""
        return cuaderno.mensajes(self.contexto)[1]

    # Sending

    def orden(self, hoja: str, linea: int, modo: str = "", *, id: str | None = None, **campos: Any) -> Recibido:
        """A command, not sent yet."""
        clave = campos.pop("clave_idempotencia", None)
        mensaje = self.apuntar(hoja=hoja, linea=linea, modo=modo, **campos)
        sobre = sobre_nuevo(mensaje, fuente="/pruebas", sujeto=hoja, id=id, clave_idempotencia=clave)
        return recibido(sobre, mensaje)

    def enviar(self, *ordenes: Recibido, repeticiones: int = 1) -> list[str]:
        """Send them, in order, and wait until all are durable. Answers their ids."""
        self.enviar_cargas(*(self.codificar(o) for o in ordenes for _ in range(repeticiones)))
        return [o.sobre.id for o in ordenes]

    def codificar(self, orden: Recibido) -> tuple[bytes, dict[str, str], str]:
        """A command's payload, properties and key."""
        sobre, mensaje = orden.sobre, orden.mensaje
        return avro.codificar(mensaje, sobre), a_propiedades(sobre, mensaje.topico), sobre.sujeto

    def enviar_cargas(self, *cargas: tuple[Any, dict[str, str], str]) -> None:
        """Send raw payloads, in order, and wait until all are durable."""
        errores: list[SinConfirmacion | None] = []
        for carga, propiedades, clave in cargas:
            self.publicador.enviar(self.apuntar.topico, carga, propiedades, clave, errores.append)
        esperar(lambda: len(errores) == len(cargas))
        if any(errores):
            raise AssertionError(f"el broker no lo aceptó todo: {[e for e in errores if e]}")

    # Running

    def paciencia(self, espera_s: float = 10.0) -> PacienciaSegunAvance:
        """A new patience, that asks the real broker."""
        # The broker looks at its delays once a second: shorter pauses than this would only cost.
        espera = Espera(minimo_s=espera_s, primera_s=0.5, tope_s=1.0, tic_s=0.0, breve_s=0.0)
        return PacienciaSegunAvance(AvancePulsar(self.servidores.admin_url), EntornoReal(), espera)

    def bus(self, manejador: Manejador | None = None, paciencia: PacienciaSegunAvance | None = None) -> Bus:
        """A new bus; the notebook's own handler misbehaves as an order's ``modo`` says, and else writes the line."""
        return cuaderno.hacer_bus(self.motor, self.contexto, manejador, paciencia)

    def hacer_consumidores(
        self,
        bus: Bus | None = None,
        *,
        paciencia: PacienciaSegunAvance | None = None,
        entrega: Entrega = "ordenada",
        espera_s: float = 10.0,
        lote: int = 500,
        cola: int = 1000,
        ritmo: Ritmo = RAPIDO,
    ) -> Consumidores:
        """New consumers, impatient; of a new bus, with that patience, where none is given."""
        self.apuntar.entrega = entrega
        bus = bus or self.bus(paciencia=paciencia or self.paciencia(espera_s))
        return consumidores_reales(
            bus,
            self.motor,
            self.cliente,
            self.publicador,
            EntornoReal(),
            contexto=self.contexto,
            ritmo=ritmo,
            lote=lote,
            cola=cola,
        )

    def hacer_consumidor(self, bus: Bus | None = None, **opciones: Any) -> Consumidor:
        """Of these, the one of its own topics, alone."""
        return self.hacer_consumidores(bus, **opciones).todos[0]

    @contextmanager
    def consumiendo(self, bus: Bus | None = None, **opciones: Any) -> Iterator[Consumidor]:
        """It runs in the body, on a thread of this process."""
        consumidor = self.hacer_consumidor(bus, **opciones)
        with self.corriendo(consumidor.correr):
            yield consumidor

    @contextmanager
    def corriendo(self, *tareas: Callable[[threading.Event], None]) -> Iterator[None]:
        """Tasks run in the body, each on a thread. Raises AssertionError after it when one died, or does not stop."""
        parada = threading.Event()
        fallos: list[BaseException] = []

        def correr(tarea: Callable[[threading.Event], None]) -> None:
            try:
                tarea(parada)
            except BaseException as error:
                traceback.print_exc()
                fallos.append(error)

        hilos = [threading.Thread(target=correr, args=(t,), daemon=True) for t in tareas]
        for hilo in hilos:
            hilo.start()
        try:
            yield
        finally:
            parada.set()
            for hilo in hilos:
                hilo.join(10)
        if fallos or any(h.is_alive() for h in hilos):
            raise AssertionError(f"una tarea murió, o no se detiene: {fallos}")

    @contextmanager
    def atendiendo(self, bus: Bus | None = None, **opciones: Any) -> Iterator[Consumidores]:
        """All consumers and a relay run in the body: what waits goes out, and comes back."""
        consumidores = self.hacer_consumidores(bus, **opciones)
        with self.corriendo(self.relay().correr, *(c.correr for c in consumidores.todos)):
            yield consumidores

    def relay(self, **opciones: Any) -> Relay:
        """A new relay."""
        self._publicadores.append(Publicador(self.servidores.pulsar_url, plazo_ms=0, esperar_cola=True))
        return Relay(OutboxSQL(self.motor, EntornoReal()), self._publicadores[-1], **opciones)

    def trabajador(self, *orden: str, **entorno: str) -> subprocess.Popen[bytes]:
        """The notebook's worker, or what else its module is told to be, as a process of its own."""
        propio = {
            "DATABASE_URL": self.url_base,
            "PULSAR_URL": self.servidores.pulsar_url,
            "PULSAR_ADMIN_URL": self.servidores.admin_url,
            # Any that is free.
            "SALUD_PUERTO": "0",
            "REINTENTOS_MAXIMO": "4",
            "REINTENTOS_BASE_S": "0.05",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "seedwork.pruebas.cuaderno", self.contexto, *orden],
            env={**os.environ, **propio, **entorno},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )

    # Looking

    def apuntes(self, hoja: str | None = None) -> list[tuple[str, int]]:
        """The effects, in the order in which they were written."""
        tabla = cuaderno.apuntes.c
        consulta = sa.select(tabla.hoja, tabla.linea).order_by(tabla.id)
        if hoja is not None:
            consulta = consulta.where(tabla.hoja == hoja)
        with self.motor.connect() as conexion:
            return [(h, n) for h, n in conexion.execute(consulta)]

    def contar(self, sql: str) -> int:
        """The number that a query answers."""
        with self.motor.connect() as conexion:
            return int(conexion.scalar(sa.text(sql)))

    @contextmanager
    def dueno(self) -> Iterator[sa.Connection]:
        """A transaction of whoever owns the tables, committed after the body: for what a service may not do."""
        with como_dueno(self.motor) as motor, motor.begin() as conexion:
            yield conexion

    @contextmanager
    def ajena(self) -> Iterator[sa.Connection]:
        """A connection of somebody who is no part of the platform: its transaction may stand still for long."""
        with ajena(self.url_base) as conexion:
            yield conexion

    def publicados(self) -> list[tuple[str, str, int]]:
        """What is on the event's topic, in its order: ce_id, page, line."""
        return [
            (m.properties()["ce_id"], m.properties()["ce_subject"], int(m.properties()["ce_sequence"]))
            for m in self.leer(self.apuntado.topico)
        ]

    def cartas(self) -> list[pulsar.Message]:
        """What is parked."""
        return self.leer(topico_cartas(self.contexto))

    def leer(self, topico: str) -> list[pulsar.Message]:
        """All that a topic holds, in its order."""
        lector = self.cliente.create_reader(topico, pulsar.MessageId.earliest)
        leidos = []
        while lector.has_message_available():
            leidos.append(lector.read_next(5000))
        lector.close()
        return leidos

    def con_paciencia(self, que: Callable[[], bool]) -> bool:
        """False while a server is away."""
        try:
            return que()
        except (sa.exc.DBAPIError, ErrorDeAprovisionamiento, pulsar.PulsarException):
            return False

    def desalojar(self) -> None:
        """The broker closes every producer and consumer, as when the topics move to another broker."""
        url = f"{self.servidores.admin_url}/admin/v2/namespaces/{INQUILINO}/{self.contexto}/unload"
        # 500 while a topic is being opened, or is still being closed: the broker is asked again.
        otra_vez = urllib3.Retry(
            12, backoff_factor=0.2, backoff_max=2, status_forcelist=(500, 503), allowed_methods=None
        )
        respuesta = urllib3.request("PUT", url, timeout=30, retries=otra_vez)
        if respuesta.status >= 300:
            raise AssertionError(f"el broker no lo hizo: {respuesta.status}")

    def cerrar(self) -> None:
        """Let go of broker and database."""
        for publicador in (self.publicador, *self._publicadores):
            publicador.cerrar()
        cerrar_cliente(self.cliente)
        self.motor.dispose()

    def atraso(self, tipo: Any = None, subscription: str | None = None) -> int:
        """How many messages a subscription has not acknowledged yet: the notebook's commands, unless told otherwise."""
        topico = (tipo or self.apuntar).topico
        return Aprovisionador(self.servidores.admin_url).atraso(topico, subscription or self.contexto)

    def cartas_aparcadas(self) -> int:
        """How many dead letters the broker says there are."""
        return Aprovisionador(self.servidores.admin_url).atraso(topico_cartas(self.contexto), SUBSCRIPTION_CARTAS)


def montar(servidores: Servidores, url_base: str, *, con_suscripcion: bool = True, particiones: int = 0) -> Taller:
    """A new notebook: an empty database's tables, topics in a namespace of its own, and its subscription.

    Args:
        servidores: where the broker is.
        url_base: an empty database.
        particiones: of the command's topic; 0 for none.
        con_suscripcion: whether the consumer's subscription is made now, as provisioning does.
    """
    contexto = f"pruebas-{secrets.token_hex(4)}"
    motor = bd.crear_motor(url_base, conexiones=20)
    cuaderno.preparar(motor)
    aprovisionador = Aprovisionador(servidores.admin_url)
    tipos = list(cuaderno.mensajes(contexto))
    tipos[0].particiones = particiones
    aprovisionador.topicos(tipos)
    if con_suscripcion:
        aprovisionador.subscriptions(contexto, contexto, tipos[:1])
    return Taller(
        contexto, servidores, url_base, motor, crear_cliente(servidores.pulsar_url), Publicador(servidores.pulsar_url)
    )
