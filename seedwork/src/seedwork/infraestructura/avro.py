"""Avro, with the schema that the message's class derives: what is registered equals the bytes on the wire."""

import functools
import io
import json
from collections.abc import Callable
from typing import Any, cast

import fastavro

from contratos import Mensaje, a_dict, de_dict
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import campos
from seedwork.infraestructura.cloudevents import MensajeIlegible

_PROPIOS: dict[type[Mensaje], Any] = {}
_TEXTOS: dict[type[Mensaje], str] = {}


def texto_esquema(tipo: type[Mensaje]) -> str:
    """The schema as it is registered."""
    if tipo not in _TEXTOS:
        _TEXTOS[tipo] = json.dumps(tipo.esquema, ensure_ascii=False, separators=(",", ":"))
    return _TEXTOS[tipo]


def codificar(mensaje: Mensaje, sobre: Sobre | None = None) -> bytes:
    """The payload's bytes.

    Args:
        mensaje: what is a person's in it is encrypted.
        sobre: the envelope for which; only a message that says nothing of a person needs none.

    Raises:
        SinLlavero: it says something of a person, and there is no envelope, or this process has no keys.
    """
    destino, datos, tipo = io.BytesIO(), a_dict(mensaje), type(mensaje)
    if tipo.propios:
        campos.cifrar(tipo, sobre, datos)
    fastavro.schemaless_writer(destino, _propio(tipo), datos)
    return destino.getvalue()


def decodificar(tipo: type[Mensaje], carga: bytes, escritor: str | None = None, sobre: Sobre | None = None) -> Mensaje:
    """The message that a payload holds, all of it in the clear.

    Args:
        tipo: what the reader expects.
        carga: the payload.
        escritor: the schema that it was written with, where that is not the reader's own.
        sobre: the envelope that it came in; as in :func:`codificar`.

    Raises:
        SinLlavero: as there.
        MensajeIlegible: the bytes are no such record, or bytes are left over; or what is a person's can't be decrypted.
    """
    try:
        datos = registro(tipo, carga, escritor)
        if tipo.propios:
            campos.descifrar(tipo, sobre, datos)
        return de_dict(tipo, datos)
    except (MensajeIlegible, campos.SinLlavero):
        raise
    except Exception as error:
        raise _no_es(tipo, error) from None


def registro(tipo: type[Mensaje], carga: bytes, escritor: str | None = None) -> dict[str, Any]:
    """The record that a payload holds, as it travelled: what is a person's in it stays encrypted.

    Args:
        tipo, carga, escritor: as in :func:`decodificar`.

    Raises:
        MensajeIlegible: the bytes are no such record, or bytes are left over.
    """
    fuente = io.BytesIO(carga)
    leer: Callable[..., Any] = fastavro.schemaless_reader
    try:
        datos = leer(fuente, _propio(tipo)) if escritor is None else leer(fuente, _ajeno(escritor), _propio(tipo))
    except Exception as error:
        raise _no_es(tipo, error) from None
    if fuente.tell() != len(carga):
        raise MensajeIlegible("sobran bytes tras el registro Avro")
    return cast(dict[str, Any], datos)


def _no_es(tipo: type[Mensaje], error: Exception) -> MensajeIlegible:
    return MensajeIlegible(f"la carga no es un registro {tipo.__name__}: {type(error).__name__}")


def _propio(tipo: type[Mensaje]) -> Any:
    """A message type's own schema, parsed."""
    if tipo not in _PROPIOS:
        _PROPIOS[tipo] = fastavro.parse_schema(tipo.esquema)
    return _PROPIOS[tipo]


@functools.lru_cache(maxsize=256)
def _ajeno(escritor: str) -> Any:
    return fastavro.parse_schema(json.loads(escritor))
