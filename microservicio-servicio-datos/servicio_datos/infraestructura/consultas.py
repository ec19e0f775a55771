"""The query side: what the API shows, read straight from the tables."""

from typing import Any

import sqlalchemy as sa

from contratos import motivos
from seedwork.infraestructura.consultas import destino_comando, pagina
from servicio_datos.infraestructura import tablas

_S, _E, _N, _D = tablas.servicios_datos.c, tablas.expertos.c, tablas.nubes.c, tablas.datasets.c
_I = tablas.imagenes_por_modalidad.c


class Consultas:
    """Reads on a connection of their own; they lock nothing."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def comando(self, id_comando: str) -> dict[str, Any] | None:
        """A command's fate."""
        with self._motor.connect() as conexion:
            return destino_comando(conexion, id_comando)

    def servicio(self, id: str) -> dict[str, Any] | None:
        """One data service, with its expert, cloud and data set, and how many images that one has by now."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(_con_catalogo().where(_S.id == id)).mappings().one_or_none()
        return None if fila is None else _mostrar(fila)

    def servicios(self, suscripcion: str | None, estado: str | None, cursor: str | None) -> dict[str, Any]:
        """A page of data services, newest first."""
        filtros = {_S.id_suscripcion: suscripcion, _S.estado: estado}
        with self._motor.connect() as conexion:
            return pagina(conexion, _con_catalogo(), _S.orden, filtros, cursor, _mostrar)


def _con_catalogo() -> sa.Select[Any]:
    return (
        sa.select(
            tablas.servicios_datos,
            _E.nombres,
            _E.apellidos,
            _N.nombre.label("nube_nombre"),
            _N.tipo.label("nube_tipo"),
            _D.nombre.label("dataset_nombre"),
            sa.case((_D.modalidad.is_not(None), sa.func.coalesce(_I.cuantas, 0))).label("dataset_imagenes"),
        )
        .join(tablas.expertos, _E.codigo == _S.experto_codigo)
        .join(tablas.nubes, _N.codigo == _S.nube_codigo)
        .join(tablas.datasets, _D.codigo == _S.dataset_codigo)
        .outerjoin(tablas.imagenes_por_modalidad, _I.modalidad == _D.modalidad)
    )


def _mostrar(fila: Any) -> dict[str, Any]:
    return {
        "id_servicio_datos": fila["id"],
        "estado": fila["estado"],
        "motivo": motivos.texto(fila["motivo"]),
        "detalle": fila["detalle"],
        "id_suscripcion": fila["id_suscripcion"],
        "experto": {"codigo": fila["experto_codigo"], "nombres": fila["nombres"], "apellidos": fila["apellidos"]},
        "nube": {"codigo": fila["nube_codigo"], "nombre": fila["nube_nombre"], "tipo": fila["nube_tipo"]},
        "dataset": {
            "codigo": fila["dataset_codigo"],
            "nombre": fila["dataset_nombre"],
            "imagenes": fila["dataset_imagenes"],
        },
    }
