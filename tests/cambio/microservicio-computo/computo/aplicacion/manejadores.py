"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from computo.aplicacion.reacciones.activada import iniciar_al_activar
from computo.aplicacion.reacciones.cambio_iniciado import reservar_al_cambiar
from computo.aplicacion.reacciones.cambio_rechazado import deshacer_cambio
from computo.aplicacion.reacciones.cancelada import soltar_al_cancelar
from computo.aplicacion.reacciones.creada import reservar_al_crear
from computo.aplicacion.reacciones.plan_modificado import aplicar_plan
from computo.aplicacion.reacciones.rechazada import soltar_al_rechazar
from contratos import Mensaje
from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    SuscripcionActivada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from seedwork.aplicacion.bus import Manejador

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    SuscripcionCreada: reservar_al_crear,
    CambioPlanIniciado: reservar_al_cambiar,
    SuscripcionActivada: iniciar_al_activar,
    SuscripcionPlanModificado: aplicar_plan,
    SuscripcionRechazada: soltar_al_rechazar,
    CambioPlanRechazado: deshacer_cambio,
    SuscripcionCancelada: soltar_al_cancelar,
}
