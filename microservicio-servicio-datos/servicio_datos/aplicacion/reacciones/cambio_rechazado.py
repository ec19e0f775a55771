"""CambioPlanRechazado: what the change reserved is given back; the service in force stays."""

from contratos.suscripciones import CambioPlanRechazado
from saga.pasos import Saga
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.aplicacion.reserva import RECURSO, conocer, liberar, terminar


def deshacer_cambio(hecho: CambioPlanRechazado, unidad: Unidad) -> None:
    """End what this saga reserved, and nothing else; a change that only releases has nothing to undo here."""
    conocer(hecho, unidad)
    if RECURSO not in hecho.recursos_requeridos:
        return
    saga = Saga.de(hecho)
    servicio_datos = unidad.servicios_datos.vivo_de(saga.id_suscripcion)
    devuelto = servicio_datos is not None and servicio_datos.id_saga == saga.id
    if servicio_datos is not None and devuelto:
        terminar(unidad, servicio_datos, saga.id, hecho.motivo)
    liberar(unidad, saga, devuelto=devuelto)
