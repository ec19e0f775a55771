"""SuscripcionPlanModificado: the new plan's quota is in use, or the old one's is free."""

from computo.aplicacion import reserva
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import SuscripcionPlanModificado


def aplicar_plan(hecho: SuscripcionPlanModificado, unidad: Unidad) -> None:
    """Start what the saga requires, and give back what it releases."""
    reserva.iniciar(hecho, unidad)
    reserva.soltar(hecho, unidad)
