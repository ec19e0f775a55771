"""A real Pulsar and a real PostgreSQL for the tests: given ones, containers, or the embedded ones.

The environment chooses: PULSAR_URL, PULSAR_ADMIN_URL and POSTGRES_URL (a superuser's) name given servers;
SALUDTECH_PROVEEDOR is `contenedores` or `incrustados`. Without any of them, containers are used where a Docker
daemon answers and the images can be had, else the embedded servers.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from plataforma import sondas
from plataforma.ajustes import leer_ajustes_libres
from plataforma.broker import AJUSTES_DE_PASO as broker_de_paso
from plataforma.broker import MEMORIA, RECOLECTOR, ajustes_de_broker
from plataforma.corrida import SEGUNDOS_DE_ARRANQUE, Corrida, correr
from plataforma.descargas import PULSAR
from plataforma.errores import ErrorPlataforma
from plataforma.postgres import AJUSTES_DE_PASO as postgres_de_paso
from plataforma.puertos import LOCAL, libres
from plataforma.sondas import Sonda

IMAGEN_PULSAR = f"apachepulsar/pulsar:{PULSAR.version}"
IMAGEN_POSTGRES = "postgres:17.10-bookworm"
_DADOS = ("PULSAR_URL", "PULSAR_ADMIN_URL", "POSTGRES_URL")


@dataclass(frozen=True)
class Servidores:
    """The two servers that tests need, and in words what they are."""

    pulsar_url: str
    admin_url: str
    postgres_url: str
    """The superuser's."""
    nombre: str
    carpeta: Path | None = None
    """Beneath which they keep all that they write; None where nobody here can read it."""


@contextmanager
def servidores(consola: Console) -> Iterator[Servidores]:
    """The servers that the environment chooses, ready in the body; those started here end after it.

    Raises ErrorPlataforma when the chosen ones can't be had.
    """
    elegido = os.environ.get("SALUDTECH_PROVEEDOR", "")
    if elegido not in ("", "contenedores", "incrustados"):
        raise ErrorPlataforma(f"SALUDTECH_PROVEEDOR is {elegido!r}: it must be contenedores or incrustados.")
    with ExitStack() as pila:
        if dados():
            yield _dados()
        elif elegido == "contenedores":
            yield pila.enter_context(_contenedores())
        elif elegido == "incrustados" or (motivo := _sin_docker()):
            yield pila.enter_context(_incrustados(consola))
        else:
            try:
                iniciados = pila.enter_context(_contenedores())
            except Exception as error:
                motivo = str(error)
                consola.print(f"No containers ({motivo}): using the embedded servers", markup=False)
                iniciados = pila.enter_context(_incrustados(consola))
            yield iniciados


def dados() -> bool:
    """Whether the environment names servers that run already."""
    return not os.environ.get("SALUDTECH_PROVEEDOR") and any(map(os.environ.get, _DADOS))


def _dados() -> Servidores:
    faltan = [nombre for nombre in _DADOS if not os.environ.get(nombre)]
    if faltan:
        raise ErrorPlataforma(f"For given servers, set {', '.join(faltan)} too.")
    pulsar_url, admin_url, postgres_url = (os.environ[nombre] for nombre in _DADOS)
    for sonda in (sondas.pulsar(admin_url), sondas.postgres(postgres_url)):
        if motivo := sonda():
            raise ErrorPlataforma(f"A given server is not ready: {motivo}")
    return Servidores(pulsar_url, admin_url, postgres_url, f"given servers: Pulsar at {pulsar_url}, PostgreSQL")


@contextmanager
def pasajeros(consola: Console, *, de_paso: bool = False, **fijados: Any) -> Iterator[Corrida]:
    """A broker and a PostgreSQL on free ports, up in the body, and gone with their state after it.

    Those that are `de_paso` are the faster ones, and keep what they have across kill -9, but not across a power cut.
    `fijados` are settings of the run's: `autenticacion`, say, for a broker that asks who is who.
    """
    with tempfile.TemporaryDirectory(prefix="saludtech-") as carpeta:
        raiz = Path(carpeta)
        elegir = partial(leer_ajustes_libres, raiz, **fijados)
        with correr(elegir, raiz, raiz / ".local", consola, con_servicios=False, de_paso=de_paso) as corrida:
            yield corrida


@contextmanager
def _incrustados(consola: Console) -> Iterator[Servidores]:
    with pasajeros(consola, de_paso=True) as corrida:
        conexiones = corrida.plano.conexiones
        yield Servidores(
            conexiones.pulsar_url,
            conexiones.pulsar_admin_url,
            corrida.plano.postgres_url,
            f"embedded servers: {PULSAR}, PostgreSQL",
            corrida.estado,
        )


def _sin_docker() -> str | None:
    """Why there is no Docker daemon to use; None when one answers."""
    try:
        from testcontainers.core.docker_client import DockerClient

        DockerClient().client.ping()
    except Exception as error:
        return str(error)
    return None


@contextmanager
def _contenedores() -> Iterator[Servidores]:
    from testcontainers.core.container import DockerContainer

    # A broker tells its clients its own address: the port must be the same inside and outside.
    pulsar, admin = libres(2)
    ajustes = ajustes_de_broker(str(pulsar), str(admin))
    broker = (
        DockerContainer(IMAGEN_PULSAR)
        .with_bind_ports(pulsar, pulsar)
        .with_bind_ports(admin, admin)
        .with_env("PULSAR_MEM", " ".join(MEMORIA))
        .with_env("PULSAR_GC", " ".join(RECOLECTOR))
        .with_command(
            "sh -c 'bin/apply-config-from-env.py conf/standalone.conf && "
            "exec bin/pulsar standalone --no-functions-worker --no-stream-storage'"
        )
    )
    for nombre, valor in (ajustes | broker_de_paso).items():
        broker.with_env(f"PULSAR_PREFIX_{nombre}", valor)
    base = DockerContainer(IMAGEN_POSTGRES).with_exposed_ports(5432).with_env("POSTGRES_PASSWORD", "postgres")
    base.with_command(["postgres", *(f"-c{nombre}={valor}" for nombre, valor in postgres_de_paso.items())])
    with base, broker:
        postgres_url = f"postgresql://postgres:postgres@{LOCAL}:{base.get_exposed_port(5432)}/postgres"
        admin_url = f"http://{LOCAL}:{admin}"
        _esperar(sondas.postgres(postgres_url))
        _esperar(sondas.pulsar(admin_url))
        yield Servidores(
            f"pulsar://{LOCAL}:{pulsar}", admin_url, postgres_url, f"containers: {IMAGEN_PULSAR}, {IMAGEN_POSTGRES}"
        )


def _esperar(sonda: Sonda) -> None:
    limite = time.monotonic() + SEGUNDOS_DE_ARRANQUE
    while motivo := sonda():
        if time.monotonic() > limite:
            raise ErrorPlataforma(f"A container is not ready after {SEGUNDOS_DE_ARRANQUE:.0f} s: {motivo}")
        time.sleep(0.2)


Fabrica = Callable[[str], str]
"""Gives a new database's URL for a name; its role is the owner and can connect to no other."""
