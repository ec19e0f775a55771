"""What a run's faults are, and how the scheduler lets them strike: each is a deed, and most have a remedy later on."""

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.simulador.enjambre import SERVICIOS
from tests.simulador.mundo import Mundo

SALTOS_S = (3_600, 86_400, 31 * 86_400)
"""How far the time of all jumps: everything was suspended meanwhile."""


class Golpe(NamedTuple):
    """A fault that strikes.

    Attributes:
        hecho: the deed.
        remedio: the deed that ends it; None where it ends by itself.
        dura_s: until then.
    """

    hecho: str
    remedio: str | None = None
    dura_s: float = 0.0


def dura_s(azar: random.Random) -> float:
    """How long something lasts: mostly moments, sometimes longer than a saga's deadline."""
    return azar.choice((0.05, 0.5, 5.0, 30.0, 150.0)) * azar.random()


def _de_servicio(verbo: str) -> Callable[[Mundo, random.Random], Golpe]:
    return lambda _mundo, azar: Golpe(f"{verbo} {azar.choice(SERVICIOS)}")


def _de_topico(verbo: str) -> Callable[[Mundo, random.Random], Golpe]:
    def golpe(mundo: Mundo, azar: random.Random) -> Golpe:
        servicio = azar.choice(SERVICIOS)
        return Golpe(f"{verbo} {azar.choice(mundo.fichas[servicio].topicos)} {servicio}")

    return golpe


def _base(_mundo: Mundo, azar: random.Random) -> Golpe:
    servicio = azar.choice(SERVICIOS)
    return Golpe(f"base_ausente {servicio}", f"base_presente {servicio}", dura_s(azar))


def _proceso(verbo: str) -> Callable[[Mundo, random.Random], Golpe]:
    return lambda mundo, azar: Golpe(f"{verbo} {azar.choice(list(mundo.procesos))}")


GOLPES: Mapping[str, Callable[[Mundo, random.Random], Golpe]] = {
    "caida": _proceso("caida"),
    "congelar": _proceso("congelar"),
    "base_ausente": _base,
    "broker_ausente": lambda _mundo, azar: Golpe("broker ausente", "broker presente", dura_s(azar)),
    "desalojo": _de_topico("desalojo"),
    "expulsion": _de_topico("expulsion"),
    "repetir": _de_topico("repetir"),
    "olvidar_acuses": _de_topico("olvidar_acuses"),
    "salto": lambda _mundo, azar: Golpe(f"salto {azar.choice(SALTOS_S)}"),
    "cartas": _de_servicio("cartas"),
    "retirar_plan": lambda _mundo, _azar: Golpe("retirar pro-anual"),
}
"""By the fault's name in :data:`tests.simulador.enjambre.ENTRE_HECHOS`."""
