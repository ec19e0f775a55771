"""ListarPlanes: the catalogue of plans."""

from contratos.consultas import suscripciones as contrato
from contratos.consultas.suscripciones import ListarPlanes, PaginaPlanes
from seedwork.aplicacion.consultas import Solicitante
from suscripciones.aplicacion.lectura import Lectura
from suscripciones.dominio.plan import Plan


def listar_planes(_consulta: ListarPlanes, lectura: Lectura, solicitante: Solicitante) -> PaginaPlanes:
    """All plans that are offered."""
    return PaginaPlanes(elementos=[_mostrar(plan) for plan in lectura.planes.values()], siguiente=None)


def _mostrar(plan: Plan) -> contrato.Plan:
    return contrato.Plan(
        codigo=plan.codigo,
        nombre=plan.nombre,
        recursos=list(plan.recursos),
        precio=str(plan.precio),
        moneda=plan.precio.moneda,
        periodo_dias=plan.periodo_dias,
        politicas=list(plan.politicas),
    )
