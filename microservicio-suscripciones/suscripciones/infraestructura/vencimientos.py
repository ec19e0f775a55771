"""What is due, on the database's clock: deadlines and renewals."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from suscripciones.aplicacion.puertos import Vencido
from suscripciones.aplicacion.silencio import Cola, Indulgencia, Respuesta
from suscripciones.infraestructura import tablas

_S, _P = tablas.suscripciones.c, tablas.pasos.c
_SAGA = _S.saga
_ES_CAMBIO = _SAGA["plan_codigo"].astext != ""


class VencimientosSQL:
    """On PostgreSQL; it locks nothing: who acts on it looks again under the row's lock."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def hora(self) -> datetime | None:
        """What time it is, where a deadline has passed."""
        with self._motor.connect() as conexion:
            hora: datetime | None = conexion.scalar(sa.select(tablas.AHORA).where(tablas.ha_llegado(_S.plazo)).limit(1))
        return hora

    def respuestas(self, servicio: str, cuantas: int, antes_de: datetime) -> Sequence[Respuesta]:
        """The last steps that a participant told, and the last by an instant."""
        consulta = sa.union(_respuestas(servicio, cuantas), _respuestas(servicio, cuantas, _P.apuntado <= antes_de))
        with self._motor.connect() as conexion:
            return [Respuesta(*fila) for fila in conexion.execute(consulta)]

    def plazos(self, indulgencia: Indulgencia, tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The deadlines that have passed, and are not put off."""
        vence = _S.comenzada <= indulgencia.tope
        if indulgencia.atendido is not None:
            esperan = [_en_cola(cola) for cola in indulgencia.colas]
            vence |= (_S.plazo <= indulgencia.atendido) & sa.not_(sa.or_(sa.false(), *esperan))
        return self._vencidos(_S.plazo, tope, tras, vence)

    def renovaciones(self, planes: Collection[str], tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The renewals that are due, and whose plan is among these."""
        return self._vencidos(_S.renueva, tope, tras, _S.plan_codigo == sa.any_(_lista(planes)))

    def sin_renovar(self, planes: Collection[str]) -> Mapping[str, int]:
        """How many renewals are due of each plan that is not among these."""
        consulta = (
            sa.select(_S.plan_codigo, sa.func.count().label("cuantas"))
            .where(tablas.ha_llegado(_S.renueva), _S.plan_codigo != sa.all_(_lista(planes)))
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
            .where(tablas.ha_llegado(instante), *condiciones)
            .order_by(instante, _S.id)
            .limit(tope)
        )
        if tras is not None:
            consulta = consulta.where(sa.tuple_(instante, _S.id) > sa.tuple_(tras.instante, tras.id))
        with self._motor.connect() as conexion:
            return [Vencido(*fila) for fila in conexion.execute(consulta)]


def _respuestas(servicio: str, cuantas: int, *condiciones: sa.ColumnElement[bool]) -> sa.Select[Any]:
    ultimas = (
        sa.select(_P.paso, _P.recurso, _P.id_suscripcion, _P.id_saga, _P.apuntado)
        .where(_P.servicio == servicio, *condiciones)
        .order_by(_P.apuntado.desc())
        .limit(cuantas)
        .subquery()
    )
    suya = (_S.id == ultimas.c.id_suscripcion) & (_SAGA["id"].astext == ultimas.c.id_saga)
    return sa.select(ultimas.c.paso, ultimas.c.recurso, _ES_CAMBIO, _S.comenzada, ultimas.c.apuntado).join(
        tablas.suscripciones, suya
    )


def _en_cola(cola: Cola) -> sa.ColumnElement[bool]:
    """Whether a subscription's saga stands there."""
    debe: sa.ColumnElement[bool]
    if cola.debe.recurso:
        debe = _SAGA["requeridos"].has_key(cola.debe.recurso) & sa.not_(_SAGA["reservados"].has_key(cola.debe.recurso))
    else:
        debe = _SAGA["reservados"].contains(_SAGA["requeridos"])
    return sa.and_(debe, _ES_CAMBIO.is_(sa.true() if cola.cambio else sa.false()), _S.comenzada >= cola.desde)


def _lista(codigos: Collection[str]) -> sa.BindParameter[Any]:
    return sa.literal(list(codigos), sa.ARRAY(sa.Text))
