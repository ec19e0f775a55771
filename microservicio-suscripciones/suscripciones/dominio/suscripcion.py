"""The subscription: its states, and what each command and each step of its saga makes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from seedwork.dominio.agregado import Agregado
from seedwork.dominio.errores import ReglaViolada
from suscripciones.dominio import eventos
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.factura import Factura
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.saga_actual import SagaActual

PENDIENTE = "PENDIENTE"
ACTIVA = "ACTIVA"
RECHAZADA = "RECHAZADA"
CANCELADA = "CANCELADA"

MAXIMO_RENOVACIONES = 12
"""Invoices that one subscription gets in one transaction, so that it holds up no other."""

E = TypeVar("E", bound=eventos.EventoSuscripcion)


@dataclass(kw_only=True)
class Suscripcion(Agregado):
    """A client's subscription to a plan.

    Attributes:
        plan_codigo: the plan in force; while PENDIENTE, the one asked for.
        saga: its latest saga.
        comenzada: when that began.
        motivo: why it is RECHAZADA or CANCELADA, as a code.
        cliente_codigo: whose it is; empty for nobody's that may be told, and once its client is forgotten.
        detalle: the client's own words about that.
        plazo: when the saga's deadline strikes; None once the saga is decided.
        recursos: what it holds by the plan in force, as that required it when it came into force.
        renueva: when the next invoice is due; None for never.
    """

    cliente_codigo: str
    plan_codigo: str
    plan_nombre: str
    saga: SagaActual
    comenzada: datetime
    estado: str = PENDIENTE
    motivo: str | None = None
    detalle: str | None = field(default=None, repr=False)
    plazo: datetime | None = None
    recursos: tuple[str, ...] = ()
    renueva: datetime | None = None

    @classmethod
    def crear(
        cls, id: str, cliente: Cliente, plan: Plan, id_saga: str, ahora: datetime, plazo: datetime
    ) -> "Suscripcion":
        """A new one. It waits for what its plan requires; it has a deadline as long as it does."""
        nueva = cls(
            id=id,
            cliente_codigo=cliente.id,
            plan_codigo=plan.codigo,
            plan_nombre=plan.nombre,
            saga=SagaActual(id=id_saga, requeridos=plan.recursos),
            comenzada=ahora,
            plazo=plazo if plan.recursos else None,
        )
        nueva._contar(eventos.Creada, cliente)
        return nueva

    @classmethod
    def crear_rechazada(
        cls, id: str, cliente: Cliente, plan_codigo: str, plan_nombre: str, id_saga: str, ahora: datetime, motivo: str
    ) -> "Suscripcion":
        """One that could not even begin; it is kept with its reason."""
        nueva = cls(
            id=id,
            cliente_codigo=cliente.id,
            plan_codigo=plan_codigo,
            plan_nombre=plan_nombre,
            saga=SagaActual(id=id_saga),
            comenzada=ahora,
        )
        nueva.rechazar(id_saga, motivo, cliente)
        return nueva

    @property
    def plan_pedido(self) -> str:
        """The code of the plan that its latest saga asked for."""
        return self.saga.plan_codigo or self.plan_codigo

    def espera_a(self, id_saga: str) -> bool:
        """Whether this saga is the subscription's, and still undecided."""
        return self.saga.id == id_saga and not self.saga.decidida

    def cambiar_plan(self, plan: Plan, id_saga: str, cliente: Cliente, ahora: datetime, plazo: datetime) -> None:
        """Begin a change of plan, a saga of its own. The old plan stays in force until it succeeds.

        It requires what the new plan requires and the subscription does not hold, and releases the reverse; without
        anything to require, it waits for nobody, and has no deadline.

        Raises:
            ReglaViolada: it is not in force (SUSCRIPCION_NO_ACTIVA), a saga of it has not ended (SAGA_EN_CURSO), or it
                has that plan (PLAN_EN_VIGOR).
        """
        if self.estado != ACTIVA:
            raise ReglaViolada("SUSCRIPCION_NO_ACTIVA")
        if self.saga.en_curso:
            raise ReglaViolada("SAGA_EN_CURSO")
        if self.plan_codigo == plan.codigo:
            raise ReglaViolada("PLAN_EN_VIGOR")
        self.saga = SagaActual(
            id=id_saga,
            requeridos=tuple(r for r in plan.recursos if r not in self.recursos),
            liberados=tuple(r for r in self.recursos if r not in plan.recursos),
            plan_codigo=plan.codigo,
            plan_nombre=plan.nombre,
        )
        self.comenzada = ahora
        self.plazo = plazo if self.saga.requeridos else None
        self._contar_cambio(eventos.CambioPlanIniciado, cliente)

    def anotar_reserva(self, id_saga: str, recurso: str, cliente: Cliente) -> None:
        """A provider has reserved a resource; with the last one, the subscription is provisioned."""
        if not self.espera_a(id_saga) or recurso not in self.saga.requeridos or recurso in self.saga.reservados:
            return
        self.saga = replace(self.saga, reservados=(*self.saga.reservados, recurso))
        if self.saga.aprovisionada:
            self._contar(eventos.Aprovisionada, cliente, **self._campos_del_plan_pedido())

    def activar(self, id_saga: str, plan: Plan, cliente: Cliente, id_factura: str, hoy: datetime) -> Factura | None:
        """Its saga succeeds: put the subscription in force, or the plan that it changes to.

        Answers the first invoice, where there is one: the plan has a price, and it is no change, which is invoiced with
        the next renewal. None too if the saga was decided before.
        """
        if not self.espera_a(id_saga):
            return None
        self._decidir()
        saga = self.saga
        self.recursos = (*(r for r in self.recursos if r not in saga.liberados), *saga.requeridos)
        if self.renueva is None and plan.periodo:
            self.renueva = hoy + plan.periodo
        if saga.cambia_plan:
            self._contar_cambio(eventos.PlanModificado, cliente)
            self.plan_codigo, self.plan_nombre = saga.plan_codigo, saga.plan_nombre
            return None
        self.estado = ACTIVA
        self._contar(eventos.Activada, cliente)
        return self._facturar(plan, cliente, id_factura, hoy, periodo=hoy) if plan.de_pago else None

    def rechazar(self, id_saga: str, motivo: str, cliente: Cliente) -> bool:
        """Its saga fails: refuse the subscription, or the change, and have all that was done for it undone.

        False if the saga was decided before.
        """
        if not self.espera_a(id_saga):
            return False
        self._decidir()
        if self.saga.cambia_plan:
            self._contar_cambio(eventos.CambioPlanRechazado, cliente, motivo=motivo)
        else:
            self.estado = RECHAZADA
            self.motivo = motivo
            self._contar(eventos.Rechazada, cliente, motivo=motivo)
        return True

    def cancelar(self, motivo: str, detalle: str, cliente: Cliente) -> None:
        """End it, whatever its saga has reached; a change of plan that is undecided is refused before.

        Args:
            motivo: a code.
            detalle: the client's own words, or empty.

        Raises:
            ReglaViolada: it has ended (SUSCRIPCION_TERMINADA).
        """
        if self.estado not in (PENDIENTE, ACTIVA):
            raise ReglaViolada("SUSCRIPCION_TERMINADA")
        if self.saga.cambio_indeciso:
            self.rechazar(self.saga.id, motivo, cliente)
        self._decidir()
        self.estado = CANCELADA
        self.motivo = motivo
        self.detalle = detalle or None
        en_poder, self.recursos, self.renueva = self.recursos, (), None
        self._contar(eventos.Cancelada, cliente, recursos_en_poder=en_poder, motivo=motivo, detalle=detalle)

    def renovar(
        self, plan: Plan, cliente: Cliente, hoy: datetime, id_factura: Callable[[datetime], str]
    ) -> list[Factura]:
        """Issue an invoice for each period that has begun, oldest first; none where the plan has no price any more.

        At most :data:`MAXIMO_RENOVACIONES` at a time: what is still due then is issued the next time.

        Args:
            plan: the plan in force, as the catalogue has it now.
            hoy: the present instant.
            id_factura: the id of the invoice for the period that begins at an instant.
        """
        facturas: list[Factura] = []
        while self.estado == ACTIVA and self.renueva is not None and self.renueva <= hoy:
            if len(facturas) == MAXIMO_RENOVACIONES:
                break
            periodo = self.renueva
            if plan.periodo is None:
                self.renueva = None
                break
            facturas.append(self._facturar(plan, cliente, id_factura(periodo), hoy, periodo=periodo))
            self.renueva = periodo + plan.periodo
        return facturas

    def anotar_pago(self, factura: Factura, cliente: Cliente) -> None:
        """One of its invoices was paid."""
        self._contar(eventos.FacturaPagada, cliente, **_de_factura(factura), medio=factura.medio)

    def olvidar_cliente(self) -> None:
        """Its client is forgotten: it is nobody's from here on, and nobody's words are kept with it.

        Raises:
            ReglaViolada: it is in force, or may come to be (CLIENTE_CON_SUSCRIPCION), or its latest saga has not ended,
                whose participants still tell others whose it is (SAGA_EN_CURSO).
        """
        if self.estado in (PENDIENTE, ACTIVA):
            raise ReglaViolada("CLIENTE_CON_SUSCRIPCION")
        if self.saga.en_curso:
            raise ReglaViolada("SAGA_EN_CURSO")
        self.cliente_codigo, self.detalle = "", None
        self.registrar(eventos.ClienteSuprimido(id_suscripcion=self.id))

    def cerrar_saga(self) -> None:
        """The transition that ends its latest saga was taken in."""
        self.saga = replace(self.saga, en_curso=False)

    def _decidir(self) -> None:
        self.saga = replace(self.saga, decidida=True)
        self.plazo = None

    def _facturar(self, plan: Plan, cliente: Cliente, id: str, hoy: datetime, *, periodo: datetime) -> Factura:
        factura = Factura(id=id, id_suscripcion=self.id, importe=plan.precio, emitida=hoy, periodo=periodo)
        self._contar(eventos.FacturaEmitida, cliente, **_de_factura(factura))
        return factura

    def _campos_del_plan_pedido(self) -> dict[str, str]:
        """What a fact tells that is about the plan asked for, in force or not."""
        saga = self.saga if self.saga.cambia_plan else self
        return {"plan_codigo": saga.plan_codigo, "plan_nombre": saga.plan_nombre}

    def _contar_cambio(self, evento: type[E], cliente: Cliente, **propios: Any) -> None:
        """A fact about a change; the plan before it is the one that is still noted here."""
        anterior = {"plan_anterior_codigo": self.plan_codigo, "plan_anterior_nombre": self.plan_nombre}
        self._contar(evento, cliente, **self._campos_del_plan_pedido(), **anterior, **propios)

    def _contar(self, evento: type[E], cliente: Cliente, **propios: Any) -> None:
        en_vigor = {"plan_codigo": self.plan_codigo, "plan_nombre": self.plan_nombre}
        self.registrar(evento(id_suscripcion=self.id, saga=self.saga, cliente=cliente, **{**en_vigor, **propios}))


def _de_factura(factura: Factura) -> dict[str, str]:
    return {"id_factura": factura.id, "monto": str(factura.importe), "moneda": factura.importe.moneda}
