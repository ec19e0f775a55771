"""A table as a queue that workers share: leases on the database's clock, a statement a call.

Its rows have an id, how often they were leased (``arriendo``: the last lease's number, which only grows, so that none
of before is ever taken for it), the attempts that count (``intentos``), and when they are due (``proximo``, null where
nothing is to be done).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import sqlalchemy as sa

from seedwork.infraestructura.bd import segundos

AHORA = sa.func.clock_timestamp()
INSTANTE = sa.func.statement_timestamp()


class Encolado(Protocol):
    """What a row is."""

    id: str
    arriendo: int


E = TypeVar("E", bound=Encolado)


class ColaSQL(Generic[E]):
    """The rows that are due.

    Args:
        motor: the service's database.
        tabla: where they are.
        hacer: makes of a row's columns what it is.
        cuales: which of them; all by default.
    """

    def __init__(
        self,
        motor: sa.Engine,
        tabla: sa.Table,
        hacer: Callable[..., E],
        cuales: sa.ColumnElement[bool] = sa.true(),  # noqa: B008 — a constant
    ) -> None:
        self._motor = motor.execution_options(isolation_level="AUTOCOMMIT")
        self._hacer = hacer
        c = tabla.c
        debido = (
            sa.select(c.id)
            .where(c.proximo <= INSTANTE, cuales)
            .order_by(c.proximo)
            .limit(1)
            .with_for_update(skip_locked=True)
            .cte("debido")
        )
        # Who has it is said by when it is due next: so the index leads past what is in somebody's hands.
        self._tomar = (
            sa.update(tabla)
            .where(c.id.in_(sa.select(debido.c.id)))
            .values(arriendo=c.arriendo + 1, intentos=c.intentos + 1, proximo=AHORA + segundos("arriendo_s"))
            .returning(tabla)
        )
        suyo = sa.and_(c.id == sa.bindparam("cual"), c.arriendo == sa.bindparam("suyo"), c.proximo.is_not(None))
        self._renovar = sa.update(tabla).where(suyo).values(proximo=AHORA + segundos("arriendo_s")).returning(c.id)
        self._devolver = (
            sa.update(tabla)
            .where(suyo)
            .values(
                proximo=AHORA + segundos("pausa_s"),
                intentos=sa.func.greatest(c.intentos - sa.bindparam("sin_contar", type_=sa.Integer), 0),
            )
        )

    def tomar(self, arriendo_s: float) -> E | None:
        """Lease the one that has been due for longest; the attempt is counted before it begins."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(self._tomar, {"arriendo_s": arriendo_s}).mappings().one_or_none()
        return None if fila is None else self._hacer(**fila)

    def renovar(self, tomado: E, arriendo_s: float) -> bool:
        """Keep the lease; False where another has taken over."""
        valores = {"cual": tomado.id, "suyo": tomado.arriendo, "arriendo_s": arriendo_s}
        with self._motor.connect() as conexion:
            return conexion.execute(self._renovar, valores).first() is not None

    def devolver(self, tomado: E, pausa_s: float, *, cuenta: bool) -> None:
        """Give it back, due again after a pause, unless another has taken over.

        Args:
            cuenta: whether the attempt counts; not where store or database were away, or this process stops.
        """
        valores = {"cual": tomado.id, "suyo": tomado.arriendo, "pausa_s": pausa_s, "sin_contar": int(not cuenta)}
        with self._motor.connect() as conexion:
            conexion.execute(self._devolver, valores)

    def reloj(self) -> datetime:
        """The database's clock."""
        with self._motor.connect() as conexion:
            ahora: datetime = conexion.execute(sa.select(AHORA)).scalar_one()
        return ahora
