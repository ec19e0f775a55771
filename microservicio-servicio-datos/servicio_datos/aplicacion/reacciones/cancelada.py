"""SuscripcionCancelada: whatever the subscription holds is given back."""

from contratos.suscripciones import SuscripcionCancelada
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.aplicacion.reserva import terminar_suscripcion


def terminar_al_cancelar(hecho: SuscripcionCancelada, unidad: Unidad) -> None:
    """End what the subscription holds, whoever made it, with one answer to its latest saga."""
    en_juego = (*hecho.recursos_requeridos, *hecho.recursos_liberados, *hecho.recursos_en_poder)
    terminar_suscripcion(hecho, unidad, en_juego=en_juego)
