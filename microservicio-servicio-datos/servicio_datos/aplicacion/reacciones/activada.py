"""SuscripcionActivada: what the saga reserved goes to work."""

from contratos.suscripciones import SuscripcionActivada
from saga.pasos import Saga
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.aplicacion.reserva import RECURSO, conocer, iniciar_reservado


def iniciar_al_activar(hecho: SuscripcionActivada, unidad: Unidad) -> None:
    """Start the saga's data service, where the plan in force requires one."""
    conocida = conocer(hecho, unidad)
    if RECURSO in hecho.recursos_requeridos:
        conocida.requerir(True, unidad.sobre.secuencia or 0)
        iniciar_reservado(Saga.de(hecho), unidad, conocida)
