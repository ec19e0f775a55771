"""This service's unit of work in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from contratos import sagas
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
from notificaciones.dominio.notificacion import Notificacion
from notificaciones.infraestructura.despachadores import DESPACHADORES
from seedwork.aplicacion.sobre import Sobre
from seedwork.pruebas.memoria import EnMemoria, UnidadEnMemoria


@dataclass
class Cierres:
    sagas: set[str] = field(default_factory=set)
    suscripciones: set[str] = field(default_factory=set)

    def cerrada(self, id_saga: str, id_suscripcion: str) -> bool:
        return id_saga in self.sagas or id_suscripcion in self.suscripciones

    def cerrar_saga(self, id_saga: str) -> None:
        self.sagas.add(id_saga)

    def cerrar_suscripcion(self, id_suscripcion: str) -> None:
        self.suscripciones.add(id_suscripcion)


@dataclass
class Cola:
    reloj: Callable[[], datetime]
    todos: dict[str, Envio] = field(default_factory=dict)
    aplazados: dict[str, datetime] = field(default_factory=dict)

    def agregar(self, envio: Envio) -> None:
        self.todos[envio.id_notificacion] = envio

    def obtener(self, id_notificacion: str) -> Envio | None:
        envio = self.todos.get(id_notificacion)
        return replace(envio, leido=self.reloj()) if envio else None

    def de_suscripcion(self, id_suscripcion: str) -> list[Envio]:
        return [replace(e, leido=self.reloj()) for e in self.todos.values() if e.saga.id_suscripcion == id_suscripcion]

    def aplazar(self, id_notificacion: str, hasta: datetime) -> None:
        self.aplazados[id_notificacion] = hasta
        self.todos[id_notificacion] = replace(self.todos[id_notificacion], tomado_hasta=None)

    def marcar_para_anular(self, id_notificacion: str) -> None:
        self.todos[id_notificacion] = replace(self.todos[id_notificacion], anular=True)

    def quitar(self, id_notificacion: str) -> None:
        self.todos.pop(id_notificacion, None)


class Unidad(UnidadEnMemoria):
    canal = "CORREO"

    def __init__(self) -> None:
        super().__init__("notificaciones", DESPACHADORES)
        self.politica = Politica(plazo_s=48, espera_s=5, pausa_s=0.5)
        self.asuntos = {tipo: tipo.capitalize() for tipo in TIPOS}
        self.notificaciones: EnMemoria[Notificacion] = EnMemoria()
        self.cierres = Cierres()
        self.envios = Cola(self.reloj)

    def atender(self, hecho: HechoParaElCliente) -> None:
        self.sobre = Sobre.nuevo(hecho, fuente="/saludtech/suscripciones", sujeto=hecho.id_suscripcion)
        MANEJADORES[type(hecho)](hecho, self)

    def tomar(self) -> Envio:
        """Lease the one delivery that is due."""
        (envio,) = [e for e in self.envios.todos.values() if e.tomado_hasta is None or e.tomado_hasta <= self.ahora]
        tomado = replace(envio, intentos=envio.intentos + 1, tomado_hasta=self.ahora + timedelta(seconds=15))
        self.envios.agregar(tomado)
        return replace(tomado, leido=self.ahora)

    @property
    def estados(self) -> dict[str, str]:
        return {n.tipo: n.estado for n in self.notificaciones.todos.values()}

    @property
    def pasos(self) -> list[tuple[str, str, str]]:
        return [(p.paso, p.resultado, p.motivo) for p in self.de_tipo(sagas.TransicionSaga)]


@pytest.fixture
def unidad() -> Unidad:
    return Unidad()


COMUNES = {
    "id_suscripcion": "s-1",
    "id_saga": "g-1",
    "recursos_requeridos": ("servicio_datos",),
    "cliente_codigo": "0001",
    "cliente_nombres": "Pablo",
    "cliente_apellidos": "Perez Prieto",
    "cliente_email": "pperez@domain.com",
    "plan_codigo": "pro",
    "plan_nombre": "PRO",
}


@pytest.fixture
def aprovisionada() -> SuscripcionAprovisionada:
    return SuscripcionAprovisionada(**COMUNES)


@pytest.fixture
def rechazada() -> SuscripcionRechazada:
    return SuscripcionRechazada(**COMUNES, motivo="PLAZO_VENCIDO")


@pytest.fixture
def activada() -> SuscripcionActivada:
    return SuscripcionActivada(**COMUNES)


@pytest.fixture
def cancelada() -> SuscripcionCancelada:
    return SuscripcionCancelada(**COMUNES, motivo="CANCELADA_POR_CLIENTE", detalle="me mudo a Cali")


@pytest.fixture
def cambio_rechazado() -> CambioPlanRechazado:
    return CambioPlanRechazado(**COMUNES, plan_anterior_nombre="FREE", motivo="SIN_CAPACIDAD")


@pytest.fixture
def plan_modificado() -> SuscripcionPlanModificado:
    return SuscripcionPlanModificado(**COMUNES, plan_anterior_nombre="FREE")


@pytest.fixture
def pagada() -> SuscripcionPagada:
    return SuscripcionPagada(**COMUNES, id_factura="f-1", monto="49.90", moneda="USD", medio="tarjeta")
