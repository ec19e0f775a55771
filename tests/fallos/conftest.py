"""One stage for the short form: servers of its own, since it kills them, and the whole platform on them."""

from collections.abc import Iterator

import pytest
from rich.console import Console
from tests.fallos.cimiento import Cimiento, cimiento
from tests.fallos.escenario import Escenario, escenario
from tests.fallos.mesa import Mesa


@pytest.fixture(scope="package")
def base() -> Iterator[Cimiento]:
    with cimiento(Console(stderr=True), de_paso=True) as hecho:
        yield hecho


@pytest.fixture(scope="package")
def lugar(base: Cimiento) -> Iterator[Escenario]:
    with escenario(base) as hecho:
        yield hecho


@pytest.fixture
def mesa(base: Cimiento) -> Mesa:
    return Mesa(base.servidores)
