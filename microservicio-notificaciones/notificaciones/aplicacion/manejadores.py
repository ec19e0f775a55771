"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from contratos import Mensaje
from contratos.suscripciones import (
    CambioPlanRechazado,
    ClienteSuprimido,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionPagada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from notificaciones.aplicacion.reacciones import (
    activada,
    aprovisionada,
    cambio_rechazado,
    cancelada,
    cliente_suprimido,
    pagada,
    plan_modificado,
    rechazada,
)
from seedwork.aplicacion.bus import Manejador

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    SuscripcionAprovisionada: aprovisionada.notificar_servicio_listo,
    SuscripcionActivada: activada.notificar_suscripcion_activa,
    SuscripcionPlanModificado: plan_modificado.notificar_plan_modificado,
    SuscripcionPagada: pagada.notificar_pago_recibido,
    SuscripcionRechazada: rechazada.notificar_suscripcion_rechazada,
    SuscripcionCancelada: cancelada.notificar_suscripcion_cancelada,
    CambioPlanRechazado: cambio_rechazado.notificar_cambio_plan_rechazado,
    ClienteSuprimido: cliente_suprimido.olvidar_cliente,
}
