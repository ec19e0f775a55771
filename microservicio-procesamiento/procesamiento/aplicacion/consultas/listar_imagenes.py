"""ListarImagenes: images by modality, pathology and region."""

from contratos.consultas.procesamiento import ListarImagenes, PaginaImagenes
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def listar_imagenes(consulta: ListarImagenes, lectura: Lectura, solicitante: Solicitante) -> PaginaImagenes:
    """A page of those that it asks for. Nobody asked for any of them by name: no fact tells of it (ADR 10)."""
    return lectura.imagenes(consulta, solicitante.acceso)
