"""A service's tables in memory are what they are on PostgreSQL: their keys, unique indexes and numbering."""

import functools
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.sql import operators

from seedwork.pruebas.almacen import Definicion, Unico


@functools.cache
def definiciones(metadatos: sa.MetaData) -> Mapping[str, Definicion]:
    """All of a service's tables, by their names.

    Raises:
        TypeError: one has something that memory knows nothing of; teach it.
    """
    return {nombre: definicion_de(tabla) for nombre, tabla in metadatos.tables.items()}


def definicion_de(tabla: sa.Table) -> Definicion:
    """What a table is like in memory: as it is on PostgreSQL.

    Raises:
        TypeError: it has something that memory knows nothing of; teach it.
    """
    (clave,) = tabla.primary_key.columns
    numeradas = [c.name for c in tabla.columns if c.identity is not None]
    if len(numeradas) > 1:
        raise TypeError(f"{tabla.name}: se numera sola dos veces")
    unicos = {_unico_de(i) for i in tabla.indexes if i.unique}
    # What numbers itself is unique by that.
    unicos |= {
        Unico(tuple(c.name for c in u.columns))
        for u in tabla.constraints
        if isinstance(u, sa.UniqueConstraint) and [c.name for c in u.columns] != numeradas
    }
    obligatorias = [c.name for c in tabla.columns if not c.nullable and c.server_default is None and c.identity is None]
    return Definicion(clave.name, sorted(unicos, key=repr), next(iter(numeradas), None), obligatorias)


def _unico_de(indice: sa.Index) -> Unico:
    condicion = indice.dialect_options["postgresql"]["where"]
    columnas = tuple(str(c.name) for c in indice.columns)
    if len(columnas) != len(indice.expressions):
        raise TypeError(f"{indice.name}: no es solo de columnas")
    if condicion is None:
        return Unico(columnas)
    if not isinstance(condicion, sa.BinaryExpression) or condicion.operator is not operators.ne:
        raise TypeError(f"{indice.name}: su condición no se conoce en memoria")
    return Unico(columnas, salvo=(condicion.left.name, condicion.right.value))
