"""A mark for each value of a person's is found where docs/datos-personales.md says, and nowhere else: in the long tier,
as all is sent by every way there is, and all that was written is read.

`make check` holds that each field has a row there; `make test`, that what travels encrypted is in no file of broker or
database (`seedwork/tests/integracion/test_campos.py`).
"""

import pytest
from rich.console import Console
from tests.fallos.marcas import experimento

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(1800)]


def test_cada_valor_esta_donde_puede_y_en_ninguna_otra_parte() -> None:
    assert experimento(Console(stderr=True, highlight=False, soft_wrap=True)).hallazgos == []
