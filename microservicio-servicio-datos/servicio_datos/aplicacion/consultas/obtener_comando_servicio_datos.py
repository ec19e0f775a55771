"""ObtenerComandoServicioDatos: what became of a command."""

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.servicio_datos import ObtenerComandoServicioDatos
from seedwork.aplicacion.consultas import Solicitante
from servicio_datos.aplicacion.lectura import Lectura


def obtener_comando_servicio_datos(
    consulta: ObtenerComandoServicioDatos, lectura: Lectura, solicitante: Solicitante
) -> DestinoComando | None:
    """Its fate, once it was handled."""
    return lectura.comando(consulta.id_comando, solicitante.acceso)
