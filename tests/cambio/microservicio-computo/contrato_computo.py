"""What the computo context says."""

from contratos.base import Mensaje, mensaje, recurso
from contratos.canal import canal, declarar
from contratos.sagas import TransicionSaga
from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    SuscripcionActivada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)

COMPUTO = recurso("computo", de="computo")
"""The resource that this context provides: a computing quota."""


@mensaje("computo", "evento", sujeto="id_reserva")
class ComputoReservado(Mensaje):
    """A computing quota is held for a subscription."""

    id_reserva: str = ""
    id_suscripcion: str = ""
    id_saga: str = ""


_OIDOS = (
    SuscripcionCreada,
    CambioPlanIniciado,
    SuscripcionActivada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
    CambioPlanRechazado,
    SuscripcionCancelada,
)
declarar(
    {
        ComputoReservado: canal("computo"),
        TransicionSaga: canal("computo"),
        **dict.fromkeys(_OIDOS, canal(oye="computo")),
    }
)
