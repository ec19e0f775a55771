"""ObtenerSaga: the timeline of a subscription's latest saga."""

from contratos.consultas.suscripciones import ObtenerSaga, Saga
from seedwork.aplicacion.consultas import Solicitante
from suscripciones.aplicacion.consultas.listar_sagas import lineas_de_tiempo
from suscripciones.aplicacion.lectura import Lectura


def obtener_saga(consulta: ObtenerSaga, lectura: Lectura, solicitante: Solicitante) -> Saga | None:
    """The latest; None where there is no such subscription."""
    sagas = lineas_de_tiempo(consulta.id_suscripcion, lectura, solicitante)
    return sagas[-1] if sagas else None
