"""SuscripcionPlanModificado: another plan is in force."""

from contratos.notificaciones import PLAN_MODIFICADO
from contratos.suscripciones import SuscripcionPlanModificado
from notificaciones.aplicacion.encargo import anunciar
from notificaciones.aplicacion.puertos import Unidad


def notificar_plan_modificado(hecho: SuscripcionPlanModificado, unidad: Unidad) -> None:
    """Tell the client which plan it was, and which it is."""
    anunciar(unidad, PLAN_MODIFICADO, hecho, datos={"plan_anterior": hecho.plan_anterior_nombre})
