"""ObtenerPaquete: a package, and how many of its images are decided."""

from contratos.consultas.procesamiento import ObtenerPaquete, Paquete
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def obtener_paquete(consulta: ObtenerPaquete, lectura: Lectura, solicitante: Solicitante) -> Paquete | None:
    """The one of that id. Nothing in it is a patient's: no fact tells of it (ADR 10)."""
    return lectura.paquete(consulta.id_paquete, solicitante.acceso)
