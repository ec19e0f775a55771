"""ObtenerManifiestoDeDataset: what a version of a data service's data set is."""

from contratos.consultas.servicio_datos import ManifiestoDeDataset, ObtenerManifiestoDeDataset
from seedwork.aplicacion.consultas import Solicitante
from servicio_datos.aplicacion.lectura import Lectura


def obtener_manifiesto_de_dataset(
    consulta: ObtenerManifiestoDeDataset, lectura: Lectura, solicitante: Solicitante
) -> ManifiestoDeDataset | None:
    """The one of that version, or of the last."""
    return lectura.manifiesto(consulta, solicitante.acceso)
