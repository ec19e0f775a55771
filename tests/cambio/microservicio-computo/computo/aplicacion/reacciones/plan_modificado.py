"""SuscripcionPlanModificado: the new plan's quota is in use, or the old one's is free."""

from computo.aplicacion import pasos
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import SuscripcionPlanModificado


def plan_modificado(hecho: SuscripcionPlanModificado, unidad: Unidad) -> None:
    """Start what the saga requires, and give back what it releases."""
    pasos.iniciar(hecho, unidad)
    pasos.soltar(hecho, unidad)
