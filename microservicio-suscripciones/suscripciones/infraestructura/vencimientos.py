"""What is due, on the database's clock: deadlines and renewals."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from suscripciones.infraestructura import tablas

_S = tablas.suscripciones.c
_AHORA = sa.func.clock_timestamp()
TOPE = 200
"""Most of a kind that are told at a time."""


class VencimientosSQL:
    """On PostgreSQL; it locks nothing: who acts on it looks again under the row's lock."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def plazos(self) -> Sequence[tuple[str, str]]:
        """Subscription and saga of each deadline that has passed."""
        return self._vencidos(_S.plazo)

    def renovaciones(self, planes: Collection[str]) -> Sequence[tuple[str, str]]:
        """Subscription and saga of each renewal that is due, and whose plan is among these."""
        return self._vencidos(_S.renueva, _S.plan_codigo == sa.any_(_lista(planes)))

    def sin_renovar(self, planes: Collection[str]) -> Mapping[str, int]:
        """How many renewals are due of each plan that is not among these."""
        consulta = (
            sa.select(_S.plan_codigo, sa.func.count().label("cuantas"))
            .where(_S.renueva <= _AHORA, _S.plan_codigo != sa.all_(_lista(planes)))
            .group_by(_S.plan_codigo)
        )
        with self._motor.connect() as conexion:
            return {fila.plan_codigo: fila.cuantas for fila in conexion.execute(consulta)}

    def _vencidos(
        self, instante: sa.ColumnElement[Any], *condiciones: sa.ColumnElement[bool]
    ) -> Sequence[tuple[str, str]]:
        consulta = (
            sa.select(_S.id, _S.saga["id"].astext)
            .where(instante <= _AHORA, *condiciones)
            .order_by(instante)
            .limit(TOPE)
        )
        with self._motor.connect() as conexion:
            return [(id, id_saga) for id, id_saga in conexion.execute(consulta)]


def _lista(codigos: Collection[str]) -> sa.BindParameter[Any]:
    return sa.literal(list(codigos), sa.ARRAY(sa.Text))
