"""Who may say and who may hear what on the broker: of each message, which of the platform's roles (contract §9).

This is the one place of these rules. ``provisionar`` grants by it, and takes back what is not in it; a service whose
handlers hear more does not start; a test compares it with what the code says and hears (``docs/mensajes.md``).

What each service has for itself besides, and what whoever operates may do, is in
:mod:`seedwork.infraestructura.permisos`, which turns all of it into what the broker is told.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from contratos.base import REGISTRO, Mensaje
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
    AsignarExperto,
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
    ComandoSuscripcionRechazado,
    CrearSuscripcion,
    FacturaEmitida,
    PagarSuscripcion,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPagada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)

OPERADOR = "operador"
"""Whoever works dead letters by the command line, or rebuilds a view. No process of the platform's has its token."""


@dataclass(frozen=True, slots=True)
class Canal:
    """A message's rule.

    Attributes:
        dice: the roles that may publish it.
        oye: those that may subscribe to it, each under its own name.
        mira: those that must know how far others have heard it. The broker tells that to whoever may publish or
            subscribe, and to nobody else: they are let subscribe, the lesser of the two.
    """

    dice: frozenset[str]
    oye: frozenset[str]
    mira: frozenset[str]


_REGLAS: dict[type[Mensaje], Canal] = {}


def declarar(reglas: Mapping[type[Mensaje], Canal]) -> None:
    """Add these rules; a message that has one gets these roles besides, as where a context comes later."""
    for tipo, nueva in reglas.items():
        vieja = _REGLAS.get(tipo, Canal(frozenset(), frozenset(), frozenset()))
        _REGLAS[tipo] = Canal(vieja.dice | nueva.dice, vieja.oye | nueva.oye, vieja.mira | nueva.mira)


def canal(dice: str = "", oye: str = "", mira: str = "") -> Canal:
    """A rule; roles with a space between."""
    return Canal(frozenset(dice.split()), frozenset(oye.split()), frozenset(mira.split()))


# fmt: off
declarar(
    {
        # message                             who says it                     who hears it                    looks on
        CrearSuscripcion:               canal("bff",                          "suscripciones",                "servicio-datos"),
        CambiarPlanSuscripcion:         canal("bff",                          "suscripciones"),
        CancelarSuscripcion:            canal("bff",                          "suscripciones"),
        PagarSuscripcion:               canal("bff",                          "suscripciones"),
        SuscripcionCreada:              canal("suscripciones",                "servicio-datos"),
        SuscripcionAprovisionada:       canal("suscripciones",                "notificaciones"),
        SuscripcionActivada:            canal("suscripciones",                "servicio-datos notificaciones"),
        SuscripcionRechazada:           canal("suscripciones",                "servicio-datos notificaciones"),
        SuscripcionCancelada:           canal("suscripciones",                "servicio-datos notificaciones"),
        CambioPlanIniciado:             canal("suscripciones",                "servicio-datos"),
        SuscripcionPlanModificado:      canal("suscripciones",                "servicio-datos notificaciones"),
        CambioPlanRechazado:            canal("suscripciones",                "servicio-datos notificaciones"),
        FacturaEmitida:                 canal("suscripciones"),
        SuscripcionPagada:              canal("suscripciones",                "notificaciones"),
        ComandoSuscripcionRechazado:    canal("suscripciones"),

        CrearServicioDatos:             canal("bff",                          "servicio-datos"),
        IniciarServicioDatos:           canal("bff",                          "servicio-datos"),
        AsignarExperto:                 canal("bff",                          "servicio-datos"),
        TerminarServicioDatos:          canal("bff",                          "servicio-datos"),
        ServicioDatosCreada:            canal("servicio-datos"),
        ServicioDatosRechazada:         canal("servicio-datos"),
        ExpertoAsignado:                canal("servicio-datos"),
        ServicioDatosIniciado:          canal("servicio-datos"),
        ServicioDatosTerminado:         canal("servicio-datos"),
        ComandoServicioDatosRechazado:  canal("servicio-datos"),

        AnonimizarImagen:               canal("bff",                          "procesamiento"),
        AnonimizarArchivo:              canal("bff procesamiento",            "procesamiento"),
        AnonimizarPaquete:              canal("bff",                          "procesamiento"),
        LiberarImagen:                  canal("bff",                          "procesamiento"),
        DescartarImagen:                canal("bff",                          "procesamiento"),
        ImagenAnonimizada:              canal("procesamiento",                "servicio-datos"),
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

        TransicionSaga:                 canal("suscripciones servicio-datos notificaciones", "suscripciones"),
    }
)
# fmt: on


class SinCanal(Exception):
    """A role would say or hear what it has no rule for; whoever would must not start."""


def regla(tipo: type[Mensaje]) -> Canal:
    """A message's rule.

    Raises:
        SinCanal: it has none.
    """
    try:
        return _REGLAS[tipo]
    except KeyError:
        raise SinCanal(f"{tipo.__name__} no tiene regla en contratos/canales.py") from None


def comprobar(rol: str, *, oye: Iterable[type[Mensaje]] = (), dice: Iterable[type[Mensaje]] = ()) -> None:
    """See that a role may hear and say all of these.

    Raises:
        SinCanal: not all; the text names them.
    """
    sobran = [f"oye {tipo.__name__}" for tipo in oye if rol not in regla(tipo).oye]
    sobran += [f"dice {tipo.__name__}" for tipo in dice if rol not in regla(tipo).dice]
    if sobran:
        raise SinCanal(f"{rol} no puede, según contratos/canales.py: {', '.join(sorted(sobran))}")


def oyentes() -> Mapping[str, list[type[Mensaje]]]:
    """Of each role that hears something, what."""
    todos = sorted({rol for tipo in REGISTRO.values() if tipo in _REGLAS for rol in _REGLAS[tipo].oye})
    return {rol: [t for t in REGISTRO.values() if t in _REGLAS and rol in _REGLAS[t].oye] for rol in todos}


def roles() -> Collection[str]:
    """Every role, the operator's among them; each has a token of its own."""
    return sorted({OPERADOR, *(rol for regla in _REGLAS.values() for rol in regla.dice | regla.oye | regla.mira)})
