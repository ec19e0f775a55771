"""The table of queries: what this service is asked, and what answers it."""

from collections.abc import Mapping

from computo.aplicacion.consultas.listar_reservas import listar_reservas
from computo.aplicacion.consultas.obtener_existencias import obtener_existencias
from consultas_computo import ListarReservas, ObtenerExistencias
from contratos.consultas import Consulta
from seedwork.aplicacion.consultas import Respondedor

CONSULTAS: Mapping[type[Consulta], Respondedor] = {
    ListarReservas: listar_reservas,
    ObtenerExistencias: obtener_existencias,
}
