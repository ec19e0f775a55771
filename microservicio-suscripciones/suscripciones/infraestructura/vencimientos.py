"""What is due, on the database's clock: deadlines and renewals."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from suscripciones.aplicacion.puertos import Vencido
from suscripciones.infraestructura import tablas

_S = tablas.suscripciones.c
_AHORA = sa.func.clock_timestamp()


class VencimientosSQL:
    """On PostgreSQL; it locks nothing: who acts on it looks again under the row's lock."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def plazos(self, tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The deadlines that have passed."""
        return self._vencidos(_S.plazo, tope, tras)

    def renovaciones(self, planes: Collection[str], tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The renewals that are due, and whose plan is among these."""
        return self._vencidos(_S.renueva, tope, tras, _S.plan_codigo == sa.any_(_lista(planes)))

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
        self,
        instante: sa.ColumnElement[Any],
        tope: int,
        tras: Vencido | None,
        *condiciones: sa.ColumnElement[bool],
    ) -> Sequence[Vencido]:
        consulta = (
            sa.select(_S.id, _S.saga["id"].astext, instante)
            .where(instante <= _AHORA, *condiciones)
            .order_by(instante, _S.id)
            .limit(tope)
        )
        if tras is not None:
            consulta = consulta.where(sa.tuple_(instante, _S.id) > sa.tuple_(tras.instante, tras.id))
        with self._motor.connect() as conexion:
            return [Vencido(*fila) for fila in conexion.execute(consulta)]


def _lista(codigos: Collection[str]) -> sa.BindParameter[Any]:
    return sa.literal(list(codigos), sa.ARRAY(sa.Text))
