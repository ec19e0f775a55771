"""What the environment (and the checkout's .env) says about the local run."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from plataforma.errores import ErrorPlataforma
from plataforma.puertos import LOCAL, Puerto, libres
from plataforma.servicios import SERVICIOS, Servicio

PUERTO_PULSAR = 6650
PUERTO_PULSAR_ADMIN = 8080
MAXIMO_AUTOMATICO = 3
"""Workers of a service whose number is automatic: what the managed groups have at most."""
_Trabajadores = Annotated[int, Field(ge=1, le=50)] | Literal["auto"]
_PARTES = {
    "bff_puerto": "bff",
    "bff_1_puerto": "bff-1",
    "bff_2_puerto": "bff-2",
    "postgres_puerto": "postgres",
    "correo_puerto": "correo",
} | {campo: parte for servicio in SERVICIOS.values() for campo, (parte, _) in servicio.puertos.items()}
CAMPOS_DE_PUERTO = tuple(_PARTES)
"""The fields that `Ajustes.puerto` takes."""


class Ajustes(BaseSettings):
    """The local run's settings. Names are those of the environment variables, in lower case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, use_attribute_docstrings=True)

    desplazamiento: int = Field(default=0, ge=0, le=50000)
    """Added to every port that is not set by name, so that a second checkout runs beside the first."""
    pulsar_url: str | None = None
    """A broker to use, where one answers there; else one is started on that loopback port. By default, on 6650."""
    pulsar_admin_url: str | None = None
    """Its admin API; by default, on port 8080."""
    postgres_url: str | None = None
    """Secret: a PostgreSQL server's superuser, postgresql://…; by default, a server is started here."""
    autenticacion: Literal["ninguna", "desarrollo", "oidc"] = "ninguna"
    """Whom callers say that they are to, as the door and the services are told; of `desarrollo` the keys are made here,
    and `saludtech token` gives tokens."""
    bff: int = Field(default=1, ge=1, le=2)
    """How many instances of the door there are; two share its port behind a balancer."""
    bff_puerto: int = 5005
    """The BFF's port; of two instances, the balancer's."""
    bff_1_puerto: int = 5006
    """Of two instances, the first one's port."""
    bff_2_puerto: int = 5007
    """The second one's."""
    postgres_puerto: int = 5433
    """The embedded PostgreSQL's port."""
    correo_puerto: int = 1025
    """The SMTP sink's port."""

    def trabajadores(self, servicio: Servicio) -> int:
        """How many workers of a service with a relay of its own share the load; at most, where that is automatic."""
        cuantos: int | Literal["auto"] = getattr(self, servicio.paquete)
        return MAXIMO_AUTOMATICO if cuantos == "auto" else cuantos

    def automatico(self, servicio: Servicio) -> bool:
        """Whether their number follows the service's metric."""
        return getattr(self, servicio.paquete, None) == "auto"

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


def _del_servicio(servicio: Servicio) -> dict[str, Any]:
    """The settings that the local run has for a service, as fields of a model."""
    campos: dict[str, Any] = {}
    for campo, (parte, numero) in servicio.puertos.items():
        dice = f"The port of {parte}'s health and metrics." if "_salud_" in campo else f"The port of {parte}."
        campos[campo] = (int, Field(default=numero, description=dice))
    if servicio.relay_salud_puerto is not None:
        cuantos = (
            f"How many workers of {servicio.nombre} share the load; their ports follow the first one's. The local run "
            f"takes auto, too: between 1 and {MAXIMO_AUTOMATICO}, as many as saludtech_instancias_deseadas says."
        )
        campos[servicio.paquete] = (_Trabajadores, Field(default=1, description=cuantos))
    return campos


_de_los_servicios = {campo: dato for servicio in SERVICIOS.values() for campo, dato in _del_servicio(servicio).items()}
AjustesCompletos = create_model("AjustesCompletos", __base__=Ajustes, **_de_los_servicios)
"""These, and those for the services that the checkout has."""


def leer_ajustes(raiz: Path, **fijados: Any) -> Ajustes:
    """The settings for a checkout: those given here, over the environment's, over its .env's.

    Raises ErrorPlataforma that names each wrong variable.
    """
    try:
        return AjustesCompletos(_env_file=raiz / ".env", **fijados)  # type: ignore[call-arg]
    except ValidationError as error:
        problemas = (f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise ErrorPlataforma("These settings are wrong:\n" + "\n".join(problemas)) from None


def leer_ajustes_libres(raiz: Path, **fijados: Any) -> Ajustes:
    """The settings of a run of its own beside others: a broker and a PostgreSQL are started, every port is free, and
    nobody is asked who they are.

    Raises ErrorPlataforma as `leer_ajustes` does.
    """
    pulsar, admin, *otros = libres(2 + len(CAMPOS_DE_PUERTO))
    propios = dict(zip(CAMPOS_DE_PUERTO, otros, strict=True)) | {
        "pulsar_url": f"pulsar://{LOCAL}:{pulsar}",
        "pulsar_admin_url": f"http://{LOCAL}:{admin}",
        "postgres_url": None,
        "autenticacion": "ninguna",
    }
    return leer_ajustes(raiz, **propios | fijados)


def leer_entorno(raiz: Path) -> dict[str, str]:
    """The caller's environment, over what the checkout's .env says."""
    archivo = {nombre: valor for nombre, valor in dotenv_values(raiz / ".env").items() if valor is not None}
    return archivo | dict(os.environ)
