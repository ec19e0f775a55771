"""The workbench of seedwork's integration tests: a notebook with topics and a database of its own."""

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from plataforma.postgres import crear_bases
from plataforma.proveedores import Servidores

if TYPE_CHECKING:
    from seedwork.pruebas.taller import Taller

# The workbench is imported where it is needed: most tests of seedwork's have nothing to do with a broker.


@pytest.fixture
def montar_taller() -> "Iterator[Callable[[Servidores], Taller]]":
    from seedwork.pruebas.taller import montar

    hechos: list[Taller] = []

    def hacer(servidores: Servidores) -> "Taller":
        nombre = f"cuaderno_{secrets.token_hex(4)}"
        url_base = crear_bases(servidores.postgres_url, {nombre: secrets.token_hex(16)})[nombre]
        hechos.append(montar(servidores, url_base))
        return hechos[-1]

    yield hacer
    for hecho in hechos:
        hecho.cerrar()


@pytest.fixture
def taller(
    servidores: Servidores, nueva_base: Callable[[str], str], request: pytest.FixtureRequest
) -> "Iterator[Taller]":
    """A test that gives it a parameter has that many partitions in its command's topic."""
    from seedwork.pruebas.taller import montar

    hecho = montar(servidores, nueva_base("cuaderno"), particiones=getattr(request, "param", 0))
    yield hecho
    hecho.cerrar()
