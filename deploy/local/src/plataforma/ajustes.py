"""What the environment (and the checkout's .env) says about the local run."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from plataforma.errores import ErrorPlataforma
from plataforma.puertos import Puerto

PUERTO_PULSAR = 6650
PUERTO_PULSAR_ADMIN = 8080
_PARTES = {
    "bff_puerto": "bff",
    "postgres_puerto": "postgres",
    "correo_puerto": "correo",
    "suscripciones_puerto": "suscripciones-api",
    "servicio_datos_puerto": "servicio-datos-api",
    "procesamiento_puerto": "procesamiento-api",
    "notificaciones_puerto": "notificaciones-api",
    "suscripciones_salud_puerto": "suscripciones",
    "servicio_datos_salud_puerto": "servicio-datos",
    "notificaciones_salud_puerto": "notificaciones",
    "procesamiento_salud_puerto": "procesamiento",
    "procesamiento_relay_salud_puerto": "procesamiento-relay",
}
CAMPOS_DE_PUERTO = tuple(_PARTES)
"""The fields that `Ajustes.puerto` takes."""


class Ajustes(BaseSettings):
    """The local run's settings. Names are those of the environment variables, in lower case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    procesamiento: int = Field(default=1, ge=1, le=50)
    """How many procesamiento workers share the images."""
    desplazamiento: int = Field(default=0, ge=0, le=50000)
    """Added to every port that is not set by name, so that a second checkout runs beside the first."""

    pulsar_url: str | None = None
    pulsar_admin_url: str | None = None
    postgres_url: str | None = None
    """A given PostgreSQL server's superuser; the embedded server is not started then."""

    bff_puerto: int = 5005
    postgres_puerto: int = 5433
    correo_puerto: int = 1025
    suscripciones_puerto: int = 5011
    servicio_datos_puerto: int = 5012
    procesamiento_puerto: int = 5013
    notificaciones_puerto: int = 5014
    suscripciones_salud_puerto: int = 5021
    servicio_datos_salud_puerto: int = 5022
    notificaciones_salud_puerto: int = 5024
    procesamiento_relay_salud_puerto: int = 5023
    procesamiento_salud_puerto: int = 5031
    """The first worker's; the others' follow it."""

    catalogo_recursos: Path | None = None
    """The data service's catalogue of experts, clouds and data sets, where it is not its own."""

    def puerto(self, campo: str) -> Puerto:
        """The port of a field such as `bff_puerto`."""
        numero: int = getattr(self, campo)
        if campo not in self.model_fields_set:
            numero += self.desplazamiento
        return Puerto(numero, _PARTES[campo], campo.upper())

    def puerto_pulsar(self) -> Puerto:
        """The broker's port, were it to run here."""
        return Puerto(self._de_url(self.pulsar_url, PUERTO_PULSAR), "pulsar", "PULSAR_URL")

    def puerto_pulsar_admin(self) -> Puerto:
        """The broker's admin port, were it to run here."""
        numero = self._de_url(self.pulsar_admin_url, PUERTO_PULSAR_ADMIN)
        return Puerto(numero, "pulsar (admin)", "PULSAR_ADMIN_URL")

    def _de_url(self, url: str | None, predeterminado: int) -> int:
        if url is None:
            return predeterminado + self.desplazamiento
        return urlsplit(url).port or predeterminado


def leer_ajustes(raiz: Path, **fijados: Any) -> Ajustes:
    """The settings for a checkout: those given here, over the environment's, over its .env's.

    Raises ErrorPlataforma that names each wrong variable.
    """
    try:
        return Ajustes(_env_file=raiz / ".env", **fijados)  # type: ignore[call-arg]
    except ValidationError as error:
        problemas = (f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise ErrorPlataforma("These settings are wrong:\n" + "\n".join(problemas)) from None


def leer_entorno(raiz: Path) -> dict[str, str]:
    """The caller's environment, over what the checkout's .env says."""
    archivo = {nombre: valor for nombre, valor in dotenv_values(raiz / ".env").items() if valor is not None}
    return archivo | dict(os.environ)
