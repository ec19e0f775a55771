"""The service on a real PostgreSQL and a real SMTP server, from its bus to its channel."""

import asyncio
import email
import email.policy
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from contratos import Mensaje, sagas
from contratos.notificaciones import TIPOS
from contratos.suscripciones import (
    CambioPlanRechazado,
    HechoParaElCliente,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionPagada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from notificaciones.aplicacion.envio import Envio, Politica
from notificaciones.aplicacion.manejadores import MANEJADORES
from notificaciones.entrada.enviador import Enviador
from notificaciones.entrada.vigia import Vigia
from notificaciones.infraestructura.correo import AjustesCorreo, CanalCorreo
from notificaciones.infraestructura.envios import CierresSQL, ColaEnviosSQL, EnviosSQL
from notificaciones.infraestructura.plantillas import Plantillas
from notificaciones.infraestructura.repositorio import UnidadNotificaciones
from notificaciones.infraestructura.tablas import METADATOS
from plataforma.proveedores import Fabrica
from plataforma.puertos import libres
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura import almacen_eventos, bd
from seedwork.infraestructura.almacen_eventos import FlujosSQL
from seedwork.infraestructura.transaccion_sql import TransaccionSQL, transacciones
from seedwork.pruebas.bases import migrada, vaciar
from seedwork.pruebas.publicado import publicado
from seedwork.pruebas.sobres import recibido, sobre_nuevo

MIGRACIONES = Path(__file__).parents[2] / "migraciones"
REMITENTE = Address("SaludTech de los Alpes", addr_spec="avisos@saludtech.example")


@pytest.fixture
def hasta() -> Callable[..., Any]:
    """Looks until a condition is true; answers what it was."""

    def mirar(condicion: Callable[[], Any], segundos: float = 30.0) -> Any:
        limite = time.monotonic() + segundos
        while not (valor := condicion()):
            assert time.monotonic() < limite, f"no se cumplió en {segundos:g} s"
            time.sleep(0.01)
        return valor

    return mirar


@dataclass
class Buzon:
    """An SMTP server that answers as it is told, else 250.

    Attributes:
        respuestas: the next of them to DATA.
        al_destinatario: likewise, to RCPT; ``solo_a``, to a RCPT of that address, whenever it comes.
        al_remitente: to each MAIL; ``rechazos`` counts them.
    """

    mensajes: list[EmailMessage] = field(default_factory=list)
    respuestas: list[str] = field(default_factory=list)
    al_destinatario: list[str] = field(default_factory=list)
    solo_a: dict[str, str] = field(default_factory=dict)
    al_remitente: str = ""
    rechazos: int = 0
    destinatarios: list[str] = field(default_factory=list)
    conexiones: set[Any] = field(default_factory=set)
    paso: threading.Event = field(default_factory=threading.Event)
    esperando: threading.Event = field(default_factory=threading.Event)
    puerto: int = 0

    def __post_init__(self) -> None:
        self.paso.set()

    async def handle_MAIL(self, server, session, envelope, address, mail_options) -> str:
        if self.al_remitente:
            self.rechazos += 1
            return self.al_remitente
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options) -> str:
        if self.al_destinatario:
            return self.al_destinatario.pop(0)
        if address in self.solo_a:
            return self.solo_a[address]
        self.destinatarios.append(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.conexiones.add(session.peer)
        while not self.paso.is_set():
            self.esperando.set()
            await asyncio.sleep(0.01)
        if self.respuestas:
            return self.respuestas.pop(0)
        self.mensajes.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def buzon() -> Iterator[Buzon]:
    buzon = Buzon()
    controlador = Controller(buzon, hostname="127.0.0.1", port=libres(1)[0])
    controlador.start()
    buzon.puerto = controlador.port
    yield buzon
    buzon.paso.set()
    controlador.stop()


@dataclass
class Contada:
    """A delivery queue, and how often it was looked at."""

    cola: ColaEnviosSQL
    miradas: int = 0

    def tomar(self, cuantos: int, arriendo_s: float, excepto: Collection[str], edad_s: float = 0.0) -> Sequence[Envio]:
        self.miradas += 1
        return self.cola.tomar(cuantos, arriendo_s, excepto, edad_s)

    def devolver(self, envios: Collection[Envio]) -> None:
        self.cola.devolver(envios)


class ServicioEnPrueba:
    """The service without its broker: facts go into its bus, its sender runs when a test asks for it."""

    def __init__(self, motor: sa.Engine, puerto_smtp: int) -> None:
        self.motor = motor
        self.url = motor.url.render_as_string(hide_password=False)
        self.politica = Politica(plazo_s=40, espera_s=10, pausa_s=0.05)
        self.plantillas = Plantillas(TIPOS)
        self.puerto_smtp = puerto_smtp
        self.entorno = EntornoReal()
        self.abrir = self._abridor(motor)
        self._bus = Bus("notificaciones", self.abrir, MANEJADORES)

    def _abridor(self, motor: sa.Engine) -> Abrir:
        return abridor(transacciones(motor, METADATOS, self.entorno), self._unidad)

    def _unidad(self, transaccion: TransaccionSQL) -> UnidadNotificaciones:
        return UnidadNotificaciones(
            transaccion,
            flujos=lambda t: FlujosSQL(t.conexion),
            cierres=CierresSQL,
            envios=EnviosSQL,
            asuntos=self.plantillas.asuntos,
            canal="CORREO",
            politica=self.politica,
        )

    def procesar(self, *hechos: HechoParaElCliente, ids: Sequence[str] | None = None) -> None:
        """Handle all of them in one transaction, as the consumer does."""
        self._bus.procesar([_recibido(h, i) for h, i in zip(hechos, ids or [None] * len(hechos), strict=True)])

    @contextmanager
    def enviando(self, hilos: int = 4) -> Iterator[None]:
        """The sender runs meanwhile."""
        canal = CanalCorreo(
            AjustesCorreo(
                host="127.0.0.1",
                puerto=self.puerto_smtp,
                remitente=REMITENTE,
                nombre_ehlo="",
                starttls=False,
                usuario="",
                clave="",
                espera_s=self.politica.espera_s,
            ),
            self.entorno,
        )
        motor = bd.crear_motor(self.url, conexiones=2, nombre="enviador")
        self.cola = Contada(ColaEnviosSQL(motor))
        self.vigia = Vigia(canal, self.politica, self.entorno)
        enviador = Enviador(
            motor, self.cola, self._abridor(motor), canal, self.vigia, self.plantillas, self.politica, hilos=hilos
        )
        parada = threading.Event()
        tareas = [threading.Thread(target=tarea, args=(parada,)) for tarea in (enviador.correr, self.vigia.correr)]
        for tarea in tareas:
            tarea.start()
        try:
            yield
        finally:
            parada.set()
            for tarea in tareas:
                tarea.join(10)
            motor.dispose()
        assert not any(tarea.is_alive() for tarea in tareas)

    def filas(self, consulta: str) -> list[tuple[Any, ...]]:
        with self.motor.connect() as conexion:
            return [tuple(f) for f in conexion.execute(sa.text(consulta))]

    def estados(self) -> dict[str, str]:
        return dict(self.filas("SELECT tipo, estado FROM vista_notificaciones"))

    def sin_envios(self) -> bool:
        return not self.filas("SELECT 1 FROM envios")

    def publicado(self) -> list[tuple[dict[str, str], Mensaje]]:
        """Properties and message of each outbox row, in order."""
        return publicado(self.motor)

    def mensaje(self, nombre: str) -> Any:
        """The one message of that name that was published."""
        (uno,) = [m for _, m in self.publicado() if type(m).__name__ == nombre]
        return uno

    def dicho(self) -> list[str]:
        """What was published, shortly and sorted: an event's name, or a saga's step and its outcome."""
        return sorted(
            f"{m.paso} {m.resultado}" if isinstance(m, sagas.TransicionSaga) else type(m).__name__
            for _, m in self.publicado()
        )


def _recibido(hecho: HechoParaElCliente, id: str | None) -> Recibido:
    sobre = sobre_nuevo(hecho, fuente="/saludtech/suscripciones", sujeto=hecho.id_suscripcion, id=id)
    return recibido(replace(sobre, correlacion=getattr(hecho, "id_saga", sobre.correlacion)), hecho)


@pytest.fixture(scope="module")
def url_base(nueva_base_de_modulo: Fabrica) -> str:
    return migrada(nueva_base_de_modulo("notificaciones"), MIGRACIONES)


@pytest.fixture
def motor(url_base: str) -> Iterator[sa.Engine]:
    """An engine of the test's own on the module's database, emptied."""
    motor = bd.crear_motor(url_base, conexiones=12)
    vaciar(motor, [*bd.METADATOS.tables, *almacen_eventos.METADATOS.tables, *METADATOS.tables])
    yield motor
    motor.dispose()


@pytest.fixture
def servicio(motor: sa.Engine, buzon: Buzon) -> ServicioEnPrueba:
    return ServicioEnPrueba(motor, buzon.puerto)


@pytest.fixture
def hecho() -> Callable[..., HechoParaElCliente]:
    """Makes a fact about a subscription by its short name."""
    clases = {
        "aprovisionada": SuscripcionAprovisionada,
        "activada": SuscripcionActivada,
        "plan_modificado": partial(SuscripcionPlanModificado, plan_anterior_nombre="FREE"),
        "pagada": partial(SuscripcionPagada, id_factura="f-1", monto="49.90", moneda="USD", medio="tarjeta"),
        "rechazada": partial(SuscripcionRechazada, motivo="PLAZO_VENCIDO"),
        "cancelada": partial(SuscripcionCancelada, motivo="CANCELADA_POR_CLIENTE", detalle="me mudo a Cali"),
        "cambio_rechazado": partial(CambioPlanRechazado, plan_anterior_nombre="FREE", motivo="SIN_CAPACIDAD"),
    }

    def hacer(nombre: str, n: int = 1, **otros: Any) -> HechoParaElCliente:
        campos: dict[str, Any] = {
            "id_suscripcion": f"s-{n}",
            "id_saga": f"g-{n}",
            "recursos_requeridos": ("servicio_datos",),
            "cliente_codigo": f"{n:04}",
            "cliente_nombres": "Íñigo",
            "cliente_apellidos": "Zuluaga Ñáñez",
            "cliente_email": f"izuluaga{n}@correo.example",
            "plan_codigo": "pro",
            "plan_nombre": "PRO",
        }
        return clases[nombre](**(campos | otros))

    return hacer
