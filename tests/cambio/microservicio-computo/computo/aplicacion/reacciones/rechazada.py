"""SuscripcionRechazada: what was reserved is given back."""

from computo.aplicacion import reserva
from computo.aplicacion.puertos import Unidad
from contratos.suscripciones import SuscripcionRechazada


def soltar_al_rechazar(hecho: SuscripcionRechazada, unidad: Unidad) -> None:
    """Undo the saga here; its cause may still be on its way."""
    reserva.deshacer(hecho, unidad)
