"""The whole workspace's tests share one Pulsar and one PostgreSQL."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import hypothesis
import pytest
import structlog

# Before pytest meets the folders of these names, which it would take for the packages.
import anonimizacion  # noqa: F401
import bff_web  # noqa: F401
import seedwork

# Every test has the ring of tests, whichever of them runs alone.
import seedwork.pruebas  # noqa: F401

pytest_plugins = ["plataforma.pruebas"]

# No test asserts a timing, and a busy machine takes longer for an example.
hypothesis.settings.register_profile("saludtech", deadline=None)
hypothesis.settings.load_profile("saludtech")

_SIN_VER: Final = pytest.StashKey[set[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note what could not be looked at."""
    config.stash[_SIN_VER] = set()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Note the reasons in capitals why tests were skipped: something that they need is missing on this machine."""
    motivos = (informe.longrepr[2].removeprefix("Skipped: ") for informe in terminalreporter.stats.get("skipped", []))
    config.stash[_SIN_VER] |= {motivo for motivo in motivos if motivo.partition(":")[0].isupper()}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say them last of all, behind pytest's own last line."""
    for motivo in sorted(config.stash.get(_SIN_VER, set())):
        print(motivo)


@pytest.fixture(autouse=True)
def _registro_de_cada_prueba(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test has set up of the log is its own: a command that runs in this process sets up all of it, and a logger
    that keeps what it found at its first use would go on so for whoever comes after it in the same process."""
    antes = structlog.get_config()
    monkeypatch.setattr(structlog, "configure", partial(_configurar, structlog.configure))
    yield
    structlog.configure(**antes)


def _configurar(configurar: Callable[..., None], **ajustes: object) -> None:
    configurar(**ajustes | {"cache_logger_on_first_use": False})
