"""ObtenerExistencias: the stock of quotas."""

from computo.aplicacion.lectura import Lectura
from consultas_computo import ExistenciasComputo, ObtenerExistencias


def obtener_existencias(_consulta: ObtenerExistencias, lectura: Lectura) -> ExistenciasComputo:
    """The stock as it is."""
    return lectura.existencias()
