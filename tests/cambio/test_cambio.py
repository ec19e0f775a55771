"""The cost of change: `make experimento3` does the same, and writes its page.

What runs a platform with something new is in the long tier: it proves what a change costs, and no promise to a user;
so is the whole fast gate of a copy with each change, a minute apiece. What a change touches is measured without
servers, in `make check`.
"""

from collections.abc import Iterator

import pytest
from tests.cambio import sagas, versiones
from tests.cambio.cambios import CAMBIOS, Cambio
from tests.cambio.copia import Copia, copia
from tests.cambio.experimento import medir
from tests.cambio.lugar import Lugar


@pytest.mark.integracion
@pytest.mark.largo
@pytest.mark.timeout(240)
@pytest.mark.parametrize("caso", [*sagas.CASOS, *versiones.CASOS, *sagas.LLENO], ids=lambda caso: caso.__name__)
def test_la_plataforma_con_algo_nuevo(lugar: Lugar, caso: sagas.Caso) -> None:
    caso(lugar)


@pytest.fixture(scope="module")
def base() -> Iterator[Copia]:
    with copia() as hecha:
        yield hecha


@pytest.mark.parametrize("cambio", CAMBIOS, ids=lambda cambio: cambio.nombre)
def test_un_cambio_toca_lo_que_debe_y_nada_mas(base: Copia, cambio: Cambio) -> None:
    assert medir(cambio, base, entera=False).faltas == []


@pytest.mark.largo
@pytest.mark.timeout(900)
@pytest.mark.parametrize("cambio", CAMBIOS, ids=lambda cambio: cambio.nombre)
def test_con_cada_cambio_la_copia_pasa_la_puerta_rapida(base: Copia, cambio: Cambio) -> None:
    assert medir(cambio, base, entera=True).faltas == []
