"""ObtenerServicioDatos: one data service."""

from contratos.consultas.servicio_datos import ObtenerServicioDatos, ServicioDatos
from seedwork.aplicacion.consultas import Solicitante
from servicio_datos.aplicacion.lectura import Lectura


def obtener_servicio_datos(
    consulta: ObtenerServicioDatos, lectura: Lectura, solicitante: Solicitante
) -> ServicioDatos | None:
    """The one of that id."""
    return lectura.servicio_datos(consulta.id_servicio_datos, solicitante.acceso)
