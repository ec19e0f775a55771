"""CambiarPlanSuscripcion: a client asks for another plan."""

from contratos import sagas
from contratos.suscripciones import CambiarPlanSuscripcion
from saga.pasos import publicar_paso
from seedwork.aplicacion.validez import Reglas, exigir
from seedwork.dominio.reglas import es_id
from seedwork.dominio.textos import TEXTO
from suscripciones.aplicacion.decision import activar, plazo_de_hoy, saga_de
from suscripciones.aplicacion.peticiones import plan_del_catalogo, suscripcion_pedida
from suscripciones.aplicacion.puertos import Unidad

_REGLAS: Reglas = {"plan_codigo": es_id, "plan_nombre": TEXTO.es}


def cambiar_plan_suscripcion(comando: CambiarPlanSuscripcion, unidad: Unidad) -> None:
    """Start the saga of the change; where it requires nothing besides, the new plan is in force at once."""
    exigir(comando, _REGLAS)
    suscripcion = suscripcion_pedida(unidad)
    plan = plan_del_catalogo(unidad, comando.plan_codigo)
    cliente = unidad.clientes.leer(suscripcion.cliente_codigo)
    suscripcion.cambiar_plan(plan, unidad.sobre.id, cliente, unidad.reloj(), plazo_de_hoy(unidad))
    publicar_paso(unidad, saga_de(suscripcion), sagas.CAMBIAR)
    if not suscripcion.saga.requeridos:
        activar(unidad, suscripcion, cliente)
