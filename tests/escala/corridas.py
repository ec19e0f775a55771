"""The groups that are simulated, the loads that they are given, and what each came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.escala.modelo import Escenario, Grupo, Tiempos, Traza, experimento

VECES = (1, 10, 100, 300)
"""How many times experiment 1's load."""
SEGUNDOS, COMIENZA_S = 160.0, 10.0
NUCLEOS = 2.0
"""Workers that the database serves at once without slowing down."""


@dataclass(frozen=True)
class Corrida:
    """A group under a load, and what was seen of it.

    Attributes:
        carga: the load's name.
        grupo: the group's.
    """

    carga: str
    grupo: str
    traza: Traza


@dataclass(frozen=True)
class Plantilla:
    """A group as it is made.

    Attributes:
        inicial: how many workers it begins with.
        maximo: up to how many it is scaled; None where it is not.
        sana_s: after so long, somebody notices that a worker stands still, and has it replaced; None for nobody.
    """

    nombre: str
    inicial: int = 1
    maximo: int | None = None
    sana_s: float | None = None


GRUPOS = (*(Plantilla(f"{n} fixed", n) for n in (1, 2, 3)), Plantilla("1 to 3", maximo=3))
PARA_CARGAS = (*GRUPOS, Plantilla("1 to 8", maximo=8))
PARA_CONGELADOS = (*GRUPOS, Plantilla("1 to 3, healed", maximo=3, sana_s=30.0))


def cargas(tiempos: Tiempos, veces: Sequence[int] = VECES) -> list[Corrida]:
    """Every group under every load."""
    return [
        Corrida(f"{v} times ({v * 4000 / 60:,.0f}/s)", p.nombre, _correr(tiempos, p, v))
        for v in veces
        for p in PARA_CARGAS
    ]


def congelados(tiempos: Tiempos) -> list[Corrida]:
    """Experiment 1, in the middle of which the first worker stands still."""
    return [Corrida("once, a worker frozen", p.nombre, _correr(tiempos, p, 1, desde=30.0)) for p in PARA_CONGELADOS]


def _correr(tiempos: Tiempos, plantilla: Plantilla, veces: float, desde: float | None = None) -> Traza:
    congela = None
    if desde is not None:
        # Its replacement has to start, too.
        sana_s = SEGUNDOS if plantilla.sana_s is None else plantilla.sana_s + tiempos.arranque_s
        congela = (desde, desde + sana_s)
    escenario = Escenario(
        llegan=experimento(veces, comienza_s=COMIENZA_S),
        segundos=SEGUNDOS,
        trabajadores=plantilla.inicial,
        maximo=plantilla.maximo,
        congela=congela,
        nucleos=NUCLEOS,
    )
    return Grupo(tiempos, escenario).correr()


def filas(corridas: Sequence[Corrida]) -> list[str]:
    """What each came to, as the rows of the page's table."""
    return [
        f"| {c.carga} | {c.grupo} | {max(c.traza.trabajan)} | {c.traza.hechos:,} | {c.traza.esperan[-1]:,}"
        f" | {max(c.traza.esperan):,} | {c.traza.peor_s:,.1f} |"
        for c in corridas
    ]
