"""The queue of packages on PostgreSQL, and what of their members is still to be done."""

from collections.abc import Sequence

import sqlalchemy as sa

from procesamiento.dominio.paquete import Paquete
from procesamiento.infraestructura.cola import ColaSQL
from procesamiento.infraestructura.tablas import miembros, paquetes

_M = miembros.c
_SUYO = _M.paquete == sa.bindparam("cual")
_LISTADOS = sa.select(sa.func.count()).where(_SUYO)
_POR_DECIR = sa.select(_M.id).where(_SUYO, _M.dicho.is_(False)).order_by(_M.lugar).limit(sa.bindparam("cuantos"))
_UNOS = sa.select(_M.id).where(_SUYO).order_by(_M.lugar).limit(sa.bindparam("cuantos")).scalar_subquery()
# As an array, so that they are found by their ids: joined, the whole table is read for them.
_OLVIDAR = sa.delete(miembros).where(_M.id == sa.any_(sa.func.array(_UNOS)))


class ColaPaquetesSQL(ColaSQL[Paquete]):
    """Packages to be unpacked, said and cleared away."""

    def __init__(self, motor: sa.Engine) -> None:
        super().__init__(motor, paquetes, Paquete)

    def listados(self, paquete: Paquete) -> int:
        """How many of its members are listed."""
        with self._motor.connect() as conexion:
            cuantos: int = conexion.execute(_LISTADOS, {"cual": paquete.id}).scalar_one()
        return cuantos

    def por_decir(self, paquete: Paquete, cuantos: int) -> Sequence[str]:
        """Some of its members whose command is not said, by id."""
        with self._motor.connect() as conexion:
            return conexion.scalars(_POR_DECIR, {"cual": paquete.id, "cuantos": cuantos}).all()

    def olvidar(self, paquete: Paquete, cuantos: int) -> bool:
        """So many of its members are listed no more; whether there may be others."""
        with self._motor.connect() as conexion:
            return conexion.execute(_OLVIDAR, {"cual": paquete.id, "cuantos": cuantos}).rowcount == cuantos
