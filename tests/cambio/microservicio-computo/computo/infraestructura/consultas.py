"""The reading side on PostgreSQL: what the queries show, straight from the tables."""

import sqlalchemy as sa

from computo.aplicacion.lectura import Lectura
from computo.infraestructura import tablas
from consultas_computo import ExistenciasComputo, ListarReservas, PaginaReservas, ReservaComputo
from seedwork.infraestructura.consultas import Lista

_R = tablas.reservas.c

_LISTA = Lista(ListarReservas, sa.select(tablas.reservas), _R.orden, {"suscripcion": _R.id_suscripcion})


class LecturaComputo(Lectura):
    """Reads on a connection of their own; they lock nothing."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def reservas(self, consulta: ListarReservas) -> PaginaReservas:
        """A page of reservations."""
        with self._motor.connect() as conexion:
            filas, siguiente = _LISTA.pagina(conexion, consulta)
        return PaginaReservas(elementos=[_mostrar(fila) for fila in filas], siguiente=siguiente)

    def existencias(self) -> ExistenciasComputo:
        """The stock."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(sa.select(tablas.existencias)).one()
        return ExistenciasComputo(capacidad=fila.capacidad, usados=fila.usados)


def _mostrar(fila: sa.RowMapping) -> ReservaComputo:
    return ReservaComputo(id_reserva=fila["id"], id_suscripcion=fila["id_suscripcion"], estado=fila["estado"])
