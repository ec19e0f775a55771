"""This service's settings."""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, PositiveInt, SecretBytes, model_validator

from anonimizacion.seudonimos import CLAVE_MINIMA, VERSION_MINIMA
from procesamiento.infraestructura.catalogo import INCLUIDAS
from seedwork.aplicacion.almacen import base_de_almacen
from seedwork.entrada.config import ConfigDeAlmacen, ConfigServicio, Puerto


def _de_base64(valor: Any) -> bytes:
    try:
        clave = base64.b64decode(str(valor).translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error:
        raise ValueError("ha de ser base64") from None
    if len(clave) < CLAVE_MINIMA:
        raise ValueError(f"ha de tener al menos {CLAVE_MINIMA} bytes, en base64")
    return clave


def _bases(texto: str) -> tuple[str, ...]:
    return tuple(base_de_almacen(parte.strip()) for parte in texto.split(",") if parte.strip())


def _de_bases(texto: str) -> str:
    return ",".join(_bases(texto))


Clave = Annotated[SecretBytes, BeforeValidator(_de_base64)]


class Config(ConfigDeAlmacen, ConfigServicio):
    """What every service is told, and how patients become pseudonyms."""

    http_puerto: Puerto = 5013
    salud_puerto: Puerto = 5031
    """The port of the worker's health and metrics; further workers on one machine need others."""
    cola: PositiveInt = 200
    """The consumer's receiver queue here: workers share the load, and what one has prefetched, no other can take."""
    seudonimo_clave: Clave
    """Required, secret: the key that makes pseudonyms of patients, base64 of 32 bytes or more. The local run
    makes one."""
    seudonimo_version: Annotated[int, Field(ge=VERSION_MINIMA)] = VERSION_MINIMA
    """The key's version; it grows with every new key. Version 1 was of numbers without their issuer."""
    seudonimo_claves_anteriores: dict[PositiveInt, Clave] = Field(default_factory=dict)
    """Secret: JSON of version to key, so that repeats of older images are still recognised. Where it names no version
    1, that is the key in force."""
    catalogo_condiciones: Path = INCLUIDAS
    """A TOML file with the conditions that may be kept of a history; the package's own by default."""

    antecedentes_con_riesgo_residual: bool = False
    """Whether ImagenAnonimizada tells a history's words too, those of an allow-list alone. A residual risk remains: a
    rare disease, or several that only one person has together, says who it is, and a name that is also such a word may
    pass. Off, only codes of conditions are told."""

    referencias_permitidas: Annotated[str, AfterValidator(_de_bases)] = ""
    """Addresses like ALMACEN_URL, with commas, below which a file may lie that is sent by naming where. Not the
    platform's own; none by default."""
    archivo_maximo: PositiveInt = 2 * 1024**3
    """Octets that an image's file may have."""
    archivo_intentos: PositiveInt = 3
    """How often a file is tried that ends the process which reads it, or takes too long; then its image is FALLIDA.
    A package likewise, as long as it gets nowhere; then it is RECHAZADO."""
    archivo_plazo_s: PositiveFloat = 600.0
    """Seconds that one attempt may take, fetching and storing included."""
    archivo_memoria: int = Field(4096, ge=512)
    """MiB of address space of the process that reads files, the file itself included."""
    archivo_ocr: bool = True
    """Whether text that is burned into pictures is read, and blacked out. Where it is not, or the reader is not
    installed, what may have any is kept apart."""
    archivo_peso_y_talla: bool = False
    """Whether clean files keep the patient's weight and size, which SUV by weight needs. What it costs: with age band,
    sex and modality they narrow down who it is, and a rare value is a person."""
    paquete_maximo: PositiveInt = 20 * 1024**3
    """Octets that a package may have, and its files in all, unpacked."""
    paquete_plazo_s: PositiveFloat = 3600.0
    """Seconds that one attempt at a package may take; the next goes on where it was."""
    cuarentena_dias: PositiveFloat = 30.0
    """Days that the original of what could not be cleaned is kept."""

    @property
    def referencias(self) -> tuple[str, ...]:
        """Where files may lie besides."""
        return _bases(self.referencias_permitidas)

    @model_validator(mode="after")
    def _la_vigente_es_la_ultima(self) -> "Config":
        if any(v >= self.seudonimo_version for v in self.seudonimo_claves_anteriores):
            raise ValueError("SEUDONIMO_CLAVES_ANTERIORES: cada versión ha de ser menor que SEUDONIMO_VERSION")
        return self

    @property
    def claves(self) -> Mapping[int, bytes]:
        """Every key by its version. Issuers came with version 2, not a new secret: version 1 may well have had it."""
        todas = {
            1: self.seudonimo_clave,
            **self.seudonimo_claves_anteriores,
            self.seudonimo_version: self.seudonimo_clave,
        }
        return {version: clave.get_secret_value() for version, clave in todas.items()}
