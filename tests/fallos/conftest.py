"""One stage for the short form: servers of its own, since it kills them, and the whole platform on them."""

from collections.abc import Iterator

import pytest
from rich.console import Console
from tests.fallos.cimiento import cimiento
from tests.fallos.escenario import Escenario, escenario
from tests.fallos.mesa import Mesa

from plataforma.proveedores import Servidores


@pytest.fixture(scope="package")
def lugar(servidores: Servidores) -> Iterator[Escenario]:
    if not servidores.nombre.startswith("embedded"):
        pytest.skip("mata los servidores: solo con los incrustados")
    with cimiento(Console(stderr=True)) as base, escenario(base) as hecho:
        yield hecho


@pytest.fixture
def mesa(servidores: Servidores) -> Mesa:
    return Mesa(servidores)
