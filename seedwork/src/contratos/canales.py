"""Who may say and who may hear what on the broker: of each message, which of the platform's roles (contract §9).

This is the one place of these rules. ``provisionar`` grants by it, and takes back what is not in it; a service whose
handlers hear more does not start; a test compares it with what the code says and hears (``docs/mensajes.md``).

What each service has for itself besides, and what whoever operates may do, is in
:mod:`seedwork.infraestructura.permisos`, which turns all of it into what the broker is told.
"""

from contratos.bff import AccesoNegado
from contratos.canal import OPERADOR, agregar, canal
from contratos.notificaciones import (
    ConfirmacionNotificacion,
    ErrorProcesamientoNotificacion,
    NotificacionCreada,
    NotificacionEnviada,
)
from contratos.procesamiento import (
    AnonimizacionRechazada,
    AnonimizarArchivo,
    AnonimizarImagen,
    AnonimizarPaquete,
    ConsultaAnonimizacion,
    DescartarImagen,
    ImagenAnonimizada,
    ImagenApartada,
    ImagenLiberada,
    LiberarImagen,
    OriginalDescartado,
    PaqueteCompletado,
    PaqueteRechazado,
)
from contratos.sagas import TransicionSaga
from contratos.servicio_datos import (
    AccesoInvestigadorCambiado,
    AsignarExperto,
    CambiarAccesoInvestigador,
    ComandoServicioDatosRechazado,
    CrearServicioDatos,
    ExpertoAsignado,
    IniciarServicioDatos,
    ServicioDatosCreada,
    ServicioDatosIniciado,
    ServicioDatosRechazada,
    ServicioDatosTerminado,
    TerminarServicioDatos,
)
from contratos.suscripciones import (
    CambiarPlanSuscripcion,
    CambioPlanIniciado,
    CambioPlanRechazado,
    CancelarSuscripcion,
    ClienteSuprimido,
    ComandoClienteRechazado,
    ComandoSuscripcionRechazado,
    CrearSuscripcion,
    ExportarCliente,
    FacturaEmitida,
    PagarSuscripcion,
    SuprimirCliente,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPagada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)

# fmt: off
CANALES = agregar(
    {
        # message                             who says it        who hears it                    who looks on
        CrearSuscripcion:               canal("bff",             "suscripciones",                "servicio-datos"),
        CambiarPlanSuscripcion:         canal("bff",             "suscripciones"),
        CancelarSuscripcion:            canal("bff",             "suscripciones"),
        PagarSuscripcion:               canal("bff",             "suscripciones"),
        ExportarCliente:                canal("bff",             "suscripciones"),
        SuprimirCliente:                canal("bff",             "suscripciones"),
        SuscripcionCreada:              canal("suscripciones",   "servicio-datos"),
        SuscripcionAprovisionada:       canal("suscripciones",   "notificaciones"),
        SuscripcionActivada:            canal("suscripciones",   "servicio-datos notificaciones"),
        SuscripcionRechazada:           canal("suscripciones",   "servicio-datos notificaciones"),
        SuscripcionCancelada:           canal("suscripciones",   "servicio-datos notificaciones"),
        CambioPlanIniciado:             canal("suscripciones",   "servicio-datos"),
        SuscripcionPlanModificado:      canal("suscripciones",   "servicio-datos notificaciones"),
        CambioPlanRechazado:            canal("suscripciones",   "servicio-datos notificaciones"),
        FacturaEmitida:                 canal("suscripciones"),
        SuscripcionPagada:              canal("suscripciones",   "notificaciones"),
        ComandoSuscripcionRechazado:    canal("suscripciones"),
        ClienteSuprimido:               canal("suscripciones",   "servicio-datos notificaciones"),
        ComandoClienteRechazado:        canal("suscripciones"),
        AccesoNegado:                   canal("bff",             "suscripciones"),

        CrearServicioDatos:             canal("bff",             "servicio-datos"),
        IniciarServicioDatos:           canal("bff",             "servicio-datos"),
        AsignarExperto:                 canal("bff",             "servicio-datos"),
        TerminarServicioDatos:          canal("bff",             "servicio-datos"),
        CambiarAccesoInvestigador:      canal("bff",             "servicio-datos"),
        ServicioDatosCreada:            canal("servicio-datos"),
        ServicioDatosRechazada:         canal("servicio-datos"),
        ExpertoAsignado:                canal("servicio-datos"),
        ServicioDatosIniciado:          canal("servicio-datos"),
        ServicioDatosTerminado:         canal("servicio-datos"),
        AccesoInvestigadorCambiado:     canal("servicio-datos"),
        ComandoServicioDatosRechazado:  canal("servicio-datos"),

        AnonimizarImagen:               canal("bff",             "procesamiento"),
        AnonimizarArchivo:              canal("bff procesamiento", "procesamiento"),
        AnonimizarPaquete:              canal("bff",             "procesamiento"),
        LiberarImagen:                  canal("bff",             "procesamiento"),
        DescartarImagen:                canal("bff",             "procesamiento"),
        ImagenAnonimizada:              canal("procesamiento",   "servicio-datos"),
        ImagenApartada:                 canal("procesamiento"),
        ImagenLiberada:                 canal("procesamiento"),
        OriginalDescartado:             canal("procesamiento"),
        PaqueteCompletado:              canal("procesamiento"),
        PaqueteRechazado:               canal("procesamiento"),
        AnonimizacionRechazada:         canal("procesamiento"),
        ConsultaAnonimizacion:          canal("procesamiento"),

        NotificacionCreada:             canal("notificaciones"),
        NotificacionEnviada:            canal("notificaciones"),
        ConfirmacionNotificacion:       canal("notificaciones"),
        ErrorProcesamientoNotificacion: canal("notificaciones"),

        TransicionSaga:                 canal("suscripciones servicio-datos notificaciones",
                                              "suscripciones", "operador"),
    }
)
# fmt: on
"""The rule of every message of the platform's."""

ROLES = sorted({OPERADOR, *(rol for regla in CANALES.values() for rol in regla.dice | regla.oye | regla.mira)})
"""Every role, the operator's among them; each has a token of its own."""
