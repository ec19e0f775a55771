"""The queue of packages on PostgreSQL, and what of their members is still to be done."""

from collections.abc import Sequence

import sqlalchemy as sa

from procesamiento.dominio.paquete import Paquete, PaquetePorAbrir
from procesamiento.infraestructura.cola import ColaSQL
from procesamiento.infraestructura.tablas import miembros, miembros_por_decir, paquetes, paquetes_por_abrir

_M = miembros.c
_SUYO = _M.paquete == sa.bindparam("cual")
_LISTADOS = sa.select(sa.func.count()).where(_SUYO)
_D = miembros_por_decir.c
_POR_DECIR = (
    sa.select(_D.id).where(_D.paquete == sa.bindparam("cual")).order_by(_D.lugar).limit(sa.bindparam("cuantos"))
)
_UNOS = sa.select(_M.id).where(_SUYO).order_by(_M.lugar).limit(sa.bindparam("cuantos")).scalar_subquery()
# As an array, so that they are found by their ids: joined, the whole table is read for them.
_OLVIDAR = (
    sa.delete(miembros)
    .where(_M.id == sa.any_(sa.func.array(_UNOS)))
    .add_cte(sa.delete(miembros_por_decir).where(_D.id == sa.any_(sa.func.array(_UNOS))).cte("sin_decir"))
)
_PAQUETE = sa.select(*(c for c in paquetes.c if c is not paquetes.c.orden)).where(paquetes.c.id == sa.bindparam("cual"))


class ColaPaquetesSQL(ColaSQL[PaquetePorAbrir]):
    """Packages to be unpacked, said and cleared away."""

    def __init__(self, motor: sa.Engine) -> None:
        super().__init__(motor, paquetes_por_abrir, PaquetePorAbrir)

    def paquete(self, id: str) -> Paquete:
        """What it is by now."""
        with self._motor.connect() as conexion:
            return Paquete(**conexion.execute(_PAQUETE, {"cual": id}).mappings().one())

    def listados(self, paquete: str) -> int:
        """How many of its members are listed."""
        with self._motor.connect() as conexion:
            cuantos: int = conexion.execute(_LISTADOS, {"cual": paquete}).scalar_one()
        return cuantos

    def por_decir(self, paquete: str, cuantos: int) -> Sequence[str]:
        """Some of its members whose command is not said, by id."""
        with self._motor.connect() as conexion:
            return conexion.scalars(_POR_DECIR, {"cual": paquete, "cuantos": cuantos}).all()

    def olvidar(self, paquete: str, cuantos: int) -> bool:
        """So many of its members are listed no more; whether there may be others."""
        with self._motor.connect() as conexion:
            return conexion.execute(_OLVIDAR, {"cual": paquete, "cuantos": cuantos}).rowcount == cuantos
