"""CambioPlanRechazado: the plan stays what it was."""

from contratos import motivos
from contratos.notificaciones import CAMBIO_PLAN_RECHAZADO
from contratos.suscripciones import CambioPlanRechazado
from notificaciones.aplicacion.encargo import avisar_del_fin
from notificaciones.aplicacion.puertos import Unidad


def notificar_cambio_plan_rechazado(hecho: CambioPlanRechazado, unidad: Unidad) -> None:
    """Undo what that change was to bring, and tell the client why it did not come."""
    datos = {
        "plan_anterior": hecho.plan_anterior_nombre,
        "motivo": motivos.texto(motivos.de_la_lista(hecho.motivo)) or "",
    }
    avisar_del_fin(unidad, CAMBIO_PLAN_RECHAZADO, hecho, datos=datos, solo_la_saga=True)
