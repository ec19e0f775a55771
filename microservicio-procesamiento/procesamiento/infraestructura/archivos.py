"""The queue of files on PostgreSQL, and the originals that are kept for them."""

from collections.abc import Collection

import sqlalchemy as sa

from procesamiento.dominio.archivo import ArchivoPorVer
from procesamiento.infraestructura.cola import INSTANTE, ColaSQL
from procesamiento.infraestructura.tablas import archivos, archivos_por_ver, miembros, paquetes_por_abrir

_V = archivos_por_ver.c
_SIN_ORIGINAL = sa.delete(archivos_por_ver).where(_V.id == sa.bindparam("cual"))
_ESTA = sa.func.unnest(sa.bindparam("uris", type_=sa.ARRAY(sa.Text))).table_valued("uri").render_derived()
# One after the other: nothing of these columns is sampled, and of many at once a whole table would be read.
_NOMBRADAS = sa.select(_ESTA.c.uri).where(
    sa.func.coalesce(
        *(
            sa.select(sa.true()).where(columna == _ESTA.c.uri).limit(1).scalar_subquery()
            for columna in (_V.uri, miembros.c.uri, paquetes_por_abrir.c.uri, paquetes_por_abrir.c.uri_metadatos)
        ),
        sa.false(),
    )
)
_DE_ALGUIEN = sa.union(
    *(
        sa.select(columna).where(columna == sa.any_(sa.bindparam("resumenes", type_=sa.ARRAY(sa.Text))))
        for columna in (archivos.c.resultado_sha256, archivos.c.vista_sha256)
    )
)
_VENCIDOS = (
    sa.select(_V.id)
    .where(_V.conservar_hasta <= INSTANTE)
    .order_by(_V.conservar_hasta)
    .limit(100)
    .with_for_update(skip_locked=True)
    .cte("vencidos")
)
# Without them nobody can have it cleaned any more: what somebody is just deciding is passed over.
_RETIRAR = (
    sa.update(archivos_por_ver)
    .where(_V.id.in_(sa.select(_VENCIDOS.c.id)))
    .values(metadatos=sa.null(), sobre=sa.null())
    .returning(_V.id, _V.uri)
)


class ColaArchivosSQL(ColaSQL[ArchivoPorVer]):
    """Files to be looked at, and originals to be deleted."""

    def __init__(self, motor: sa.Engine) -> None:
        super().__init__(motor, archivos_por_ver, ArchivoPorVer)
        self._sueltos = ColaSQL(motor, archivos_por_ver, ArchivoPorVer, _V.paquete.is_(None))
        self._les_toca = False

    def tomar(self, arriendo_s: float) -> ArchivoPorVer | None:
        """By turns, the one that has been due for longest of those that were sent by themselves, if there is any, and
        of all: thousands that came together hold nobody up who sent one, and are not held up by anybody."""
        self._les_toca = not self._les_toca
        suelto = self._sueltos.tomar(arriendo_s) if self._les_toca else None
        return suelto or super().tomar(arriendo_s)

    def retirar(self) -> Collection[tuple[str, str]]:
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
        """Those of these that a file's original lies at, a package, its metadata, or a member that is not decided."""
        with self._motor.connect() as conexion:
            return set(conexion.scalars(_NOMBRADAS, {"uris": list(uris)}))

    def de_alguien(self, resumenes: Collection[str]) -> set[str]:
        """Those of these SHA-256 that a file's result has, or the small picture of one."""
        with self._motor.connect() as conexion:
            return set(conexion.scalars(_DE_ALGUIEN, {"resumenes": list(resumenes)}))
