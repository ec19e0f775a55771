"""What is promised to be forgotten is gone after its days: the experiment, in the long tier, as it waits for minutes.

What `make test` proves of it: a queue that was pruned is an empty file (`seedwork/tests/integracion/test_poda.py`),
letters are discarded by age (`test_cartas.py`), and an address leaves the delivery queue (`tests/saga/`).
"""

import pytest
from rich.console import Console
from tests.fallos.olvido import experimento

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(1800)]


def test_nada_de_lo_que_se_olvida_queda_en_ningun_archivo() -> None:
    assert experimento(Console(stderr=True, highlight=False, soft_wrap=True)) == {}
