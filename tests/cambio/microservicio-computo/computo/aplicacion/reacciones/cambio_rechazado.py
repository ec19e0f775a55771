"""CambioPlanRechazado: what the change reserved is given back."""

from computo.aplicacion import reserva
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import CambioPlanRechazado


def deshacer_cambio(hecho: CambioPlanRechazado, unidad: Unidad) -> None:
    """Undo the saga here; what the plan in force holds stays."""
    reserva.deshacer(hecho, unidad)
