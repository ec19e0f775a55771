"""The query side: what the API shows, read straight from the tables."""

from typing import Any

import sqlalchemy as sa

from computo.infraestructura import tablas
from seedwork.infraestructura.consultas import pagina

_R = tablas.reservas.c


class Consultas:
    """Reads on a connection of their own; they lock nothing."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def reservas(self, suscripcion: str | None, cursor: str | None) -> dict[str, Any]:
        """A page of reservations, newest first."""
        filtros = {_R.id_suscripcion: suscripcion}
        with self._motor.connect() as conexion:
            return pagina(conexion, sa.select(tablas.reservas), _R.orden, filtros, cursor, _mostrar)

    def existencias(self) -> dict[str, int]:
        """The stock."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(sa.select(tablas.existencias)).one()
        return {"capacidad": fila.capacidad, "usados": fila.usados}


def _mostrar(fila: Any) -> dict[str, Any]:
    return {"id_reserva": fila["id"], "id_suscripcion": fila["id_suscripcion"], "estado": fila["estado"]}
