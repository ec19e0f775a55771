"""The whole workspace's tests share one Pulsar and one PostgreSQL."""

from collections.abc import Callable, Iterator
from functools import partial

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
