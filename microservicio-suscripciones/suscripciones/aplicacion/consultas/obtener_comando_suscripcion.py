"""ObtenerComandoSuscripcion: what became of a command."""

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.suscripciones import ObtenerComandoSuscripcion
from seedwork.aplicacion.consultas import Solicitante
from suscripciones.aplicacion.lectura import Lectura


def obtener_comando_suscripcion(
    consulta: ObtenerComandoSuscripcion, lectura: Lectura, solicitante: Solicitante
) -> DestinoComando | None:
    """Its fate, once it was handled."""
    return lectura.comando(consulta.id_comando, solicitante.acceso)
