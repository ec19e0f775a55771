"""SuscripcionCancelada: all that the subscription holds is given back."""

from computo.aplicacion import reserva
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import SuscripcionCancelada


def soltar_al_cancelar(hecho: SuscripcionCancelada, unidad: Unidad) -> None:
    """End all of it, and close the saga here."""
    reserva.deshacer_todo(hecho, unidad, hecho.recursos_en_poder)
