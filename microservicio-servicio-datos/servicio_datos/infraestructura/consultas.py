"""The reading side on PostgreSQL: what the queries show, straight from the tables."""

import sqlalchemy as sa

from contratos import motivos
from contratos.consultas.servicio_datos import (
    Dataset,
    Experto,
    ListarServiciosDatos,
    Nube,
    PaginaServiciosDatos,
    ServicioDatos,
)
from seedwork.infraestructura.consultas import LecturaDeComandos, Lista
from servicio_datos.aplicacion.lectura import Lectura
from servicio_datos.infraestructura import tablas

_S, _E, _N, _D = tablas.servicios_datos.c, tablas.expertos.c, tablas.nubes.c, tablas.datasets.c
_I = tablas.imagenes_por_modalidad.c

_CON_CATALOGO = (
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
_UNO = _CON_CATALOGO.where(_S.id == sa.bindparam("id"))

_LISTA = Lista(
    ListarServiciosDatos,
    _CON_CATALOGO,
    _S.orden,
    {
        "suscripcion": _S.id_suscripcion,
        "estado": _S.estado,
    },
)


class LecturaServicioDatos(LecturaDeComandos, Lectura):
    """Reads on a connection of their own; they lock nothing."""

    def servicio_datos(self, id: str) -> ServicioDatos | None:
        """One data service."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(_UNO, {"id": id}).mappings().one_or_none()
        return None if fila is None else _mostrar(fila)

    def servicios(self, consulta: ListarServiciosDatos) -> PaginaServiciosDatos:
        """A page of data services."""
        with self._motor.connect() as conexion:
            filas, siguiente = _LISTA.pagina(conexion, consulta)
        return PaginaServiciosDatos(elementos=[_mostrar(fila) for fila in filas], siguiente=siguiente)


def _mostrar(fila: sa.RowMapping) -> ServicioDatos:
    return ServicioDatos(
        id_servicio_datos=fila["id"],
        estado=fila["estado"],
        motivo=motivos.texto(fila["motivo"]),
        detalle=fila["detalle"],
        id_suscripcion=fila["id_suscripcion"],
        experto=Experto(codigo=fila["experto_codigo"], nombres=fila["nombres"], apellidos=fila["apellidos"]),
        nube=Nube(codigo=fila["nube_codigo"], nombre=fila["nube_nombre"], tipo=fila["nube_tipo"]),
        dataset=Dataset(
            codigo=fila["dataset_codigo"], nombre=fila["dataset_nombre"], imagenes=fila["dataset_imagenes"]
        ),
    )
