"""CambioPlanRechazado: what the change reserved is given back; the service in force stays."""

from contratos.suscripciones import CambioPlanRechazado
from seedwork.aplicacion.saga import Saga
from servicio_datos.aplicacion.pasos import RECURSO, conocer, liberar, terminar
from servicio_datos.aplicacion.puertos import Unidad


def deshacer_cambio(hecho: CambioPlanRechazado, unidad: Unidad) -> None:
    """End what this saga reserved, and nothing else; a change that only releases has nothing to undo here."""
    conocer(hecho, unidad)
    if RECURSO not in hecho.recursos_requeridos:
        return
    saga = Saga.de(hecho)
    servicio = unidad.servicios.vivo_de(saga.id_suscripcion)
    devuelto = servicio is not None and servicio.id_saga == saga.id
    if servicio is not None and devuelto:
        terminar(unidad, servicio, saga.id, hecho.motivo)
    liberar(unidad, saga, devuelto=devuelto)
