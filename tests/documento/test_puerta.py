"""The door does what its document says where callers say who they are: a short walk as each role, and one as nobody.

In `make test-largo`: it is a platform of its own, and thousands of requests. `make puerta AUTENTICACION=desarrollo`
takes the long one.
"""

from collections.abc import Iterator

import pytest
from rich.console import Console
from tests.documento.plataforma import QUIENES, Viva, plataforma
from tests.documento.recorrido import SIN_FINAL, recorrer

from bff_web.papeles.openapi import describir

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def viva() -> Iterator[Viva]:
    with plataforma(Console(quiet=True), "desarrollo") as viva:
        yield viva


@pytest.mark.parametrize("quien", QUIENES)
def test_a_cada_quien_se_le_contesta_lo_dicho(viva: Viva, quien: str) -> None:
    hecho = recorrer(viva.url, ejemplos=1, semilla=7, token=viva.token(quien))
    assert hecho.correcto, hecho.salida
    operaciones = sum(len(metodos) for ruta, metodos in describir()["paths"].items() if ruta != SIN_FINAL)
    assert (hecho.operaciones, hecho.casos > 1000) == (operaciones, True), hecho.salida
