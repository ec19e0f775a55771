"""This service's settings."""

import base64
import binascii
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PositiveInt, SecretBytes, model_validator

from procesamiento.dominio.seudonimos import CLAVE_MINIMA
from procesamiento.infraestructura.catalogo import INCLUIDAS
from seedwork.entrada.config import ConfigServicio, Puerto


def _de_base64(valor: Any) -> bytes:
    try:
        clave = base64.b64decode(str(valor).translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error:
        raise ValueError("ha de ser base64") from None
    if len(clave) < CLAVE_MINIMA:
        raise ValueError(f"ha de tener al menos {CLAVE_MINIMA} bytes, en base64")
    return clave


Clave = Annotated[SecretBytes, BeforeValidator(_de_base64)]


class Config(ConfigServicio):
    """What every service is told, and how patients become pseudonyms."""

    http_puerto: Puerto = 5013
    salud_puerto: Puerto = 5031
    """The port of the worker's health and metrics; further workers on one machine need others."""
    cola: PositiveInt = 200
    """The consumer's receiver queue here: workers share the load, and what one has prefetched, no other can take."""
    seudonimo_clave: Clave
    """Required, secret: the key that makes pseudonyms of patients, base64 of 32 bytes or more. The local run
    makes one."""
    seudonimo_version: PositiveInt = 1
    """The key's version; it grows with every new key."""
    seudonimo_claves_anteriores: dict[PositiveInt, Clave] = Field(default_factory=dict)
    """Secret: JSON of version to key, so that repeats of older images are still recognised; none by default."""
    catalogo_condiciones: Path = INCLUIDAS
    """A TOML file with the conditions that may be kept of a history; the package's own by default."""

    @model_validator(mode="after")
    def _la_vigente_es_la_ultima(self) -> "Config":
        if any(v >= self.seudonimo_version for v in self.seudonimo_claves_anteriores):
            raise ValueError("SEUDONIMO_CLAVES_ANTERIORES: cada versión ha de ser menor que SEUDONIMO_VERSION")
        return self
