"""A unit of work in memory, small enough to be read at a glance."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Generic, TypeVar

import pytest

from contratos import Mensaje, sagas
from contratos.suscripciones import CrearSuscripcion
from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.agregado import Agregado
from seedwork.dominio.dinero import Dinero
from suscripciones.aplicacion.manejadores import MANEJADORES
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.factura import Factura
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.saga import Paso
from suscripciones.dominio.suscripcion import Suscripcion
from suscripciones.infraestructura.despachadores import DESPACHADORES

A = TypeVar("A", bound=Agregado)

# What today's web clients send (contract §2).
DE_HOY = CrearSuscripcion(
    cliente_codigo="0001",
    cliente_nombres="Pablo",
    cliente_apellidos="Perez Prieto",
    cliente_usuario="pperez",
    cliente_rut="123457890",
    cliente_cedula="123457890",
    cliente_email="pperez@domain.com",
    plan_codigo="pro",
    plan_nombre="PRO",
)


def plan(codigo: str, *recursos: str, precio: str = "49.90") -> Plan:
    return Plan(
        codigo=codigo,
        nombre=codigo.upper(),
        recursos=recursos,
        precio=Dinero(Decimal(precio), "USD"),
        periodo_dias=30,
    )


class EnMemoria(Generic[A]):
    def __init__(self) -> None:
        self.todos: dict[str, A] = {}

    def obtener(self, id: str) -> A | None:
        return self.todos.get(id)

    def leer(self, id: str) -> A:
        return self.todos[id]

    def agregar(self, agregado: A) -> None:
        assert agregado.id not in self.todos
        self.todos[agregado.id] = agregado


class LineaEnMemoria:
    def __init__(self) -> None:
        self.pasos: dict[str, Paso] = {}

    def anotar(self, id_suscripcion: str, paso: Paso) -> None:
        self.pasos.setdefault(paso.id, paso)

    def de_saga(self, id_saga: str) -> Sequence[Paso]:
        return [p for p in self.pasos.values() if p.id_saga == id_saga]


class UnidadEnMemoria:
    """Also keeps what was published, oldest first."""

    participante = "suscripciones"
    plazo_s = 120.0

    def __init__(self) -> None:
        self.suscripciones: EnMemoria[Suscripcion] = EnMemoria()
        self.clientes: EnMemoria[Cliente] = EnMemoria()
        self.facturas: EnMemoria[Factura] = EnMemoria()
        self.linea = LineaEnMemoria()
        self.planes = {
            "free": plan("free", precio="0.00"),
            "basico": plan("basico", precio="19.90"),
            "pro": plan("pro", "servicio_datos"),
            "doble": plan("doble", "servicio_datos", "computo"),
        }
        self.publicado: list[Mensaje] = []
        self.secuencias: list[int] = []
        self.ahora = datetime(2026, 1, 1, tzinfo=UTC)
        self.sobre = Sobre.nuevo(CrearSuscripcion, fuente="/saludtech/bff", sujeto="s-1", id="g-1")

    def reloj(self) -> datetime:
        return self.ahora

    def publicar(self, mensaje: Mensaje, *, sujeto: str, secuencia: int | None = None) -> None:
        assert sujeto == self.sobre.sujeto
        self.publicado.append(mensaje)
        if secuencia is not None:
            self.secuencias.append(secuencia)

    def recolectar(self) -> None:
        for suscripcion in self.suscripciones.todos.values():
            for evento in suscripcion.extraer_eventos():
                despachar = DESPACHADORES[type(evento)]
                assert despachar is not None
                suscripcion.secuencia += 1
                self.publicar(despachar(evento), sujeto=suscripcion.id, secuencia=suscripcion.secuencia)

    def crear(self, codigo_plan: str = "pro", *, id: str = "s-1", id_comando: str = "g-1", **campos: str) -> str | None:
        """Handle a command: today's body, but for these fields. Answers its refusal."""
        self.sobre = Sobre.nuevo(CrearSuscripcion, fuente="/saludtech/bff", sujeto=id, id=id_comando)
        comando = replace(DE_HOY, **{"plan_codigo": codigo_plan, **campos})
        rechazo = MANEJADORES[CrearSuscripcion](comando, self)
        self.recolectar()
        return rechazo

    def oir(self, paso: str, resultado: str = sagas.HECHO, *, recurso: str = "", motivo: str = "", **mas: str) -> None:
        """Another participant's step, or the service's own, arrives from the topic."""
        suscripcion = self.suscripciones.todos["s-1"]
        transicion = sagas.TransicionSaga(
            id_saga=mas.get("id_saga", "g-1"),
            id_suscripcion="s-1",
            participante="otro",
            paso=paso,
            recurso=recurso,
            recursos_requeridos=suscripcion.saga.requeridos,
            resultado=resultado,
            motivo=motivo,
        )
        self.sobre = Sobre.nuevo(transicion, fuente="/saludtech/otro", sujeto="s-1", id=mas.get("id"))
        assert MANEJADORES[sagas.TransicionSaga](transicion, self) is None
        self.recolectar()

    def eventos(self) -> list[str]:
        """What was said since the last call, steps as PASO or PASO:RESULTADO."""
        dicho, self.publicado = self.publicado, []
        return [_nombre(m) for m in dicho]


def _nombre(mensaje: Mensaje) -> str:
    if not isinstance(mensaje, sagas.TransicionSaga):
        return type(mensaje).__name__
    return mensaje.paso if mensaje.resultado == sagas.HECHO else f"{mensaje.paso}:{mensaje.resultado}"


@pytest.fixture
def unidad() -> UnidadEnMemoria:
    return UnidadEnMemoria()
