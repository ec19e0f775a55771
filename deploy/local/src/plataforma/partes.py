"""The parts of the platform as data: what runs, with which command and environment, and when it is ready."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from plataforma import identidad, sondas
from plataforma.ajustes import Ajustes
from plataforma.balanceador import DRENAJE_S, Balanceador
from plataforma.credenciales import ADMINISTRADOR, OPERADOR
from plataforma.escala import Escalado
from plataforma.puertos import LOCAL, Puerto
from plataforma.secretos import Secretos
from plataforma.servicios import SERVICIOS, Servicio
from plataforma.sondas import Sonda


class Grupo(Enum):
    """What is stopped together, in reverse order: each with the seconds that it gets before it is killed.

    Together they stay below the 15 s in which everything must have stopped. Of the door's, an instance behind a
    balancer drains for one; the rest is its requests'.
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
    reserva: bool = False
    """Whether it is started only when the load asks for it."""


@dataclass(frozen=True)
class Preparativo:
    """A one-shot command that comes before the processes: a service's migrations, and topics."""

    nombre: str
    orden: list[str]
    entorno: Mapping[str, str]


@dataclass(frozen=True)
class Conexiones:
    """Where the infrastructure is: the broker, each service's database by its package's name, the files' folder, and
    that of the keys by which callers are known."""

    pulsar_url: str
    pulsar_admin_url: str
    bases: Mapping[str, str]
    almacen: str
    de_duenos: Mapping[str, str] = field(default_factory=dict)
    """Likewise, each database as its owner reaches it; none where one role is both."""
    tokens: Mapping[str, str] = field(default_factory=dict)
    """Each role's token, for a broker that asks who is who; none for one that asks nobody."""

    def del_broker(self, rol: str) -> dict[str, str]:
        """Where the broker is, and who somebody is to it."""
        suyo = {"PULSAR_TOKEN": self.tokens[rol]} if self.tokens else {}
        return {"PULSAR_URL": self.pulsar_url, "PULSAR_ADMIN_URL": self.pulsar_admin_url, **suyo}

    identidad: str = ""


def correo(ajustes: Ajustes, buzon: Path) -> Parte:
    """The SMTP sink: every e-mail becomes a file of a Maildir."""
    puerto = ajustes.puerto("correo_puerto")
    orden = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Mailbox", str(buzon)]
    orden += ["-l", f"{LOCAL}:{puerto.numero}"]
    return Parte("correo", Grupo.BROKER, orden, sondas.smtp(puerto.numero), (puerto,))


def preparativos(ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos) -> list[Preparativo]:
    """Every service's `preparar`, as the database's owner and as whoever operates; and, where the broker asks who is
    who, what is made there for all of them, by the one who may."""
    todos = [
        Preparativo(
            servicio.nombre,
            _python(servicio.paquete, "preparar"),
            _entorno_comun(servicio, ajustes, conexiones, secretos, rol=OPERADOR)
            | ({"DATABASE_URL_MIGRACION": suya} if (suya := conexiones.de_duenos.get(servicio.paquete)) else {}),
        )
        for servicio in SERVICIOS.values()
    ]
    if not conexiones.tokens:
        return todos
    admin = {"PULSAR_ADMIN_URL": conexiones.pulsar_admin_url, "PULSAR_TOKEN_ADMIN": conexiones.tokens[ADMINISTRADOR]}
    return [Preparativo("broker", _python("seedwork.entrada.provisionar"), admin), *todos]


def servicios(ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos, metricas: Path) -> list[Parte]:
    """Every service's API and workers, and a relay where it runs by itself."""
    partes: list[Parte] = []
    for paquete, servicio in SERVICIOS.items():
        comun = _entorno_comun(servicio, ajustes, conexiones, secretos)
        api = ajustes.puerto(f"{paquete}_puerto")
        entorno_api = comun | {"HTTP_PUERTO": str(api.numero)} | _metricas(metricas, api.parte)
        partes.append(_servicio(api.parte, _python(paquete, "api"), entorno_api, api))
        if servicio.relay_salud_puerto is not None:
            relay = ajustes.puerto(f"{paquete}_relay_salud_puerto")
            partes.append(_servicio(relay.parte, _python(paquete, "relay"), comun | _salud(relay), relay))
            comun |= {"RELAY_APARTE": "true"}
        for i, puerto in enumerate(_trabajadores(ajustes, servicio)):
            parte = _servicio(puerto.parte, _python(paquete, "trabajador"), comun | _salud(puerto), puerto)
            partes.append(replace(parte, reserva=i > 0 and ajustes.automatico(servicio)))
    return partes


def escalados(ajustes: Ajustes) -> list[Escalado]:
    """The services whose workers come and go by their metric."""
    return [
        Escalado(
            servicio.nombre,
            [puerto.parte for puerto in _trabajadores(ajustes, servicio)],
            f"http://{LOCAL}:{ajustes.puerto(f'{paquete}_puerto').numero}/metrics",
        )
        for paquete, servicio in SERVICIOS.items()
        if ajustes.automatico(servicio)
    ]


def _trabajadores(ajustes: Ajustes, servicio: Servicio) -> list[Puerto]:
    """Where its workers show their health; of several, each by its number."""
    salud = ajustes.puerto(f"{servicio.paquete}_salud_puerto")
    if servicio.relay_salud_puerto is None:
        return [salud]
    return [
        Puerto(salud.numero + i, f"{servicio.nombre}-{i + 1}", salud.variable)
        for i in range(ajustes.trabajadores(servicio))
    ]


def puerta(
    ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos, metricas: Path, balanceador: Path
) -> list[Parte]:
    """The public HTTP door: one instance of it, or two and the balancer before them, whose folder is given.

    Raises ErrorPlataforma where the balancer's program is not there.
    """
    publico = ajustes.puerto("bff_puerto")
    if ajustes.bff == 1:
        return [_instancia(publico, ajustes, conexiones, secretos, metricas)]
    puertos = [ajustes.puerto(f"bff_{numero}_puerto") for numero in range(1, ajustes.bff + 1)]
    delante = Balanceador(balanceador, publico.numero, [puerto.numero for puerto in puertos])
    propio = {"DRENAJE_S": str(DRENAJE_S), "BFF_PROXIES": LOCAL}
    return [
        *(_instancia(puerto, ajustes, conexiones, secretos, metricas, **propio) for puerto in puertos),
        Parte("balanceador", Grupo.BFF, delante.preparar(), _viva(publico), (publico,), delante.entorno),
    ]


def _instancia(
    puerto: Puerto, ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos, metricas: Path, **propio: str
) -> Parte:
    entorno = {
        **conexiones.del_broker("bff"),
        "BFF_PUERTO": str(puerto.numero),
        "IDEMPOTENCIA_SECRETO": secretos["idempotencia"],
        "CAMPOS_CLAVES": secretos["campos"],
        "ALMACEN_URL": conexiones.almacen,
        **_identidad_de_la_puerta(ajustes, conexiones),
        **_metricas(metricas, puerto.parte),
        **propio,
    }
    for paquete in SERVICIOS:
        entorno[f"{paquete.upper()}_URL"] = f"http://{LOCAL}:{ajustes.puerto(f'{paquete}_puerto').numero}"
    return Parte(puerto.parte, Grupo.BFF, _python("bff_web"), _lista(puerto), (puerto,), entorno)


def _entorno_comun(
    servicio: Servicio, ajustes: Ajustes, conexiones: Conexiones, secretos: Secretos, rol: str = ""
) -> dict[str, str]:
    entorno = {
        "DATABASE_URL": conexiones.bases[servicio.paquete],
        "CAMPOS_CLAVES": secretos["campos"],
        **conexiones.del_broker(rol or servicio.nombre),
        "ALMACEN_URL": conexiones.almacen,
        "AUTENTICACION": ajustes.autenticacion,
    }
    if conexiones.identidad:
        entorno["PUERTA_CLAVE_PUBLICA"] = f"{conexiones.identidad}/{identidad.PUERTA_CLAVE_PUBLICA}"
    entorno |= {ajuste: secretos[nombre] for ajuste, nombre in servicio.secretos.items()}
    if servicio.correo:
        entorno |= {"SMTP_HOST": LOCAL, "SMTP_PUERTO": str(ajustes.puerto("correo_puerto").numero)}
    return entorno


def _identidad_de_la_puerta(ajustes: Ajustes, conexiones: Conexiones) -> dict[str, str]:
    entorno: dict[str, str] = {"AUTENTICACION": ajustes.autenticacion}
    if conexiones.identidad:
        entorno["PUERTA_CLAVE"] = f"{conexiones.identidad}/{identidad.PUERTA_CLAVE}"
    if ajustes.autenticacion == "desarrollo":
        entorno |= {
            "OIDC_AUDIENCIA": identidad.AUDIENCIA,
            "OIDC_JWKS": f"{conexiones.identidad}/{identidad.DESARROLLO_JWKS}",
            "OIDC_ALGORITMOS": "EdDSA",
        }
    return entorno


def _servicio(nombre: str, orden: list[str], entorno: Mapping[str, str], puerto: Puerto) -> Parte:
    return Parte(nombre, Grupo.SERVICIOS, orden, _lista(puerto), (puerto,), entorno)


def _salud(puerto: Puerto) -> dict[str, str]:
    return {"SALUD_PUERTO": str(puerto.numero)}


def _lista(puerto: Puerto) -> Sonda:
    return sondas.http(f"http://{LOCAL}:{puerto.numero}/salud/lista")


def _viva(puerto: Puerto) -> Sonda:
    return sondas.http(f"http://{LOCAL}:{puerto.numero}/salud/viva")


def _metricas(carpeta: Path, nombre: str) -> dict[str, str]:
    """Where one server's processes put their figures together."""
    return {"PROMETHEUS_MULTIPROC_DIR": str(carpeta / nombre)}


def _python(paquete: str, *resto: str) -> list[str]:
    return [sys.executable, "-m", paquete, *resto]
