"""A small package on the whole platform, its unpacker killed and a worker frozen. `make paquete` is the large one.

In the long tier, since all of it takes a platform of its own, and leases have to run out.
"""

import pytest
from rich.console import Console
from tests.fallos.acta import levantar
from tests.fallos.cimiento import cimiento
from tests.fallos.paquete import Cronica, paquete

IMAGENES = 400
"""As many as it takes to be killed in the middle of."""


@pytest.mark.integracion
@pytest.mark.largo
@pytest.mark.timeout(600)
def test_un_paquete_acaba_entero_aunque_mueran_y_se_congelen_trabajadores() -> None:
    with cimiento(Console(stderr=True), de_paso=True) as base:
        acta = levantar(paquete, base, cronica=Cronica(), imagenes=IMAGENES, limite_s=400)
    assert acta.hallazgos == [], str(acta)
    assert acta.fallos == 2
