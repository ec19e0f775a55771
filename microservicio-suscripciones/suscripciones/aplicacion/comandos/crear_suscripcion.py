"""CrearSuscripcion: a client asks for a plan."""

from contratos import motivos, sagas
from contratos.suscripciones import CrearSuscripcion
from saga.pasos import publicar_paso
from seedwork.aplicacion.validez import Reglas, exigir
from seedwork.dominio.correo import es_correo
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id, es_numero
from seedwork.dominio.textos import TEXTO
from suscripciones.aplicacion.decision import activar, plazo_de_hoy, saga_de
from suscripciones.aplicacion.peticiones import exigir_cliente_propio, plan_del_catalogo
from suscripciones.aplicacion.puertos import Unidad
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.suscripcion import Suscripcion

REGLAS: Reglas = {
    "cliente_codigo": es_id,
    "cliente_nombres": TEXTO.es,
    "cliente_apellidos": TEXTO.es,
    "cliente_usuario": TEXTO.es,
    "cliente_rut": es_numero,
    "cliente_cedula": es_numero,
    "cliente_email": es_correo,
    "plan_codigo": es_id,
    "plan_nombre": TEXTO.es,
}
"""What each field must be."""


def crear_suscripcion(comando: CrearSuscripcion, unidad: Unidad) -> None:
    """Make the subscription, and start its saga; a plan without resources is in force at once.

    A client creates under its own code alone: else its letters, and the client's data, would be another's.
    """
    sobre = unidad.sobre
    exigir_cliente_propio(comando.cliente_codigo, unidad)
    if unidad.suscripciones.obtener(sobre.sujeto) is not None:
        raise ReglaViolada(motivos.SUSCRIPCION_EXISTENTE)
    exigir(comando, REGLAS)
    plan = plan_del_catalogo(unidad, comando.plan_codigo)
    cliente = _registrar_cliente(comando, unidad)
    suscripcion = Suscripcion.crear(sobre.sujeto, cliente, plan, sobre.id, unidad.reloj(), plazo_de_hoy(unidad))
    unidad.suscripciones.agregar(suscripcion)
    publicar_paso(unidad, saga_de(suscripcion), sagas.CREAR)
    if not plan.recursos:
        activar(unidad, suscripcion, cliente)


def _cliente_de(comando: CrearSuscripcion) -> Cliente:
    """The client as the command tells."""
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
    pedido = _cliente_de(comando)
    conocido = unidad.clientes.obtener(pedido.id)
    if conocido is None:
        unidad.clientes.agregar(pedido)
        return pedido
    conocido.actualizar(pedido)
    return conocido
