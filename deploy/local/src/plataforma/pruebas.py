"""A pytest plugin: the servers that integration tests run on, started once for the whole session.

The workspace's conftest.py loads it, so every distribution's tests can ask for `servidores` and `nueva_base`. Where
pytest-xdist runs the tests in several processes, each has servers of its own, on ports of its own.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rich.console import Console

from plataforma import proveedores
from plataforma.postgres import borrar_base, crear_bases, vaciar_base
from plataforma.proveedores import Fabrica, Servidores

_USADOS = pytest.StashKey[Counter[str]]()


@pytest.fixture(scope="session")
def servidores(request: pytest.FixtureRequest) -> Iterator[Servidores]:
    """A real Pulsar and a real PostgreSQL."""
    with proveedores.servidores(Console(stderr=True)) as usados:
        request.config.stash[_USADOS][usados.nombre] += 1
        yield usados


class Bases:
    """The session's databases: one that was given back is emptied and lent again, which costs less than to make it."""

    def __init__(self, postgres_url: str) -> None:
        self._postgres_url = postgres_url
        self._urls: dict[str, str] = {}
        self._libres: dict[str, list[str]] = defaultdict(list)

    @contextmanager
    def prestando(self) -> Iterator[Fabrica]:
        """Lend empty databases in the body."""
        prestadas: list[tuple[str, str]] = []

        def prestar(nombre: str) -> str:
            if self._libres[nombre]:
                base = self._libres[nombre].pop()
                vaciar_base(self._postgres_url, base)
            else:
                base = f"{nombre}_{secrets.token_hex(4)}"
                self._urls |= crear_bases(self._postgres_url, {base: secrets.token_hex(16)})
            prestadas.append((nombre, base))
            return self._urls[base]

        yield prestar
        for nombre, base in prestadas:
            self._libres[nombre].append(base)

    def borrar(self) -> None:
        """Drop all of them."""
        for base in self._urls:
            borrar_base(self._postgres_url, base)


@pytest.fixture(scope="session")
def bases(servidores: Servidores) -> Iterator[Bases]:
    """What `nueva_base` lends."""
    bases = Bases(servidores.postgres_url)
    yield bases
    bases.borrar()


@pytest.fixture
def nueva_base(bases: Bases) -> Iterator[Fabrica]:
    """Give an empty database with a role of its own, for the time of a test."""
    with bases.prestando() as prestar:
        yield prestar


@pytest.fixture(scope="module")
def nueva_base_de_modulo(bases: Bases) -> Iterator[Fabrica]:
    """Give an empty database with a role of its own, for the time of a module's tests."""
    with bases.prestando() as prestar:
        yield prestar


def pytest_addoption(parser: pytest.Parser) -> None:
    """Settings in pyproject.toml."""
    parser.addini(
        "juntas", "folders whose tests share a platform: one process runs them, before others; longest first", "args"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count what servers are used."""
    config.stash[_USADOS] = Counter()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the folders that the setting `juntas` names: their platform wants a broker that is still as new.

    Each of several processes ends with what needs no servers, which fills whatever is left of everybody's time.
    """
    juntas, varios = config.getini("juntas"), bool(_trabajo(config))

    def lugar(prueba: pytest.Item) -> tuple[int, bool]:
        carpeta = _carpeta(prueba.nodeid, juntas)
        sin_servidores = varios and prueba.get_closest_marker("integracion") is None
        return juntas.index(carpeta) if carpeta else len(juntas), sin_servidores

    items.sort(key=lugar)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep together what shares fixtures: a file's tests, and those of each folder that the setting `juntas` names.

    Given servers are everybody's: then all tests stay together.
    """
    from xdist.scheduler import LoadScopeScheduling

    def grupo(nodeid: str) -> str:
        return "" if dados else _carpeta(nodeid, juntas) or nodeid.partition("::")[0]

    juntas, dados = config.getini("juntas"), proveedores.dados()
    # In the order of the collection, not by the number of tests.
    config.option.loadscopereorder = False
    reparto = LoadScopeScheduling(config, log)
    # Its marker xdist_group does nothing: pytest 9.2 keeps the names of tests, where pytest-xdist 3.8 writes groups.
    reparto._split_scope = grupo
    return reparto


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that reports what this one ran on."""
    usados = session.config.stash[_USADOS]
    if _trabajo(session.config):
        session.config.workeroutput["servidores"] = dict(usados)  # type: ignore[attr-defined]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in what a test process ran on; one that crashed tells nothing."""
    node.config.stash[_USADOS].update(getattr(node, "workeroutput", {}).get("servidores", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what the integration tests ran on."""
    usados = [nombre + (f" ({veces} of each)" if veces > 1 else "") for nombre, veces in config.stash[_USADOS].items()]
    terminalreporter.write_line(f"servers: {'; '.join(usados) or 'none, save those that a test starts for itself'}")


def _trabajo(config: pytest.Config) -> dict[str, Any]:
    """What pytest-xdist tells one of its processes; empty where there is one process, and in the one that reports."""
    return getattr(config, "workerinput", {})


def _carpeta(nodeid: str, juntas: list[str]) -> str:
    """Which of these folders a test is in; empty where in none."""
    return next((carpeta for carpeta in juntas if nodeid.startswith(f"{carpeta}/")), "")
