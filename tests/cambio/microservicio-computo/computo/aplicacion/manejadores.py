"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from computo.aplicacion.reacciones.activada import activada
from computo.aplicacion.reacciones.cambio_iniciado import cambio_iniciado
from computo.aplicacion.reacciones.cambio_rechazado import cambio_rechazado
from computo.aplicacion.reacciones.cancelada import cancelada
from computo.aplicacion.reacciones.creada import creada
from computo.aplicacion.reacciones.plan_modificado import plan_modificado
from computo.aplicacion.reacciones.rechazada import rechazada
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
    SuscripcionCreada: creada,
    CambioPlanIniciado: cambio_iniciado,
    SuscripcionActivada: activada,
    SuscripcionPlanModificado: plan_modificado,
    SuscripcionRechazada: rechazada,
    CambioPlanRechazado: cambio_rechazado,
    SuscripcionCancelada: cancelada,
}
