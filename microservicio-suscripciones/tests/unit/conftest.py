"""This service in memory. Subscriptions are `s-N`, and the saga of the first one's creation is `g-1`."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from contratos import Mensaje, sagas
from contratos.ejemplos import CREAR_SUSCRIPCION
from contratos.suscripciones import (
    CambiarPlanSuscripcion,
    CancelarSuscripcion,
    ClienteSuprimido,
    PagarSuscripcion,
    SuprimirCliente,
)
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.recibido import Recibido
from seedwork.dominio.dinero import Dinero
from seedwork.pruebas.casa import CasaEnMemoria
from seedwork.pruebas.entorno import EntornoSimulado
from suscripciones.aplicacion.manejadores import MANEJADORES
from suscripciones.aplicacion.reacciones.plazo import vencer_plazo
from suscripciones.aplicacion.reacciones.renovacion import renovar
from suscripciones.aplicacion.rechazo import rechazar_comando
from suscripciones.dominio.factura import Factura
from suscripciones.dominio.linea import Paso
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.suscripcion import Suscripcion
from suscripciones.pruebas.memoria import abrir_en, almacen


def plan(codigo: str, *recursos: str, precio: str = "49.90", dias: int = 30) -> Plan:
    return Plan(
        codigo=codigo,
        nombre=codigo.upper(),
        recursos=recursos,
        precio=Dinero(Decimal(precio), "USD"),
        periodo_dias=dias,
    )


class Casa(CasaEnMemoria):
    """``quien`` asks for its commands; nobody, unless a test says who."""

    quien: Quien | None = None

    def __init__(self) -> None:
        self.reloj = EntornoSimulado().reloj
        self.planes = {
            "free": plan("free", precio="0.00"),
            "basico": plan("basico", precio="19.90"),
            "pro": plan("pro", "servicio_datos"),
            "doble": plan("doble", "servicio_datos", "computo", precio="99.00"),
            "computo": plan("computo", "computo"),
        }
        propio = almacen(EntornoSimulado(reloj=self.reloj))
        self.proveedores = {"servicio_datos": "servicio-datos", "computo": "computo"}
        abrir = abrir_en(propio, self.planes, proveedores=self.proveedores)
        super().__init__("suscripciones", propio, abrir, MANEJADORES, rechazar_comando)

    def avanzar(self, **transcurrido: float) -> None:
        self.reloj.avanzar(timedelta(**transcurrido).total_seconds())

    def procesar(self, *recibidos: Recibido) -> Collection[str]:
        """Whatever is said is about what its cause is about, or about a subscription of the client that is."""
        antes = len(self.dichos)
        esperan = super().procesar(*recibidos)
        olvidadas = {d.sobre.sujeto for d in self.dichos[antes:] if isinstance(d.carga, ClienteSuprimido)}
        assert {d.sobre.sujeto for d in self.dichos[antes:]} - olvidadas <= {r.sobre.sujeto for r in recibidos}
        return esperan

    # Commands, not handled yet

    def comando(self, mensaje: Mensaje, id_comando: str, *, id: str = "s-1") -> Recibido:
        return self.recibido(mensaje, "bff", sujeto=id, id=id_comando, quien=self.quien)

    def creacion(
        self, codigo_plan: str = "pro", *, id: str = "s-1", id_comando: str = "g-1", **campos: str
    ) -> Recibido:
        """Today's body, but for these fields."""
        return self.comando(replace(CREAR_SUSCRIPCION, **{"plan_codigo": codigo_plan, **campos}), id_comando, id=id)

    def cambio(self, plan: str, id_comando: str = "g-2", *, id: str = "s-1", **campos: str) -> Recibido:
        pedido = {"id_suscripcion": id, "plan_codigo": plan, "plan_nombre": "x", **campos}
        return self.comando(CambiarPlanSuscripcion(**pedido), id_comando, id=id)

    def cancelacion(self, motivo: str = "", id_comando: str = "x-1", *, id: str = "s-1", **campos: str) -> Recibido:
        pedido = {"id_suscripcion": id, "motivo": motivo, **campos}
        return self.comando(CancelarSuscripcion(**pedido), id_comando, id=id)

    def pago(self, id_comando: str = "p-1", **campos: str) -> Recibido:
        """One that is good, of the latest invoice, but for these fields."""
        ultima = self.facturas()[-1].id if self.facturas() else "f-0"
        bueno = {"id_factura": ultima, "monto": "49.90", "moneda": "USD", "medio": "tarjeta"}
        return self.comando(PagarSuscripcion(**{"id_suscripcion": "s-1", **bueno, **campos}), id_comando)

    def supresion(self, codigo: str = "0001", id_comando: str = "o-1") -> Recibido:
        return self.comando(SuprimirCliente(cliente_codigo=codigo), id_comando, id=codigo)

    # Handled: each answers the reason of its refusal

    def crear(self, codigo_plan: str = "pro", **mas: str) -> str | None:
        return self.mandar(self.creacion(codigo_plan, **mas))

    def cambiar(self, plan: str, id_comando: str = "g-2", **campos: str) -> str | None:
        return self.mandar(self.cambio(plan, id_comando, **campos))

    def cancelar(self, motivo: str = "", id_comando: str = "x-1", **campos: str) -> str | None:
        return self.mandar(self.cancelacion(motivo, id_comando, **campos))

    def pagar(self, id_comando: str = "p-1", **campos: str) -> str | None:
        return self.mandar(self.pago(id_comando, **campos))

    def suprimir(self, codigo: str = "0001", id_comando: str = "o-1") -> str | None:
        return self.mandar(self.supresion(codigo, id_comando))

    # What else happens

    def activa(self, plan: str = "pro") -> Suscripcion:
        """A subscription in force, its saga ended, and nothing said that the test has to mind."""
        self.crear(plan)
        self.completar()
        self.eventos()
        return self.suscripcion()

    def completar(self) -> None:
        """The saga in course goes all the way: everybody's steps arrive."""
        saga = self.suscripcion().saga
        self.oir("CAMBIAR" if saga.cambia_plan else "CREAR")
        for recurso in saga.requeridos:
            self.oir("RESERVAR", recurso=recurso)
        if saga.requeridos:
            self.oir("NOTIFICAR")
        self.oir("ACTIVAR")
        for recurso in saga.requeridos:
            self.oir("INICIAR", recurso=recurso)
        for recurso in saga.liberados:
            self.oir("LIBERAR", recurso=recurso)
        assert not self.suscripcion().saga.en_curso

    def paso(
        self, paso: str, resultado: str = sagas.HECHO, *, recurso: str = "", motivo: str = "", **mas: str
    ) -> Recibido:
        """Another participant's step, or the service's own, as the topic brings it."""
        id = mas.get("id_suscripcion", "s-1")
        saga = self.suscripcion(id).saga
        transicion = sagas.TransicionSaga(
            id_saga=mas.get("id_saga", saga.id),
            id_suscripcion=id,
            participante=mas.get("de", "otro"),
            paso=paso,
            recurso=recurso,
            recursos_requeridos=saga.requeridos,
            recursos_liberados=saga.liberados,
            resultado=resultado,
            motivo=motivo,
        )
        return self.recibido(transicion, "otro", sujeto=id, id=mas.get("id"))

    def oir(self, paso: str, resultado: str = sagas.HECHO, **mas: str) -> None:
        self.procesar(self.paso(paso, resultado, **mas))

    def renovar(self, **transcurrido: float) -> list[str]:
        """Time passes, and the timer strikes. Answers what was said."""
        self.avanzar(**transcurrido)
        with self.abrir() as unidad, unidad.por_cuenta_propia("renovacion", sujeto="s-1", correlacion="g-1"):
            renovar(unidad, "s-1")
        return self.eventos()

    def vencer_plazo(self) -> None:
        id_saga = self.suscripcion().saga.id
        with self.abrir() as unidad, unidad.por_cuenta_propia("plazo", sujeto="s-1", correlacion=id_saga):
            vencer_plazo(unidad, "s-1", id_saga)

    # Looking

    def suscripcion(self, id: str = "s-1") -> Suscripcion:
        """As it stands in its row."""
        with self.abrir() as unidad:
            suya = unidad.suscripciones.obtener(id)
        assert isinstance(suya, Suscripcion)
        return suya

    def facturas(self, id: str = "s-1") -> list[Factura]:
        """All of a subscription, oldest period first."""
        with self.abrir() as unidad:
            return sorted(unidad.facturas.de(id), key=lambda f: f.periodo)

    def linea(self, id_saga: str) -> Collection[Paso]:
        """A saga's steps."""
        with self.abrir() as unidad:
            return unidad.linea.de_saga(id_saga)

    def eventos(self) -> list[str]:
        """What was said since the last call, steps as PASO or PASO:RESULTADO."""
        return [_nombre(d.carga) for d in self.nuevos()]


def _nombre(mensaje: Any) -> str:
    if not isinstance(mensaje, sagas.TransicionSaga):
        return type(mensaje).__name__
    return mensaje.paso if mensaje.resultado == sagas.HECHO else f"{mensaje.paso}:{mensaje.resultado}"


@pytest.fixture
def casa() -> Casa:
    return Casa()
