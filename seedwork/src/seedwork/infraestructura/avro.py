"""Avro, with the schema that the message's class derives: what is registered equals the bytes on the wire."""

import functools
import io
import json
from collections.abc import Callable
from typing import Any

import fastavro

from contratos import Mensaje, a_dict, de_dict
from seedwork.infraestructura.cloudevents import MensajeIlegible

_PROPIOS: dict[type[Mensaje], Any] = {}
_TEXTOS: dict[type[Mensaje], str] = {}


def texto_esquema(tipo: type[Mensaje]) -> str:
    """The schema as it is registered."""
    if tipo not in _TEXTOS:
        _TEXTOS[tipo] = json.dumps(tipo.esquema, ensure_ascii=False, separators=(",", ":"))
    return _TEXTOS[tipo]


def codificar(mensaje: Mensaje) -> bytes:
    """The payload's bytes."""
    destino = io.BytesIO()
    fastavro.schemaless_writer(destino, _propio(type(mensaje)), a_dict(mensaje))
    return destino.getvalue()


def decodificar(tipo: type[Mensaje], carga: bytes, escritor: str | None = None) -> Mensaje:
    """The message that a payload holds.

    Args:
        tipo: what the reader expects.
        carga: the payload.
        escritor: the schema that it was written with, where that is not the reader's own.

    Raises:
        MensajeIlegible: the bytes are no such record, or bytes are left over.
    """
    fuente = io.BytesIO(carga)
    leer: Callable[..., Any] = fastavro.schemaless_reader
    try:
        datos = leer(fuente, _propio(tipo)) if escritor is None else leer(fuente, _ajeno(escritor), _propio(tipo))
        if fuente.tell() != len(carga):
            raise MensajeIlegible("sobran bytes tras el registro Avro")
        return de_dict(tipo, datos)
    except MensajeIlegible:
        raise
    except Exception as error:
        raise MensajeIlegible(f"la carga no es un registro {tipo.__name__}: {type(error).__name__}") from None


def _propio(tipo: type[Mensaje]) -> Any:
    """A message type's own schema, parsed."""
    if tipo not in _PROPIOS:
        _PROPIOS[tipo] = fastavro.parse_schema(tipo.esquema)
    return _PROPIOS[tipo]


@functools.lru_cache(maxsize=256)
def _ajeno(escritor: str) -> Any:
    return fastavro.parse_schema(json.loads(escritor))
