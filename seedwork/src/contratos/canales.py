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
        # message                             who says it        who hears it                     who looks on
        CrearSuscripcion:               canal("bff",             "suscripciones",                 "servicio-datos"),
        CambiarPlanSuscripcion:         canal("bff",             "suscripciones"),
        CancelarSuscripcion:            canal("bff",             "suscripciones"),
        PagarSuscripcion:               canal("bff",             "suscripciones"),
        ExportarCliente:                canal("bff",             "suscripciones"),
        SuprimirCliente:                canal("bff",             "suscripciones"),
        SuscripcionCreada:              canal("suscripciones",   "servicio-datos",                "bff"),
        SuscripcionAprovisionada:       canal("suscripciones",   "notificaciones",                "bff"),
        SuscripcionActivada:            canal("suscripciones",   "servicio-datos notificaciones", "bff"),
        SuscripcionRechazada:           canal("suscripciones",   "servicio-datos notificaciones", "bff"),
        SuscripcionCancelada:           canal("suscripciones",   "servicio-datos notificaciones", "bff"),
        CambioPlanIniciado:             canal("suscripciones",   "servicio-datos",                "bff"),
        SuscripcionPlanModificado:      canal("suscripciones",   "servicio-datos notificaciones", "bff"),
        CambioPlanRechazado:            canal("suscripciones",   "servicio-datos notificaciones", "bff"),
        FacturaEmitida:                 canal("suscripciones",                                    mira="bff"),
        SuscripcionPagada:              canal("suscripciones",   "notificaciones",                "bff"),
        ComandoSuscripcionRechazado:    canal("suscripciones",                                    mira="bff"),
        ClienteSuprimido:               canal("suscripciones",   "servicio-datos notificaciones", "bff"),
        ComandoClienteRechazado:        canal("suscripciones",                                    mira="bff"),
        AccesoNegado:                   canal("bff",             "suscripciones"),

        CrearServicioDatos:             canal("bff",             "servicio-datos"),
        IniciarServicioDatos:           canal("bff",             "servicio-datos"),
        AsignarExperto:                 canal("bff",             "servicio-datos"),
        TerminarServicioDatos:          canal("bff",             "servicio-datos"),
        CambiarAccesoInvestigador:      canal("bff",             "servicio-datos"),
        ServicioDatosCreada:            canal("servicio-datos",                                   mira="bff"),
        ServicioDatosRechazada:         canal("servicio-datos",                                   mira="bff"),
        ExpertoAsignado:                canal("servicio-datos",                                   mira="bff"),
        ServicioDatosIniciado:          canal("servicio-datos",                                   mira="bff"),
        ServicioDatosTerminado:         canal("servicio-datos",                                   mira="bff"),
        AccesoInvestigadorCambiado:     canal("servicio-datos",                                   mira="bff"),
        ComandoServicioDatosRechazado:  canal("servicio-datos",                                   mira="bff"),

        AnonimizarImagen:               canal("bff",             "procesamiento"),
        AnonimizarArchivo:              canal("bff procesamiento", "procesamiento"),
        AnonimizarPaquete:              canal("bff",             "procesamiento"),
        LiberarImagen:                  canal("bff",             "procesamiento"),
        DescartarImagen:                canal("bff",             "procesamiento"),
        ImagenAnonimizada:              canal("procesamiento",   "servicio-datos",                "bff"),
        ImagenApartada:                 canal("procesamiento",                                    mira="bff"),
        ImagenLiberada:                 canal("procesamiento",                                    mira="bff"),
        OriginalDescartado:             canal("procesamiento",                                    mira="bff"),
        PaqueteCompletado:              canal("procesamiento",                                    mira="bff"),
        PaqueteRechazado:               canal("procesamiento",                                    mira="bff"),
        AnonimizacionRechazada:         canal("procesamiento",                                    mira="bff"),
        ConsultaAnonimizacion:          canal("procesamiento"),

        NotificacionCreada:             canal("notificaciones",                                   mira="bff"),
        NotificacionEnviada:            canal("notificaciones",                                   mira="bff"),
        ConfirmacionNotificacion:       canal("notificaciones",                                   mira="bff"),
        ErrorProcesamientoNotificacion: canal("notificaciones",                                   mira="bff"),

        TransicionSaga:                 canal("suscripciones servicio-datos notificaciones",
                                              "suscripciones", "operador bff"),
    }
)
# fmt: on
"""The rule of every message of the platform's."""

ROLES = sorted({OPERADOR, *(rol for regla in CANALES.values() for rol in regla.dice | regla.oye | regla.mira)})
"""Every role, the operator's among them; each has a token of its own."""
