"""A small burst against a cut deadline, on the real platform. `make rafaga` is the large one, with the real deadline.

In the long tier, since all of it takes a platform of its own, and a minute of work that has to take so long.
"""

import pytest
from rich.console import Console
from tests.fallos.acta import levantar
from tests.fallos.cimiento import cimiento
from tests.fallos.rafaga import Cronica, rafaga

PLAZO_S = 20.0
"""Half of this is how long a participant may take over an answer: a busy machine does not stand still for so long."""
SUSCRIPCIONES = 600
DEMORA_S = 0.5
"""With eight letters at a time, the last of 600 leaves after 37 s at the earliest."""


@pytest.mark.integracion
@pytest.mark.largo
@pytest.mark.timeout(600)
def test_quien_espera_su_turno_mas_que_el_plazo_acaba_activa() -> None:
    cronica = Cronica()
    # On servers of its own: what it leaves on the topics is in no database that the others' auditor reads.
    with cimiento(Console(stderr=True), de_paso=True) as base:
        acta = levantar(
            rafaga,
            base,
            cronica=cronica,
            suscripciones=SUSCRIPCIONES,
            limite_s=400,
            plazo_s=PLAZO_S,
            demora_s=DEMORA_S,
        )
    assert acta.hallazgos == [], str(acta)
    assert cronica.activas == SUSCRIPCIONES
    assert cronica.esperas_s[-1] > 1.5 * PLAZO_S, "or it proves nothing"
