"""ListarPaquetes: packages by their state."""

from contratos.consultas.procesamiento import ListarPaquetes, PaginaPaquetes
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def listar_paquetes(consulta: ListarPaquetes, lectura: Lectura, solicitante: Solicitante) -> PaginaPaquetes:
    """A page of those that it asks for. Nothing in it is a patient's: no fact tells of it (ADR 10)."""
    return lectura.paquetes(consulta, solicitante.acceso)
