"""CloudEvents 1.0 in binary mode over Pulsar: attributes are message properties, the payload is Avro alone.

CloudEvents has no binding for Pulsar: the properties are named as the headers of the binding for Kafka are.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, get_args

from contratos import Mensaje
from seedwork.aplicacion import trazas
from seedwork.aplicacion.identidad import Quien, TipoAutor
from seedwork.aplicacion.sobre import Sobre, en_instante
from seedwork.dominio.reglas import MAXIMO_ID, PATRON_ID, es_id


class MensajeIlegible(Exception):
    """The message can't be decoded; trying again can't help. Its text quotes no value of the message."""


_VERSION = "1.0"
_CONTENIDO = "application/avro"
_ATRIBUTOS = {
    "id": "ce_id",
    "tipo": "ce_type",
    "fuente": "ce_source",
    "sujeto": "ce_subject",
    "tiempo": "ce_time",
    "correlacion": "ce_correlationid",
    "causa": "ce_causationid",
    "clave_idempotencia": "ce_idempotencykey",
    "traza": "ce_traceparent",
}
_AUTOR = ("ce_authtype", "ce_authid", "ce_authclaims")
_OBLIGATORIOS = ("ce_id", "ce_type", "ce_source")
"""With ``ce_specversion``, what CloudEvents requires (§3.1); all else has a meaning where it is left out."""

# They become keys of rows: what is no id (contract §2) must not get that far.
_IDS = ("ce_id", "ce_subject", "ce_correlationid", "ce_causationid", "ce_idempotencykey")
_TEXTO = re.compile(r"[\x20-\x7e]{0,512}")
_SECUENCIA = re.compile(r"[0-9]{1,18}")
_TIPO_SECUENCIA = "Integer"
"""Else a sequence is a text, and of two the one that sorts last is the later (CloudEvents, extension "sequence")."""
_ENTERO = re.compile(r"-?[0-9]{1,18}")


def entero(texto: str | None, defecto: int) -> int:
    """The number that a property holds; ``defecto`` where it is missing, or none that fits into 64 bits."""
    return int(texto) if texto and _ENTERO.fullmatch(texto) else defecto


def a_propiedades(sobre: Sobre, topico: str) -> dict[str, str]:
    """The message properties of an envelope, for a message on ``topico``."""
    propiedades = {
        "ce_specversion": _VERSION,
        "ce_dataschema": f"pulsar-schema:{topico}",
        "content-type": _CONTENIDO,
    }
    for campo, atributo in _ATRIBUTOS.items():
        valor = getattr(sobre, campo)
        if valor is not None:
            propiedades[atributo] = valor
    if sobre.quien is not None:
        propiedades |= zip(_AUTOR, (sobre.quien.tipo, sobre.quien.id, sobre.quien.afirmaciones()), strict=True)
    if sobre.secuencia is not None:
        propiedades["ce_sequence"] = str(sobre.secuencia)
        propiedades["ce_sequencetype"] = _TIPO_SECUENCIA
    return propiedades


def esquema(tipo: type[Mensaje], fuentes: Collection[str]) -> dict[str, Any]:
    """The JSON schema of the properties that a message's type has, as :func:`a_propiedades` writes them.

    Args:
        tipo: the message's.
        fuentes: those who may say it, as ``ce_source`` names them.
    """
    id = {"type": "string", "minLength": 1, "maxLength": MAXIMO_ID, "pattern": PATRON_ID}
    siempre: dict[str, Any] = {
        "ce_specversion": {"const": _VERSION},
        "ce_id": id,
        "ce_type": {"const": tipo.tipo},
        "ce_source": {"enum": sorted(fuentes)},
        "ce_subject": id,
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_dataschema": {"const": f"pulsar-schema:{tipo.topico}"},
        "ce_correlationid": id,
        "content-type": {"const": _CONTENIDO},
    }
    a_veces: dict[str, Any] = {
        "ce_causationid": id,
        "ce_idempotencykey": id,
        "ce_traceparent": {"type": "string", "pattern": f"^{_TEXTO.pattern}$"},
        "ce_sequence": {"type": "string", "pattern": f"^{_SECUENCIA.pattern}$"},
        "ce_sequencetype": {"const": _TIPO_SECUENCIA},
    }
    if tipo.clase == "comando":
        texto = {"type": "string", "maxLength": _MAXIMO}
        a_veces |= zip(_AUTOR, ({"enum": [*get_args(TipoAutor)]}, texto, texto), strict=True)
    return {"type": "object", "required": [*siempre], "properties": siempre | a_veces}


_PROPIAS = {
    *_ATRIBUTOS.values(),
    *_AUTOR,
    "ce_specversion",
    "ce_dataschema",
    "ce_sequence",
    "ce_sequencetype",
    "content-type",
}
_MAXIMO = 512


def propias(propiedades: Mapping[str, str]) -> dict[str, str]:
    """Of a message's properties, those that the contract knows, as far as they are as short as it wants them: a few
    kilobytes, whatever came."""
    return {n: v for n, v in propiedades.items() if n in _PROPIAS and len(v) <= _MAXIMO}


def de_propiedades(propiedades: Mapping[str, str], clave: str) -> Sobre:
    """The envelope that a message's properties hold.

    Args:
        propiedades: the message's.
        clave: its partition key, which is the subject where ``ce_subject`` does not tell it. Likewise a message that
            tells no correlation is its own; without a time, a cause, a sequence, a key or a trace there is none.

    Raises:
        MensajeIlegible: an attribute that CloudEvents or the contract requires is missing or malformed.
    """
    if not propiedades:
        raise MensajeIlegible("no tiene propiedades, o alguna no es UTF-8")
    if propiedades.get("ce_specversion") != _VERSION:
        raise MensajeIlegible("ce_specversion no es 1.0")
    for atributo in _OBLIGATORIOS:
        if not propiedades.get(atributo):
            raise MensajeIlegible(f"falta {atributo}")
    for atributo in _ATRIBUTOS.values():
        valor = propiedades.get(atributo)
        if valor and not (es_id(valor) if atributo in _IDS else _TEXTO.fullmatch(valor)):
            raise MensajeIlegible(f"{atributo} no es lo que debe ser")
    sujeto = propiedades.get("ce_subject") or clave
    if not es_id(sujeto):
        raise MensajeIlegible("falta ce_subject, y su clave no es un id")
    secuencia = propiedades.get("ce_sequence")
    if secuencia is not None and not _SECUENCIA.fullmatch(secuencia):
        raise MensajeIlegible("ce_sequence no es un entero")
    return Sobre(
        id=propiedades["ce_id"],
        tipo=propiedades["ce_type"],
        fuente=propiedades["ce_source"],
        sujeto=sujeto,
        tiempo=propiedades.get("ce_time", ""),
        correlacion=propiedades.get("ce_correlationid") or propiedades["ce_id"],
        causa=propiedades.get("ce_causationid"),
        secuencia=None if secuencia is None else int(secuencia),
        clave_idempotencia=propiedades.get("ce_idempotencykey"),
        traza=propiedades.get("ce_traceparent"),
        quien=_quien(propiedades),
    )


def seguir(propiedades: Mapping[str, str], topico: str) -> tuple[trazas.Tramo, Mapping[str, str]]:
    """A message of the outbox is published now: its span, and the properties that name it as what the message's
    handling follows from."""
    de = propiedades.get("ce_traceparent")
    puesto = en_instante(propiedades.get("ce_time", ""))
    tramo = trazas.publicar(
        de,
        topico,
        propiedades.get("ce_type", ""),
        propiedades.get("ce_id", ""),
        propiedades.get("ce_subject", ""),
        propiedades.get("ce_correlationid", ""),
        desde_ns=0 if puesto is None else int(puesto.timestamp() * 1e9),
    )
    contexto = tramo.contexto
    return tramo, propiedades if contexto is None or contexto == de else {**propiedades, "ce_traceparent": contexto}


def _quien(propiedades: Mapping[str, str]) -> Quien | None:
    if propiedades.get("ce_authid") is None:
        return None
    tipo, id, afirmaciones = (propiedades.get(nombre, "") for nombre in _AUTOR)
    try:
        if len(afirmaciones) > _MAXIMO:
            raise ValueError("es demasiado largo")
        return Quien.de_afirmaciones(tipo, id, afirmaciones)
    except (ValueError, RecursionError):
        raise MensajeIlegible("ce_authtype, ce_authid o ce_authclaims no son lo que deben ser") from None
