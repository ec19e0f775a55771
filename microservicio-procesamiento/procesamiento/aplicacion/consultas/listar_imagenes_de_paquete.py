"""ListarImagenesDePaquete: a package's images, by their state."""

from contratos.consultas.procesamiento import ListarImagenesDePaquete, PaginaImagenes
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def listar_imagenes_de_paquete(
    consulta: ListarImagenesDePaquete, lectura: Lectura, solicitante: Solicitante
) -> PaginaImagenes | None:
    """A page of those that it asks for. Nobody asked for any of them by name: no fact tells of it (ADR 10)."""
    return lectura.imagenes_de_paquete(consulta, solicitante.acceso)
