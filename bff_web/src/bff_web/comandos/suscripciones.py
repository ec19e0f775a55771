"""The commands about subscriptions: each body with its rules, and the routes that take them."""

import json
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import override

from bff_web import respuestas
from bff_web.comandos.comun import Comando, Recurso
from bff_web.modelos_comandos import Cuerpo, Documento, Palabras, ejemplo
from bff_web.tipos import Correo, Id, Medio, Moneda, Monto, Objeto, Texto
from contratos import ejemplos
from contratos.suscripciones import CambiarPlanSuscripcion, CancelarSuscripcion, CrearSuscripcion, PagarSuscripcion

SUSCRIPCION = Recurso(
    id="id_suscripcion",
    consulta="/suscripciones/{}",
    consulta_comando="/suscripciones/comandos/{}",
    aceptado=respuestas.SuscripcionAceptada,
    etiqueta="Suscripciones",
)


class Nombre(Objeto):
    """Nombres y apellidos."""

    nombres: Texto
    apellidos: Texto


class Cliente(Objeto):
    """El cliente que se suscribe."""

    codigo: Id
    nombre: Nombre
    usuario: Texto
    rut: Documento
    cedula: Documento
    email: Correo


class PlanPedido(Objeto):
    """El plan que se pide."""

    codigo: Id
    nombre: Texto


class CuerpoCrearSuscripcion(Cuerpo):
    """Pide una suscripción de un cliente a un plan."""

    model_config = ejemplo(**json.loads(ejemplos.SUSCRIPCION))

    cliente: Cliente
    plan: PlanPedido
    facturas: Annotated[list[Any], Field(max_length=0)] | None = Field(
        None, description="Siempre vacía: las facturas son de la plataforma."
    )

    @property
    @override
    def a_nombre_de(self) -> str:
        return self.cliente.codigo

    @override
    def mensaje(self, id_recurso: str) -> CrearSuscripcion:
        cliente = self.cliente
        return CrearSuscripcion(
            cliente_codigo=cliente.codigo,
            cliente_nombres=cliente.nombre.nombres,
            cliente_apellidos=cliente.nombre.apellidos,
            cliente_usuario=cliente.usuario,
            cliente_rut=cliente.rut.numero,
            cliente_cedula=cliente.cedula.numero,
            cliente_email=cliente.email,
            plan_codigo=self.plan.codigo,
            plan_nombre=self.plan.nombre,
        )


class CuerpoCambiarPlan(Cuerpo):
    """Pide otro plan para una suscripción."""

    model_config = ejemplo(plan={"codigo": "basico", "nombre": "BASICO"})

    plan: PlanPedido

    @override
    def mensaje(self, id_recurso: str) -> CambiarPlanSuscripcion:
        return CambiarPlanSuscripcion(
            id_suscripcion=id_recurso, plan_codigo=self.plan.codigo, plan_nombre=self.plan.nombre
        )


class CuerpoCancelar(Cuerpo):
    """Pide el fin de una suscripción; puede venir vacío."""

    model_config = ejemplo(motivo="Ya no la necesitamos.")

    motivo: Palabras | None = None

    @override
    def mensaje(self, id_recurso: str) -> CancelarSuscripcion:
        return CancelarSuscripcion(id_suscripcion=id_recurso, motivo=self.motivo or "")


class CuerpoPagar(Cuerpo):
    """Dice que se pagó una factura de una suscripción."""

    model_config = ejemplo(
        id_factura="0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e77", monto="49.90", moneda="USD", medio="tarjeta"
    )

    id_factura: Id
    monto: Monto
    moneda: Moneda
    medio: Medio

    @override
    def mensaje(self, id_recurso: str) -> PagarSuscripcion:
        return PagarSuscripcion(id_suscripcion=id_recurso, **self.__dict__)


COMANDOS = (
    Comando(
        rutas=("/suscripciones/suscripcion-comando",),
        cuerpo=CuerpoCrearSuscripcion,
        mensaje=CrearSuscripcion,
        titulo="Crear una suscripción",
        recurso=SUSCRIPCION,
    ),
    Comando(
        rutas=("/suscripciones/{id_suscripcion}/plan-comando",),
        cuerpo=CuerpoCambiarPlan,
        mensaje=CambiarPlanSuscripcion,
        titulo="Cambiar el plan de una suscripción",
        recurso=SUSCRIPCION,
    ),
    Comando(
        rutas=("/suscripciones/{id_suscripcion}/cancelacion-comando",),
        cuerpo=CuerpoCancelar,
        mensaje=CancelarSuscripcion,
        titulo="Cancelar una suscripción",
        recurso=SUSCRIPCION,
        se_pierde="La suscripción acaba, y su servicio de datos con ella; al cliente se le avisa.",
    ),
    Comando(
        rutas=("/suscripciones/{id_suscripcion}/pago-comando",),
        cuerpo=CuerpoPagar,
        mensaje=PagarSuscripcion,
        titulo="Pagar una factura de una suscripción",
        recurso=SUSCRIPCION,
    ),
)
