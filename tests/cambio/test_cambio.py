"""The cost of change, in short: `make experimento3` does all of it."""

import pytest
from tests.cambio import sagas, versiones
from tests.cambio.lugar import Lugar

pytestmark = [pytest.mark.integracion, pytest.mark.timeout(240)]


@pytest.mark.parametrize("caso", [*sagas.CASOS, *versiones.CASOS, *sagas.LLENO], ids=lambda caso: caso.__name__)
def test_la_plataforma_con_algo_nuevo(lugar: Lugar, caso: sagas.Caso) -> None:
    caso(lugar)
