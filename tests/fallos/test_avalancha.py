"""A small flood of commands that wait, and the judgement of what became of them. `make avalancha` is the large one."""

import pytest
from rich.console import Console
from tests.auditor.hallazgos import Clase
from tests.fallos import avalancha
from tests.fallos.acta import Acta, levantar
from tests.fallos.avalancha import Cronica, Destino, Fase, Orden
from tests.fallos.cimiento import cimiento
from tests.fallos.medidas import Medida

COMANDOS = 1_000
DESCONOCIDA = "SUSCRIPCION_DESCONOCIDA"


# In the long tier, since it waits out the patience of thousands of commands. In `make test`, that one waits, is refused
# and outlives its process is proved by `seedwork/tests/integracion/test_esperas.py`.
@pytest.mark.integracion
@pytest.mark.largo
@pytest.mark.timeout(600)
def test_las_que_esperan_acaban_todas_una_vez() -> None:
    cronica = Cronica()
    # On servers of its own: what it leaves on the topics is in no database that the others' auditor reads.
    with cimiento(Console(stderr=True), de_paso=True) as base:
        acta = levantar(avalancha.avalancha, base, cronica=cronica, comandos=COMANDOS, sondas=20, limite_s=400)
    assert acta.hallazgos == [], str(acta)
    assert (cronica.rechazados, len(cronica.rondas), acta.fallos) == (2 * COMANDOS, 2, 1)
    assert 0 < cronica.al_morir <= COMANDOS


ORDENES = [Orden(f"c{n}", f"nadie-{n}", 100.0) for n in range(3)]
BIEN = {o.id: Destino("RECHAZADO", DESCONOCIDA, 110.5) for o in ORDENES}
DICHOS = {o.sujeto: {f"e-{o.id}": DESCONOCIDA} for o in ORDENES}


def test_lo_que_acaba_por_la_regla_no_se_halla() -> None:
    assert avalancha.juzgar(acta := Acta("avalancha"), ORDENES, BIEN, DICHOS) == 0
    assert acta.hallazgos == []


@pytest.mark.parametrize(
    ("destinos", "dichos", "clase", "que"),
    [
        ({"c1": None}, {}, Clase.PERDIDO, "no fate"),
        ({"c1": Destino("APLICADO", None, 111)}, {}, Clase.OTRO, "another fate"),
        ({"c1": Destino("RECHAZADO", "DATOS_INVALIDOS", 111)}, {}, Clase.OTRO, "another fate"),
        ({"c1": Destino("RECHAZADO", DESCONOCIDA, 109.9)}, {}, Clase.OTRO, "refused within 10 s"),
        ({}, {"nadie-1": {}}, Clase.PERDIDO, "no event"),
        ({}, {"nadie-1": {"e1": DESCONOCIDA, "e2": DESCONOCIDA}}, Clase.DOBLADO, "told of twice"),
        ({}, {"nadie-1": {"e1": "DATOS_INVALIDOS"}}, Clase.OTRO, "told of with another reason"),
    ],
)
def test_lo_que_no_se_halla(
    destinos: dict[str, Destino | None], dichos: dict[str, dict[str, str]], clase: Clase, que: str
) -> None:
    vistos = {id: d for id, d in (BIEN | destinos).items() if d is not None}
    assert avalancha.juzgar(acta := Acta("avalancha"), ORDENES, vistos, DICHOS | dichos) == 1
    assert [h.clase for h in acta.hallazgos] == [clase]
    assert que in acta.hallazgos[0].que


@pytest.mark.parametrize(("segunda", "hallazgos"), [(85.0, 0), (95.0, 1)])
def test_la_memoria_de_la_segunda_vez(segunda: float, hallazgos: int) -> None:
    def fase(nombre: str, *propias: float) -> Fase:
        return Fase(nombre, medidas=[Medida(propia=mb, rss=100, pss=90, hilos=9, descriptores=9) for mb in propias])

    cronica = Cronica(
        [fase("round 1 comes in", 60, 80), fase("round 1 waits", 50, 70), fase("round 2 waits", 70, segunda)]
    )
    avalancha.juzgar_memoria(acta := Acta("avalancha"), cronica)
    assert len(acta.hallazgos) == hallazgos
