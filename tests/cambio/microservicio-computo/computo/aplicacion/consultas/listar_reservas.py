"""ListarReservas: reservations by subscription."""

from computo.aplicacion.lectura import Lectura
from consultas_computo import ListarReservas, PaginaReservas
from seedwork.aplicacion.consultas import Solicitante


def listar_reservas(consulta: ListarReservas, lectura: Lectura, _solicitante: Solicitante) -> PaginaReservas:
    """A page of those that it asks for."""
    return lectura.reservas(consulta)
