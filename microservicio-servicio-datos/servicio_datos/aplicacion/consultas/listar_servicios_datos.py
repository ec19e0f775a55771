"""ListarServiciosDatos: data services by subscription and state."""

from contratos.consultas.servicio_datos import ListarServiciosDatos, PaginaServiciosDatos
from seedwork.aplicacion.consultas import Solicitante
from servicio_datos.aplicacion.lectura import Lectura


def listar_servicios_datos(
    consulta: ListarServiciosDatos, lectura: Lectura, solicitante: Solicitante
) -> PaginaServiciosDatos:
    """A page of those that it asks for."""
    return lectura.servicios(consulta, solicitante.acceso)
