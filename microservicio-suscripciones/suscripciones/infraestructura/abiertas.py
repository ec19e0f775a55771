"""Sagas that have not ended, for whoever has to find out why."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura import bd
from suscripciones.infraestructura import tablas

_S, _P = tablas.suscripciones.c, tablas.pasos.c
_PASO = sa.func.concat_ws(" ", _P.servicio, _P.paso, sa.func.nullif(_P.recurso, ""), _P.resultado)
_PASOS = (
    sa.select(sa.func.array_agg(aggregate_order_by(_PASO, _P.apuntado, _P.id)))
    .where(_P.id_saga == _S.saga["id"].astext)
    .scalar_subquery()
)


def abiertas(motor: sa.Engine, segundos: float) -> Iterator[dict[str, Any]]:
    """Those that began so long ago or longer, the oldest first: whose, since when, and the steps that were told."""
    hace = tablas.AHORA - bd.segundos("segundos")
    consulta = (
        sa.select(_S.id, _S.estado, _S.saga, _S.comenzada, _PASOS.label("pasos"))
        .where(tablas.EN_CURSO, _S.comenzada <= hace)
        .order_by(_S.comenzada, _S.id)
    )
    with motor.connect().execution_options(stream_results=True) as conexion:
        for fila in conexion.execute(consulta, {"segundos": segundos}):
            yield {
                "id_suscripcion": fila.id,
                "estado": fila.estado,
                "id_saga": fila.saga["id"],
                "comenzada": en_texto(fila.comenzada),
                "decidida": fila.saga["decidida"],
                "requeridos": fila.saga["requeridos"],
                "liberados": fila.saga["liberados"],
                "pasos": fila.pasos or [],
            }
