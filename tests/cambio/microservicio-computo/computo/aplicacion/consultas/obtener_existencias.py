"""ObtenerExistencias: the stock of quotas."""

from computo.aplicacion.lectura import Lectura
from consultas_computo import ExistenciasComputo, ObtenerExistencias
from seedwork.aplicacion.consultas import Solicitante


def obtener_existencias(
    _consulta: ObtenerExistencias, lectura: Lectura, _solicitante: Solicitante
) -> ExistenciasComputo:
    """The stock as it is."""
    return lectura.existencias()
