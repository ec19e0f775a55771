"""The parts of the platform as data: what runs, with which command and environment, and when it is ready."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from plataforma import sondas
from plataforma.ajustes import Ajustes
from plataforma.puertos import LOCAL, Puerto
from plataforma.secretos import Secretos
from plataforma.sondas import Sonda


class Grupo(Enum):
    """What is stopped together, in reverse order: each with the seconds that it gets before it is killed.

    Together they stay below the 15 s in which everything must have stopped.
    """

    POSTGRES = 2
    BROKER = 3
    SERVICIOS = 5
    BFF = 4

    @property
    def prioridad(self) -> int:
        """Its place in the order of starting."""
        return list(Grupo).index(self) + 1


@dataclass(frozen=True)
class Parte:
    """One process of the platform."""

    nombre: str
    grupo: Grupo
    orden: list[str]
    sonda: Sonda
    puertos: tuple[Puerto, ...] = ()
    entorno: Mapping[str, str] = field(default_factory=dict)
    senal: str = "TERM"
    """The signal that stops it in good order."""


@dataclass(frozen=True)
class Preparativo:
    """A service's one-shot command that comes before its processes: its migrations and its topics."""

    nombre: str
    orden: list[str]
    entorno: Mapping[str, str]


@dataclass(frozen=True)
class Conexiones:
    """Where the infrastructure is: the broker, and each service's database by its package's name."""

    pulsar_url: str
    pulsar_admin_url: str
    bases: Mapping[str, str]


SERVICIOS = ("suscripciones", "servicio_datos", "procesamiento", "notificaciones")
"""The services' packages; each one's database and role have the same name."""


def correo(ajustes: Ajustes, buzon: Path) -> Parte:
    """The SMTP sink: every e-mail becomes a file of a Maildir."""
    puerto = ajustes.puerto("correo_puerto")
    orden = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Mailbox", str(buzon)]
    orden += ["-l", f"{LOCAL}:{puerto.numero}"]
    return Parte("correo", Grupo.BROKER, orden, sondas.smtp(puerto.numero), (puerto,))


def preparativos(ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos) -> list[Preparativo]:
    """Every service's `preparar`."""
    return [
        Preparativo(
            _nombre(paquete),
            _python(paquete, "preparar"),
            _entorno_comun(paquete, ajustes, conexiones, secretos),
        )
        for paquete in SERVICIOS
    ]


def servicios(ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos, metricas: Path) -> list[Parte]:
    """Every service's API and workers, and a relay where it runs by itself."""
    partes: list[Parte] = []
    for paquete in SERVICIOS:
        comun = _entorno_comun(paquete, ajustes, conexiones, secretos)
        nombre = _nombre(paquete)
        api = ajustes.puerto(f"{paquete}_puerto")
        entorno_api = comun | {"HTTP_PUERTO": str(api.numero)} | _metricas(metricas, api.parte)
        partes.append(_servicio(api.parte, _python(paquete, "api"), entorno_api, api))
        salud = ajustes.puerto(f"{paquete}_salud_puerto")
        if paquete == "procesamiento":
            # Here is the load: its workers share it, and a relay beside them takes nothing of their time.
            relay = ajustes.puerto("procesamiento_relay_salud_puerto")
            partes.append(_servicio(relay.parte, _python(paquete, "relay"), comun | _salud(relay), relay))
            comun |= {"RELAY_APARTE": "true"}
            trabajadores = [
                Puerto(salud.numero + i, f"{nombre}-{i + 1}", salud.variable) for i in range(ajustes.procesamiento)
            ]
        else:
            trabajadores = [salud]
        for puerto in trabajadores:
            partes.append(_servicio(puerto.parte, _python(paquete, "trabajador"), comun | _salud(puerto), puerto))
    return partes


def bff(ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos, metricas: Path) -> Parte:
    """The public HTTP door."""
    puerto = ajustes.puerto("bff_puerto")
    entorno = {
        "PULSAR_URL": conexiones.pulsar_url,
        "PULSAR_ADMIN_URL": conexiones.pulsar_admin_url,
        "BFF_PUERTO": str(puerto.numero),
        "IDEMPOTENCIA_SECRETO": secretos["idempotencia"],
        **_metricas(metricas, "bff"),
    }
    for paquete in SERVICIOS:
        entorno[f"{paquete.upper()}_URL"] = f"http://{LOCAL}:{ajustes.puerto(f'{paquete}_puerto').numero}"
    return Parte("bff", Grupo.BFF, _python("bff_web"), _lista(puerto), (puerto,), entorno)


def _entorno_comun(paquete: str, ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos) -> dict[str, str]:
    entorno = {
        "DATABASE_URL": conexiones.bases[paquete],
        "PULSAR_URL": conexiones.pulsar_url,
        "PULSAR_ADMIN_URL": conexiones.pulsar_admin_url,
    }
    if paquete == "procesamiento":
        entorno["SEUDONIMO_CLAVE"] = secretos["seudonimo"]
    if paquete == "notificaciones":
        entorno |= {"SMTP_HOST": LOCAL, "SMTP_PUERTO": str(ajustes.puerto("correo_puerto").numero)}
    if paquete == "servicio_datos" and ajustes.catalogo_recursos:
        entorno["CATALOGO_RECURSOS"] = str(ajustes.catalogo_recursos)
    return entorno


def _servicio(nombre: str, orden: list[str], entorno: Mapping[str, str], puerto: Puerto) -> Parte:
    return Parte(nombre, Grupo.SERVICIOS, orden, _lista(puerto), (puerto,), entorno)


def _salud(puerto: Puerto) -> dict[str, str]:
    return {"SALUD_PUERTO": str(puerto.numero)}


def _lista(puerto: Puerto) -> Sonda:
    return sondas.http(f"http://{LOCAL}:{puerto.numero}/salud/lista")


def _metricas(carpeta: Path, nombre: str) -> dict[str, str]:
    """Where one gunicorn's workers put their figures together."""
    return {"PROMETHEUS_MULTIPROC_DIR": str(carpeta / nombre)}


def _nombre(paquete: str) -> str:
    return paquete.replace("_", "-")


def _python(paquete: str, *resto: str) -> list[str]:
    return [sys.executable, "-m", paquete, *resto]
