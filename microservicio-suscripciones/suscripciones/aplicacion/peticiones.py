"""What the service's commands are about.

A command about what is another's waits, and is refused, as one about what nobody knows (contract §9).
"""

from contratos import motivos
from contratos.suscripciones import CrearSuscripcion
from seedwork.aplicacion.espera import Creacion, PorConocer
from seedwork.dominio.errores import ReglaViolada
from suscripciones import NOMBRE
from suscripciones.aplicacion.puertos import Unidad
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.suscripcion import Suscripcion


def plan_del_catalogo(unidad: Unidad, codigo: str) -> Plan:
    """The plan that a command asks for.

    Raises:
        ReglaViolada: the catalogue has none with this code (PLAN_DESCONOCIDO).
    """
    plan = unidad.planes.get(codigo)
    if plan is None:
        raise ReglaViolada(motivos.PLAN_DESCONOCIDO)
    return plan


def exigir_cliente_propio(codigo: str, unidad: Unidad) -> None:
    """See that a command is about a client within its caller's reach: before anything that tells of what there is.

    Raises:
        ReglaViolada: it is another's (NO_AUTORIZADO).
    """
    if not unidad.acceso.alcanza("cliente", codigo):
        raise ReglaViolada(motivos.NO_AUTORIZADO)


def suscripcion_pedida(unidad: Unidad) -> Suscripcion:
    """The subscription that a command is about, locked.

    Raises:
        PorConocer: there is no such subscription, or not yet, or it is another's.
    """
    suscripcion = unidad.suscripciones.obtener(unidad.sobre.sujeto)
    if suscripcion is None or not unidad.acceso.alcanza("cliente", suscripcion.cliente_codigo):
        raise PorConocer(motivos.SUSCRIPCION_DESCONOCIDA, (Creacion(CrearSuscripcion, NOMBRE),))
    return suscripcion
