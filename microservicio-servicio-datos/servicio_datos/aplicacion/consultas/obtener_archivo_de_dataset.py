"""ObtenerArchivoDeDataset: which file is an image's clean one, of a data set that has it."""

from contratos.consultas.servicio_datos import ArchivoPublicado, ObtenerArchivoDeDataset
from seedwork.aplicacion.consultas import Solicitante
from servicio_datos.aplicacion.lectura import Lectura


def obtener_archivo_de_dataset(
    consulta: ObtenerArchivoDeDataset, lectura: Lectura, solicitante: Solicitante
) -> ArchivoPublicado | None:
    """Its name. What was released was released to whoever may read the data set: the audit trail tells who did."""
    return lectura.archivo(consulta, solicitante.acceso)
