"""ListarImagenesDeDataset: what a version of a data service's data set is made of."""

from contratos.consultas.servicio_datos import ImagenesDeDataset, ListarImagenesDeDataset
from seedwork.aplicacion.consultas import Solicitante
from servicio_datos.aplicacion.lectura import Lectura


def listar_imagenes_de_dataset(
    consulta: ListarImagenesDeDataset, lectura: Lectura, solicitante: Solicitante
) -> ImagenesDeDataset | None:
    """A page of them."""
    return lectura.imagenes(consulta, solicitante.acceso)
