"""CrearSuscripcion: a client asks for a plan."""

from dataclasses import replace
from datetime import timedelta

from contratos import motivos, sagas
from contratos.suscripciones import CrearSuscripcion
from seedwork.aplicacion.peticiones import Reglas, invalidos
from seedwork.aplicacion.saga import publicar_paso
from seedwork.dominio.reglas import es_correo, es_id, es_numero, es_texto
from suscripciones.aplicacion.pasos import activar, avisar_rechazo, saga_de
from suscripciones.aplicacion.puertos import Unidad
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.suscripcion import Suscripcion

_REGLAS: Reglas = {
    "cliente_codigo": es_id,
    "cliente_nombres": es_texto,
    "cliente_apellidos": es_texto,
    "cliente_usuario": es_texto,
    "cliente_rut": es_numero,
    "cliente_cedula": es_numero,
    "cliente_email": es_correo,
    "plan_codigo": es_id,
    "plan_nombre": es_texto,
}


def crear_suscripcion(comando: CrearSuscripcion, unidad: Unidad) -> str | None:
    """Make the subscription, and start its saga; a plan without resources is in force at once."""
    sobre = unidad.sobre
    if unidad.suscripciones.obtener(sobre.sujeto) is not None:
        return avisar_rechazo(comando, unidad, motivos.SUSCRIPCION_EXISTENTE)
    if invalidos(comando, _REGLAS):
        return guardar_rechazada(comando, unidad, motivos.DATOS_INVALIDOS)
    plan = unidad.planes.get(comando.plan_codigo)
    if plan is None:
        return guardar_rechazada(comando, unidad, motivos.PLAN_DESCONOCIDO)
    cliente = _registrar_cliente(comando, unidad)
    plazo = unidad.reloj() + timedelta(seconds=unidad.plazo_s)
    suscripcion = Suscripcion.crear(sobre.sujeto, cliente, plan, sobre.id, plazo)
    unidad.suscripciones.agregar(suscripcion)
    publicar_paso(unidad, saga_de(suscripcion), sagas.CREAR)
    if not plan.recursos:
        activar(unidad, suscripcion, cliente)
    return None


def guardar_rechazada(comando: CrearSuscripcion, unidad: Unidad, motivo: str) -> str:
    """Keep the refused subscription; answers the reason.

    It changes nothing about a client who is known; it answers whoever asked.
    What breaks a rule may be what no row can hold, or no letter: it is kept nowhere, and its field is empty. Without a
    client's code, it is nobody's.
    """
    sobre = unidad.sobre
    comando = replace(comando, **dict.fromkeys(invalidos(comando, _REGLAS), ""))
    cliente = _cliente(comando)
    if cliente.id and unidad.clientes.obtener(cliente.id) is None:
        unidad.clientes.agregar(cliente)
    suscripcion = Suscripcion.crear_rechazada(
        sobre.sujeto, cliente, comando.plan_codigo, comando.plan_nombre, sobre.id, motivo
    )
    unidad.suscripciones.agregar(suscripcion)
    saga = saga_de(suscripcion)
    publicar_paso(unidad, saga, sagas.CREAR, sagas.RECHAZADO, motivo=motivo)
    publicar_paso(unidad, saga, sagas.RECHAZAR, motivo=motivo)
    return motivo


def _cliente(comando: CrearSuscripcion) -> Cliente:
    return Cliente(
        id=comando.cliente_codigo,
        nombres=comando.cliente_nombres,
        apellidos=comando.cliente_apellidos,
        usuario=comando.cliente_usuario,
        rut=comando.cliente_rut,
        cedula=comando.cliente_cedula,
        email=comando.cliente_email,
    )


def _registrar_cliente(comando: CrearSuscripcion, unidad: Unidad) -> Cliente:
    pedido = _cliente(comando)
    conocido = unidad.clientes.obtener(pedido.id)
    if conocido is None:
        unidad.clientes.agregar(pedido)
        return pedido
    conocido.actualizar(pedido)
    return conocido
