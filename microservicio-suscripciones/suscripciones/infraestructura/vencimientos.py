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
# Of one saga, by its index; an EXISTS may be answered from the whole table.
_ULTIMO_PASO = (
    sa.select(sa.func.max(_P.apuntado)).where(_P.id_saga == _SAGA["id"].astext).correlate(tablas.suscripciones)
).scalar_subquery()
# Of each plan its first renewal alone, found by the index from one plan to the next.
_SIN_RENOVAR = sa.text("""
    WITH RECURSIVE primeras AS (
        (
            SELECT plan_codigo, renueva FROM suscripciones WHERE renueva IS NOT NULL
            ORDER BY plan_codigo, renueva LIMIT 1
        )
        UNION ALL
        SELECT siguiente.* FROM primeras CROSS JOIN LATERAL (
            SELECT plan_codigo, renueva FROM suscripciones
            WHERE renueva IS NOT NULL AND plan_codigo > primeras.plan_codigo
            ORDER BY plan_codigo, renueva LIMIT 1
        ) AS siguiente
    )
    SELECT plan_codigo, renueva FROM primeras
    WHERE renueva <= statement_timestamp() AND plan_codigo <> ALL(CAST(:planes AS text[]))
""")


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
            callada = sa.func.coalesce(_ULTIMO_PASO, _S.comenzada) <= indulgencia.en_camino
            vence |= (_S.plazo <= indulgencia.atendido) & sa.not_(sa.or_(sa.false(), *esperan)) & callada
        return self._leer(_vencidos(_S.plazo, tope, tras).where(vence))

    def renovaciones(self, planes: Collection[str], tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The renewals that are due, and whose plan is among these."""
        # Plan by plan, by the index that begins with it. By the instant alone, all those of a retired plan, which are
        # due for ever, would be read before the others, each time.
        plan = sa.func.unnest(_lista(planes)).table_valued("codigo").render_derived("plan")
        suyos = _vencidos(_S.renueva, tope, tras).where(_S.plan_codigo == plan.c.codigo).lateral()
        return self._leer(
            sa.select(suyos).select_from(plan).join(suyos, sa.true()).order_by(suyos.c.instante, suyos.c.id).limit(tope)
        )

    def sin_renovar(self, planes: Collection[str]) -> Mapping[str, datetime]:
        """Since when renewals are due of each plan that is not among these."""
        with self._motor.connect() as conexion:
            filas = conexion.execute(_SIN_RENOVAR, {"planes": list(planes)})
            return {fila.plan_codigo: fila.renueva for fila in filas}

    def _leer(self, consulta: sa.Select[Any]) -> Sequence[Vencido]:
        with self._motor.connect() as conexion:
            return [Vencido(*fila) for fila in conexion.execute(consulta)]


def _vencidos(instante: sa.ColumnElement[Any], tope: int, tras: Vencido | None) -> sa.Select[Any]:
    consulta = (
        sa.select(_S.id, _SAGA["id"].astext.label("id_saga"), instante.label("instante"))
        .where(tablas.ha_llegado(instante))
        .order_by(instante, _S.id)
        .limit(tope)
    )
    if tras is not None:
        consulta = consulta.where(sa.tuple_(instante, _S.id) > sa.tuple_(tras.instante, tras.id))
    return consulta


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
