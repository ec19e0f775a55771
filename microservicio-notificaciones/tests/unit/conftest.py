"""This service in memory: its real bus, units of work and queue over a store that is no database, and a clock that
stands still until a test moves it."""

from collections.abc import Callable, Sequence
from datetime import datetime

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
from notificaciones.aplicacion import desenlace
from notificaciones.aplicacion.envio import Envio, Politica
from notificaciones.aplicacion.manejadores import MANEJADORES
from notificaciones.pruebas.memoria import ColaEnviosMemoria, abrir_en, almacen
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.recibido import Recibido
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.sobres import recibido, sobre_nuevo

ARRIENDO_S = 15.0


class EnMemoria:
    """The service without servers: facts go into its bus, and a test is its sender."""

    def __init__(self) -> None:
        self.entorno = EntornoSimulado()
        self.almacen = almacen(self.entorno)
        self.politica = Politica(plazo_s=48, espera_s=5, pausa_s=0.5)
        asuntos = {tipo: tipo.capitalize() for tipo in TIPOS}
        self.abrir = abrir_en(self.almacen, asuntos=asuntos, canal="CORREO", politica=self.politica)
        self.bus = Bus("notificaciones", self.abrir, MANEJADORES)
        self.cola = ColaEnviosMemoria(self.almacen)

    def atender(self, *hechos: HechoParaElCliente) -> None:
        """Handle facts in one transaction, each a message that never came before."""
        self.bus.procesar([self._recibido(h) for h in hechos])

    def _recibido(self, hecho: HechoParaElCliente) -> Recibido:
        sobre = sobre_nuevo(hecho, fuente="/saludtech/suscripciones", sujeto=hecho.id_suscripcion, entorno=self.entorno)
        return recibido(sobre, hecho)

    def tomar(self) -> Envio:
        """Lease the one delivery that is due."""
        (envio,) = self.cola.tomar(10, ARRIENDO_S, ())
        return envio

    def entregado(self, envio: Envio) -> None:
        """The channel took it."""
        with self.abrir() as unidad, unidad.mensaje(envio.sobre):
            desenlace.entregado(unidad, envio)

    def no_entregado(self, envio: Envio, motivo: str, *, repetible: bool) -> None:
        """It did not."""
        with self.abrir() as unidad, unidad.mensaje(envio.sobre):
            desenlace.no_entregado(unidad, envio, motivo, repetible=repetible)

    def entregar_todo(self) -> None:
        """Deliver whatever waits, due or not."""
        for envio in self.envios:
            self.entregado(envio)

    @property
    def ahora(self) -> datetime:
        return self.entorno.ahora()

    @property
    def envios(self) -> Sequence[Envio]:
        """The deliveries that are not over."""
        return [fila["envio"] for fila in self.almacen.tablas["envios"].values()]

    @property
    def proximos(self) -> dict[str, datetime]:
        """When each of them is due."""
        return {id: fila["proximo"] for id, fila in self.almacen.tablas["envios"].items()}

    @property
    def estados(self) -> dict[str, str]:
        """What the view shows of each type."""
        return {f["tipo"]: f["estado"] for f in self.almacen.tablas["vista_notificaciones"].values()}

    @property
    def pasos(self) -> list[tuple[str, str, str]]:
        """What the saga was told, in order."""
        dichos = [fila.carga for fila in self.almacen.outbox.values()]
        return [(p.paso, p.resultado, p.motivo) for p in dichos if isinstance(p, sagas.TransicionSaga)]


@pytest.fixture
def nuevo() -> Callable[[], EnMemoria]:
    """Makes a service that nothing has happened to yet."""
    return EnMemoria


@pytest.fixture
def servicio() -> EnMemoria:
    return EnMemoria()


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
