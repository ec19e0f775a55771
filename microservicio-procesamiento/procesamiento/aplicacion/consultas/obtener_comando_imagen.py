"""ObtenerComandoImagen: what became of a command."""

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.procesamiento import ObtenerComandoImagen
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def obtener_comando_imagen(
    consulta: ObtenerComandoImagen, lectura: Lectura, solicitante: Solicitante
) -> DestinoComando | None:
    """Its fate, once it was handled."""
    return lectura.comando(consulta.id_comando, solicitante.acceso)
