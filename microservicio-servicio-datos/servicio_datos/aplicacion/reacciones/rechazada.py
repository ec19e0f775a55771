"""SuscripcionRechazada: what was reserved is given back."""

from contratos.suscripciones import SuscripcionRechazada
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.aplicacion.reserva import terminar_suscripcion


def terminar_al_rechazar(hecho: SuscripcionRechazada, unidad: Unidad) -> None:
    """End what the subscription holds, with one answer to its saga."""
    terminar_suscripcion(hecho, unidad, en_juego=hecho.recursos_requeridos)
