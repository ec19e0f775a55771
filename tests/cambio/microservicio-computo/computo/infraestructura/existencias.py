"""The stock of quotas: one row, changed by conditional updates."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from computo.aplicacion.reserva import RECURSO
from computo.infraestructura.tablas import existencias
from seedwork.infraestructura.transaccion_sql import TransaccionSQL

_PROPIA = existencias.c.recurso == RECURSO
_TOMAR = (
    sa.update(existencias)
    .where(_PROPIA, existencias.c.usados < existencias.c.capacidad)
    .values(usados=existencias.c.usados + 1)
)
_DEVOLVER = sa.update(existencias).where(_PROPIA).values(usados=existencias.c.usados - 1)


class ExistenciasSQL:
    """The stock as one transaction sees it. The update waits for others', so a refusal has read all that they did."""

    def __init__(self, transaccion: TransaccionSQL) -> None:
        self._transaccion = transaccion

    def tomar(self) -> bool:
        """Take one, if any is free."""
        return self._transaccion.escribir(_TOMAR).rowcount == 1

    def devolver(self) -> None:
        """Give one back; the database refuses to give back what was not taken."""
        self._transaccion.escribir(_DEVOLVER)


def sincronizar(motor: sa.Engine, capacidad: int) -> None:
    """Bring the stock to its capacity. What is in use stays, also where that is more."""
    sentencia = insert(existencias).values(recurso=RECURSO, capacidad=capacidad)
    with motor.begin() as conexion:
        conexion.execute(sentencia.on_conflict_do_update(index_elements=["recurso"], set_={"capacidad": capacidad}))
