"""A pytest plugin: the servers that integration tests run on, started once for the whole session.

The workspace's conftest.py loads it, so every distribution's tests can ask for `servidores` and `nueva_base`.
"""

import secrets
from collections.abc import Iterator

import pytest
from rich.console import Console

from plataforma import proveedores
from plataforma.postgres import borrar_base, crear_bases
from plataforma.proveedores import Fabrica, Servidores

_USADOS = pytest.StashKey[Servidores]()


@pytest.fixture(scope="session")
def servidores(request: pytest.FixtureRequest) -> Iterator[Servidores]:
    """A real Pulsar and a real PostgreSQL."""
    with proveedores.servidores(Console(stderr=True)) as usados:
        request.config.stash[_USADOS] = usados
        yield usados


@pytest.fixture(scope="module")
def nueva_base(servidores: Servidores) -> Iterator[Fabrica]:
    """Make an empty database with a role of its own; each is dropped at the module's end."""
    hechas: list[str] = []

    def crear(nombre: str) -> str:
        completo = f"{nombre}_{secrets.token_hex(4)}"
        hechas.append(completo)
        return crear_bases(servidores.postgres_url, {completo: secrets.token_hex(16)})[completo]

    yield crear
    for hecha in hechas:
        borrar_base(servidores.postgres_url, hecha)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what the integration tests ran on."""
    usados = config.stash.get(_USADOS, None)
    terminalreporter.write_line(f"servers: {usados.nombre}" if usados else "servers: none were needed")
