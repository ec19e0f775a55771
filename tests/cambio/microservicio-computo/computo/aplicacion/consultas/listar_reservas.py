"""ListarReservas: reservations by subscription."""

from computo.aplicacion.lectura import Lectura
from consultas_computo import ListarReservas, PaginaReservas


def listar_reservas(consulta: ListarReservas, lectura: Lectura) -> PaginaReservas:
    """A page of those that it asks for."""
    return lectura.reservas(consulta)
