"""The contract of queries as the door's models: of parameters, to validate them, and of answers, to document them."""

import typing
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from bff_web import tipos
from contratos.consultas import Consulta, Cursor, Id, Parte, Respuesta, Sujeto, Texto
from contratos.consultas.base import opcional

CURSOR = "cursor"
"""The parameter that says where a page begins; all others are filters."""

_REGLAS = {Id: tipos.Id, Texto: tipos.Publicado, Sujeto: tipos.Sujeto, Cursor: tipos.Cursor}
"""What is valid for each of the contract's own types."""

_RESPUESTAS: dict[type[Respuesta], type[BaseModel]] = {}


class Filtro(tipos.Objeto):
    """A query's parameters."""


def de_filtros(consulta: type[Consulta]) -> type[Filtro]:
    """A model of a query's parameters, each of which may be left out."""
    campos: dict[str, Any] = {
        c.nombre: (_REGLAS.get(base := opcional(c.tipo), base) | None, Field(None, description=c.significado))
        for c in consulta.campos()
        if c.nombre in consulta.parametros
    }
    return create_model(f"Filtro{consulta.__name__}", __base__=Filtro, __module__=__name__, **campos)


def de_respuesta(respuesta: type[Respuesta]) -> type[BaseModel]:
    """The one model of an answer, with its example; clients are told to expect further fields."""
    if respuesta not in _RESPUESTAS:
        _RESPUESTAS[respuesta] = _modelo(respuesta)
    return _RESPUESTAS[respuesta]


def _modelo(respuesta: type[Respuesta]) -> type[BaseModel]:
    parte = issubclass(respuesta, Parte)
    campos: dict[str, Any] = {
        c.nombre: (_tipo(c.tipo), Field(description=c.significado, examples=_ejemplos(c.ejemplo)))
        for c in respuesta.campos()
    }
    return create_model(
        respuesta.__name__,
        __config__=ConfigDict(extra="allow", json_schema_extra=None if parte else {"examples": [respuesta.ejemplo()]}),
        __doc__=respuesta.__doc__,
        __module__=__name__,
        **campos,
    )


def _ejemplos(ejemplo: Any) -> list[Any] | None:
    return None if ejemplo is None else [ejemplo]


def _tipo(tipo: Any) -> Any:
    """A field's type, with the model of an answer's class in its place."""
    if isinstance(tipo, type) and issubclass(tipo, Respuesta):
        return de_respuesta(tipo)
    if typing.get_origin(tipo) is list:
        (elemento,) = typing.get_args(tipo)
        return list[_tipo(elemento)]  # type: ignore[misc]
    if (base := opcional(tipo)) is not None:
        return _tipo(base) | None
    return tipo
