"""The query side: what the API shows, read straight from the tables."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from contratos.procesamiento import ConsultaAnonimizacion
from procesamiento.dominio.condiciones import Condicion
from procesamiento.infraestructura import tablas
from seedwork.aplicacion.sobre import Sobre, ahora
from seedwork.infraestructura import bd, outbox
from seedwork.infraestructura.consultas import destino_comando, pagina

_I = tablas.imagenes.c

AVISO = (
    "Datos seudonimizados con clave, no anónimos: quien guarda la clave puede volver a vincularlos (RGPD, art. 4.5)."
)


class Consultas:
    """Reads on a connection of their own; they lock nothing, and one of them is written down.

    Args:
        motor: this service's database.
        condiciones: the allow-list by code, for the names.
    """

    def __init__(self, motor: sa.Engine, condiciones: Mapping[str, Condicion]) -> None:
        self._motor = motor
        # What is one statement is its own transaction: durable when it returns, in one round trip.
        self._por_sentencia = motor.execution_options(isolation_level="AUTOCOMMIT")
        self._condiciones = condiciones

    def comando(self, id_comando: str) -> dict[str, Any] | None:
        """A command's fate."""
        with self._motor.connect() as conexion:
            return destino_comando(conexion, id_comando)

    def imagen(self, id: str, *, consultante: str, correlacion: str) -> dict[str, Any] | None:
        """One image. That it was looked up is in the outbox, and durable, before this returns (ADR 10).

        Args:
            id: the image's.
            consultante: who asks, an id.
            correlacion: the request's correlation id.

        Raises:
            sqlalchemy.exc.DBAPIError: the database can't show it, or can't take it down.
        """
        propia = _I.id == id
        consulta = sa.select(tablas.imagenes).where(propia).add_cte(_auditoria(id, consultante, correlacion, propia))
        with self._por_sentencia.connect() as conexion:
            fila = conexion.execute(consulta).mappings().one_or_none()
        return None if fila is None else self._mostrar(fila)

    def imagenes(
        self, modalidad: str | None, patologia: str | None, region: str | None, cursor: str | None
    ) -> dict[str, Any]:
        """A page of images, newest first."""
        filtros = {_I.modalidad: modalidad, _I.patologia: patologia, _I.region_anatomica: region}
        with self._motor.connect() as conexion:
            consulta = sa.select(tablas.imagenes)
            return pagina(conexion, consulta, _I.orden, filtros, cursor, self._mostrar, igual=_por_indice)

    def _mostrar(self, fila: Any) -> dict[str, Any]:
        return {
            "id_imagen": fila["id"],
            "estado": fila["estado"],
            "motivo": motivos.texto(fila["motivo"]),
            "seudonimo_paciente": fila["seudonimo_paciente"],
            "modalidad": fila["modalidad"],
            "patologia": fila["patologia"],
            "region_anatomica": fila["region_anatomica"],
            "formato_imagen": fila["formato_imagen"],
            "fuente_de_datos": fila["fuente_de_datos"],
            "condiciones": [self._condicion(c) for c in fila["condiciones"] or ()],
            "fecha_ingesta": fila["fecha_ingesta"],
            "version_clave": fila["version_clave"],
            "aviso": AVISO,
        }

    def _condicion(self, codigo: str) -> dict[str, str]:
        conocida = self._condiciones.get(codigo)
        return {"codigo": codigo, "nombre": conocida.nombre if conocida else codigo}


def _por_indice(columna: sa.Column[Any], valor: str) -> sa.ColumnElement[bool]:
    """That a column has a value; its index holds the beginning of it."""
    inicio = sa.func.left(columna, sa.literal_column(str(tablas.LARGO_INDEXADO)))
    return sa.and_(inicio == valor[: tablas.LARGO_INDEXADO], columna == valor)


def _auditoria(id: str, consultante: str, correlacion: str, existe: sa.ColumnElement[bool]) -> sa.CTE:
    """The outbox row that tells of a look-up, for an image that is there."""
    hecho = ConsultaAnonimizacion(id_imagen=id, consultante=consultante, ocurrido=ahora())
    sobre = replace(Sobre.nuevo(hecho, fuente="/saludtech/procesamiento", sujeto=id), correlacion=correlacion)
    columnas = {c: sa.literal(v, bd.outbox.c[c].type) for c, v in outbox.a_fila(sobre, hecho).items() if v is not None}
    fila = sa.select(*columnas.values()).select_from(tablas.imagenes).where(existe)
    return sa.insert(bd.outbox).from_select(list(columnas), fila).cte("auditoria")
