"""ObtenerExportacion: all that is held of a client."""

from contratos.consultas.suscripciones import Exportacion, ObtenerExportacion
from seedwork.aplicacion.consultas import Solicitante
from suscripciones.aplicacion.lectura import Lectura


def obtener_exportacion(consulta: ObtenerExportacion, lectura: Lectura, solicitante: Solicitante) -> Exportacion | None:
    """Who the client is; the door asks each owner for the lists. None where nobody asked for it, or it expired."""
    return lectura.exportacion(
        consulta.cliente_codigo, consulta.id_comando, solicitante.acceso, solicitante.entorno.ahora()
    )
