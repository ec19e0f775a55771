"""ObtenerComandoSuscripcion: what became of a command."""

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.suscripciones import ObtenerComandoSuscripcion
from suscripciones.aplicacion.lectura import Lectura


def obtener_comando_suscripcion(consulta: ObtenerComandoSuscripcion, lectura: Lectura) -> DestinoComando | None:
    """Its fate, once it was handled."""
    return lectura.comando(consulta.id_comando)
