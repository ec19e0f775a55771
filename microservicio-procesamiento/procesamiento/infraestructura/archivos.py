"""The queue of files on PostgreSQL, as its workers share it: leases on the database's clock, a statement a call."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from procesamiento.dominio.archivo import Archivo
from procesamiento.infraestructura.tablas import archivos

_A = archivos.c
_AHORA = sa.func.clock_timestamp()
_INSTANTE = sa.func.statement_timestamp()


def _segundos(parametro: str) -> sa.Function[Any]:
    return sa.func.make_interval(0, 0, 0, 0, 0, 0, sa.bindparam(parametro, type_=sa.Float))


_DEBIDO = (
    sa.select(_A.id)
    .where(_A.proximo <= _INSTANTE)
    .order_by(_A.proximo)
    .limit(1)
    .with_for_update(skip_locked=True)
    .cte("debido")
)
# Who has it is said by when it is due next: so the index leads past what is in somebody's hands.
_TOMAR = (
    sa.update(archivos)
    .where(_A.id.in_(sa.select(_DEBIDO.c.id)))
    .values(intentos=_A.intentos + 1, proximo=_AHORA + _segundos("arriendo_s"))
    .returning(archivos)
)
_SUYO = sa.and_(_A.id == sa.bindparam("cual"), _A.intentos == sa.bindparam("intento"), _A.proximo.is_not(None))
_RENOVAR = sa.update(archivos).where(_SUYO).values(proximo=_AHORA + _segundos("arriendo_s")).returning(_A.id)
_DEVOLVER = (
    sa.update(archivos)
    .where(_SUYO)
    .values(
        proximo=_AHORA + _segundos("pausa_s"),
        intentos=_A.intentos - sa.bindparam("sin_contar", type_=sa.Integer),
    )
)
_VENCIDOS = (
    sa.select(_A.id)
    .where(_A.conservar_hasta <= _INSTANTE)
    .order_by(_A.conservar_hasta)
    .limit(100)
    .with_for_update(skip_locked=True)
    .cte("vencidos")
)
# Without them nobody can have it cleaned any more: what somebody is just deciding is passed over.
_RETIRAR = (
    sa.update(archivos)
    .where(_A.id.in_(sa.select(_VENCIDOS.c.id)))
    .values(metadatos=sa.null(), sobre=sa.null())
    .returning(_A.id, _A.uri)
)
_SIN_ORIGINAL = sa.update(archivos).where(_A.id == sa.bindparam("cual")).values(uri=None, conservar_hasta=None)
_NOMBRADAS = sa.select(_A.uri).where(_A.uri == sa.any_(sa.bindparam("uris", type_=sa.ARRAY(sa.Text))))


class ColaArchivosSQL:
    """Files to be looked at, and originals to be deleted."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor.execution_options(isolation_level="AUTOCOMMIT")

    def tomar(self, arriendo_s: float) -> Archivo | None:
        """Lease the one that has been due for longest; the attempt is counted before it begins."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(_TOMAR, {"arriendo_s": arriendo_s}).mappings().one_or_none()
        return None if fila is None else Archivo(**fila)

    def renovar(self, archivo: Archivo, arriendo_s: float) -> bool:
        """Keep the lease; False where another has taken over."""
        valores = {"cual": archivo.id, "intento": archivo.intentos, "arriendo_s": arriendo_s}
        with self._motor.connect() as conexion:
            return conexion.execute(_RENOVAR, valores).first() is not None

    def devolver(self, archivo: Archivo, pausa_s: float, *, cuenta: bool) -> None:
        """Give it back, due again after a pause, unless another has taken over.

        Args:
            cuenta: whether the attempt counts; not where store or database were away, or this process stops.
        """
        valores = {"cual": archivo.id, "intento": archivo.intentos, "pausa_s": pausa_s, "sin_contar": int(not cuenta)}
        with self._motor.connect() as conexion:
            conexion.execute(_DEVOLVER, valores)

    def retirar(self) -> Collection[tuple[str, str | None]]:
        """Some files, by id, whose original, there, has been kept long enough: from now on nobody can release them.

        Until :meth:`sin_original` says that it is gone, each is answered again.
        """
        with self._motor.connect() as conexion:
            return [(id, uri) for id, uri in conexion.execute(_RETIRAR)]

    def sin_original(self, id: str) -> None:
        """It is gone."""
        with self._motor.connect() as conexion:
            conexion.execute(_SIN_ORIGINAL, {"cual": id})

    def nombradas(self, uris: Collection[str]) -> set[str]:
        """Those of these that a file's original lies at."""
        with self._motor.connect() as conexion:
            return {uri for (uri,) in conexion.execute(_NOMBRADAS, {"uris": list(uris)})}

    def reloj(self) -> datetime:
        """The database's clock."""
        with self._motor.connect() as conexion:
            ahora: datetime = conexion.execute(sa.select(_AHORA)).scalar_one()
        return ahora
