"""ObtenerSupresion: what became of a client's erasure, and what expires where and when."""

from contratos.consultas.suscripciones import ObtenerSupresion, Supresion
from seedwork.aplicacion.consultas import Solicitante
from suscripciones.aplicacion.lectura import Lectura


def obtener_supresion(consulta: ObtenerSupresion, lectura: Lectura, solicitante: Solicitante) -> Supresion | None:
    """Its fate, once it was decided, with all that is left."""
    return lectura.supresion(consulta.id_comando, solicitante.acceso)
