"""ObtenerSuscripcion: one subscription."""

from contratos.consultas.suscripciones import ObtenerSuscripcion, Suscripcion
from seedwork.aplicacion.consultas import Solicitante
from suscripciones.aplicacion.lectura import Lectura


def obtener_suscripcion(consulta: ObtenerSuscripcion, lectura: Lectura, solicitante: Solicitante) -> Suscripcion | None:
    """The one of that id."""
    return lectura.suscripcion(consulta.id_suscripcion, solicitante.acceso)
