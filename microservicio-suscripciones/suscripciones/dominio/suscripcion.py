"""The subscription: its states, and what each step of its saga makes of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from seedwork.dominio.agregado import Agregado
from suscripciones.dominio import eventos
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.factura import Factura
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.saga import SagaActual

PENDIENTE = "PENDIENTE"
ACTIVA = "ACTIVA"
RECHAZADA = "RECHAZADA"
CANCELADA = "CANCELADA"

E = TypeVar("E", bound=eventos.EventoSuscripcion)


@dataclass(kw_only=True)
class Suscripcion(Agregado):
    """A client's subscription to a plan.

    Attributes:
        plazo: when the saga's deadline strikes; None once the saga is decided.
    """

    cliente_codigo: str
    plan_codigo: str
    plan_nombre: str
    saga: SagaActual
    estado: str = PENDIENTE
    motivo: str | None = None
    plazo: datetime | None = None

    @classmethod
    def crear(cls, id: str, cliente: Cliente, plan: Plan, id_saga: str, plazo: datetime) -> "Suscripcion":
        """A new one. It waits for what its plan requires; it has a deadline as long as it does."""
        nueva = cls(
            id=id,
            cliente_codigo=cliente.id,
            plan_codigo=plan.codigo,
            plan_nombre=plan.nombre,
            saga=SagaActual(id=id_saga, requeridos=plan.recursos),
            plazo=plazo if plan.recursos else None,
        )
        nueva._contar(eventos.Creada, cliente)
        return nueva

    @classmethod
    def crear_rechazada(
        cls, id: str, cliente: Cliente, plan_codigo: str, plan_nombre: str, id_saga: str, motivo: str
    ) -> "Suscripcion":
        """One that could not even begin; it is kept with its reason."""
        nueva = cls(
            id=id,
            cliente_codigo=cliente.id,
            plan_codigo=plan_codigo,
            plan_nombre=plan_nombre,
            saga=SagaActual(id=id_saga),
        )
        nueva.rechazar(id_saga, motivo, cliente)
        return nueva

    def espera_a(self, id_saga: str) -> bool:
        """Whether this saga is the subscription's, and still undecided."""
        return self.saga.id == id_saga and not self.saga.decidida

    def anotar_reserva(self, id_saga: str, recurso: str, cliente: Cliente) -> None:
        """A provider has reserved a resource; with the last one, the subscription is provisioned."""
        if not self.espera_a(id_saga) or recurso not in self.saga.requeridos or recurso in self.saga.reservados:
            return
        self.saga = replace(self.saga, reservados=(*self.saga.reservados, recurso))
        if self.saga.aprovisionada:
            self._contar(eventos.Aprovisionada, cliente)

    def activar(self, id_saga: str, plan: Plan, cliente: Cliente, id_factura: str, hoy: datetime) -> Factura | None:
        """Put it in force. Answers the first invoice, where the plan has a price; None too if it was decided before."""
        if not self.espera_a(id_saga):
            return None
        self._decidir()
        self.estado = ACTIVA
        self._contar(eventos.Activada, cliente)
        if not plan.de_pago:
            return None
        self._contar(
            eventos.FacturaEmitida,
            cliente,
            id_factura=id_factura,
            monto=str(plan.precio),
            moneda=plan.precio.moneda,
        )
        return Factura(id=id_factura, id_suscripcion=self.id, importe=plan.precio, emitida=hoy)

    def rechazar(self, id_saga: str, motivo: str, cliente: Cliente) -> bool:
        """Refuse it, and have all that was done for it undone. False if the saga was decided before."""
        if not self.espera_a(id_saga):
            return False
        self._decidir()
        self.estado = RECHAZADA
        self.motivo = motivo
        self._contar(eventos.Rechazada, cliente, motivo=motivo)
        return True

    def cerrar_saga(self, id_saga: str) -> None:
        """The transition that ends the saga was taken in."""
        if self.saga.id == id_saga:
            self.saga = replace(self.saga, en_curso=False)

    def _decidir(self) -> None:
        self.saga = replace(self.saga, decidida=True)
        self.plazo = None

    def _contar(self, evento: type[E], cliente: Cliente, **propios: Any) -> None:
        self.registrar(
            evento(
                id_suscripcion=self.id,
                saga=self.saga,
                cliente=cliente,
                plan_codigo=self.plan_codigo,
                plan_nombre=self.plan_nombre,
                **propios,
            )
        )
