"""The cost of change, in short: `make experimento3` does all of it."""

import pytest
from tests.cambio import sagas
from tests.cambio.lugar import Lugar

pytestmark = [pytest.mark.integracion, pytest.mark.timeout(240)]


@pytest.mark.parametrize("caso", sagas.CASOS, ids=lambda caso: caso.__name__)
def test_la_saga_con_un_participante_nuevo(lugar: Lugar, caso: sagas.Caso) -> None:
    caso(lugar)
