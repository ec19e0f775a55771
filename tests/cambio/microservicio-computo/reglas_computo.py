"""Who may ask, say and hear what of the computo context: beside the platform, rows of a table of their own; of it, rows
of `contratos/permisos.py` and `contratos/canales.py`."""

from consultas_computo import ListarAuditoriaDeComputo, ListarReservas, ObtenerExistencias
from contrato_computo import ComputoReservado
from contratos import acceso, canal
from contratos.acceso import Alcance, Permiso
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

OIDOS = (
    SuscripcionCreada,
    CambioPlanIniciado,
    SuscripcionActivada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
    CambioPlanRechazado,
    SuscripcionCancelada,
)
CONSULTAS = (ListarReservas, ObtenerExistencias)


def declarar() -> None:
    """Make them rules of this process."""
    canal.agregar(
        {
            ComputoReservado: canal.canal("computo"),
            TransicionSaga: canal.canal("computo"),
            **dict.fromkeys(OIDOS, canal.canal(oye="computo")),
        }
    )
    nada = Alcance.NADA
    suya = Permiso(ambito="computo:leer", cliente=nada, clinica=nada, investigador=nada, operador=Alcance.TODO)
    rastro = Permiso(ambito="auditoria:leer", cliente=nada, clinica=nada, investigador=nada, operador=Alcance.TODO)
    acceso.declarar({**dict.fromkeys(CONSULTAS, suya), ListarAuditoriaDeComputo: rastro})
