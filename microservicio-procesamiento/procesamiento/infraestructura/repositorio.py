"""This service's unit of work and its repository on PostgreSQL."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from contratos import Mensaje
from procesamiento.dominio.anonimizacion import Anonimizador, DatosAnonimos
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.infraestructura import tablas
from procesamiento.infraestructura.despachadores import DESPACHADORES
from seedwork.infraestructura.repositorio_sql import Fila, RepositorioSQL
from seedwork.infraestructura.unidad_sql import UnidadSQL

_DATOS = tuple(c.name for c in fields(DatosAnonimos))
_SIN_DATOS: Fila = dict.fromkeys(_DATOS)


class RepositorioImagenes(RepositorioSQL[ImagenAnonimizada]):
    """Images, each a row."""

    tabla = tablas.imagenes

    def a_fila(self, agregado: ImagenAnonimizada) -> Fila:
        """A column per attribute; those of the data are null where there is none."""
        fila: Fila = {
            "id": agregado.id,
            "secuencia": agregado.secuencia,
            "estado": agregado.estado,
            "motivo": agregado.motivo,
            **_SIN_DATOS,
        }
        datos = agregado.datos
        if datos is not None:
            fila |= {c: getattr(datos, c) for c in _DATOS}
            fila["condiciones"] = list(datos.condiciones)
        return fila

    def de_fila(self, fila: Mapping[str, Any]) -> ImagenAnonimizada:
        """The inverse."""
        datos = None
        if fila["huella"] is not None:
            propios = {c: fila[c] for c in _DATOS}
            propios |= {"condiciones": tuple(fila["condiciones"]), "huella": bytes(fila["huella"])}
            datos = DatosAnonimos(**propios)
        return ImagenAnonimizada(
            id=fila["id"], secuencia=fila["secuencia"], estado=fila["estado"], motivo=fila["motivo"], datos=datos
        )


class UnidadProcesamiento(UnidadSQL):
    """This service's unit of work."""

    def __init__(self, conexion: sa.Connection, anonimizador: Anonimizador) -> None:
        super().__init__(conexion, "procesamiento", DESPACHADORES)
        self.anonimizador = anonimizador
        self.imagenes = RepositorioImagenes(conexion)
        self.repositorios = [self.imagenes]

    def precargar(self, pendientes: Collection[tuple[str, Mensaje]]) -> None:
        """One look for all images of the batch."""
        self.imagenes.precargar({sujeto for sujeto, _ in pendientes})
