"""What the bus does where it refuses a command itself: its key was used before, it waited in vain, it was given up."""

from contratos import Mensaje
from contratos.suscripciones import CrearSuscripcion
from suscripciones.aplicacion.comandos.crear_suscripcion import guardar_rechazada
from suscripciones.aplicacion.pasos import avisar_rechazo
from suscripciones.aplicacion.puertos import Unidad


def rechazar_comando(comando: Mensaje, unidad: Unidad, motivo: str) -> None:
    """Tell that the command took no effect; where it would have made a subscription, a refused one is kept."""
    if isinstance(comando, CrearSuscripcion) and unidad.suscripciones.obtener(unidad.sobre.sujeto) is None:
        guardar_rechazada(comando, unidad, motivo)
    else:
        avisar_rechazo(comando, unidad, motivo)
