"""ListarSuscripciones: subscriptions by client, state and plan."""

from contratos.consultas.suscripciones import ListarSuscripciones, PaginaSuscripciones
from seedwork.aplicacion.consultas import Solicitante
from suscripciones.aplicacion.lectura import Lectura


def listar_suscripciones(
    consulta: ListarSuscripciones, lectura: Lectura, solicitante: Solicitante
) -> PaginaSuscripciones:
    """A page of those that it asks for."""
    return lectura.suscripciones(consulta, solicitante.acceso)
