"""One run: a seeded scheduler decides what happens next, until all is at rest; then the auditor judges.

A schedule is a list of deeds, each with its own seed: it is repeated exactly, on any machine and under any hash seed,
and still means something with deeds left out. That is how a failing one is made smaller.
"""

import gc
import heapq
import math
import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tests.simulador.enjambre import ENTRE_HECHOS, Enjambre
from tests.simulador.faltas import GOLPES, dura_s
from tests.simulador.juicio import censo, juzgar
from tests.simulador.mundo import Imprevisto, Mundo
from tests.simulador.proceso import NUNCA

Hecho = tuple[str, int]

HECHOS = 4_000
HECHOS_POR_CLIENTE = 1_000
"""Most deeds of a run before the calm: the first, and so many more for each client."""
CALMA = 20_000
"""Most deeds after it: what is not at rest by then never will be."""
LATIDO_S = 10.0
"""Consumers look this often though there is nothing for them."""


@dataclass
class Resultado:
    """What a run came to.

    Attributes:
        enjambre: what it had.
        hechos: its schedule, as far as it was drawn.
        hallazgos: what was found, in words; the kind comes first.
        sagas: how many ran.
        horas: how long it took, in the world's own hours.
        cuentas: what happened, by its kind, faults included.
        censo: fates of commands, and ends of steps.
    """

    semilla: int
    enjambre: Enjambre
    hechos: list[Hecho]
    hallazgos: list[str] = field(default_factory=list)
    sagas: int = 0
    horas: float = 0.0
    cuentas: dict[str, int] = field(default_factory=dict)
    censo: Counter[str] = field(default_factory=Counter)

    @property
    def clase(self) -> frozenset[str]:
        """The kinds of what was found: a smaller schedule has to show one of them."""
        return frozenset(h.split(":", 1)[0] for h in self.hallazgos)


def correr(
    semilla: int,
    *,
    enjambre: Enjambre | None = None,
    hechos: Sequence[Hecho] | None = None,
    sin: Collection[str] = (),
) -> Resultado:
    """One run from its seed.

    Args:
        semilla: everything follows from it.
        enjambre: what it has, where that is known already: what is kept must not change with how it is drawn.
        hechos: a schedule: then exactly that one, until the calm.
        sin: subjects whose clients send nothing.
    """
    # A world is small, full of cycles, and gone as a whole: looking for garbage meanwhile takes a fifth of the time.
    recogia = gc.isenabled()
    gc.disable()
    try:
        return _correr(semilla, enjambre, hechos, sin)
    finally:
        if recogia:
            gc.enable()


def _correr(semilla: int, enjambre: Enjambre | None, hechos: Sequence[Hecho] | None, sin: Collection[str]) -> Resultado:
    azar = random.Random(semilla)
    sorteado = Enjambre.sortear(azar)
    mundo = Mundo(semilla, enjambre or sorteado, sin)
    resultado = Resultado(semilla, mundo.enjambre, [])
    try:
        if hechos is None:
            _Sorteo(mundo, azar, resultado.hechos).correr()
        else:
            for hecho in hechos:
                resultado.hechos.append(hecho)
                mundo.hacer(*hecho)
        mundo.amainar()
        atasco = acabar(mundo, random.Random(semilla + 1))
        resultado.hallazgos = [*([atasco] if atasco else []), *juzgar(mundo)]
    except Imprevisto as error:
        resultado.hallazgos = [f"IMPREVISTO: {error}"]
    resultado.hallazgos += [f"IMPREVISTO: {i}" for i in dict.fromkeys(mundo.imprevistos)]
    resultado.sagas = mundo.sagas()
    resultado.horas = mundo.reloj.segundos() / 3600
    resultado.cuentas = dict(mundo.cuentas)
    resultado.censo = censo(mundo)
    return resultado


class _Sorteo:
    """Draws deed after deed, until clients have said all and nothing is left to do."""

    def __init__(self, mundo: Mundo, azar: random.Random, dados: list[Hecho]) -> None:
        self._mundo = mundo
        self._azar = azar
        self._dados = dados
        self._agenda: list[tuple[float, int, str]] = []
        """Remedies, by when they are due."""
        self._orden = 0
        self._faltas = [f for f in ENTRE_HECHOS if mundo.enjambre.probabilidad(f)]
        self._pesos = [mundo.enjambre.probabilidad(f) for f in self._faltas]
        self._hasta_la_falta = self._sortear_falta()

    def correr(self) -> None:
        mundo, azar = self._mundo, self._azar
        for cual in mundo.lentos:
            self._hacer(f"detener {cual}")
        tope = HECHOS + HECHOS_POR_CLIENTE * mundo.enjambre.clientes
        while len(self._dados) < tope and not mundo.imprevistos:
            ahora = mundo.reloj.segundos()
            while self._agenda and self._agenda[0][0] <= ahora:
                self._hacer(heapq.heappop(self._agenda)[2])
            if mundo.muertos or mundo.sin_acuse:
                self._remediar_luego()
            if mundo.retenidos:
                self._soltar_luego()
            posible = mundo.posible(azar)
            if posible is not None:
                self._hacer(posible)
                self._hasta_la_falta -= 1
                if self._hasta_la_falta <= 0:
                    self._golpear()
            elif not self._dejar_pasar(ahora):
                return

    def _dejar_pasar(self, ahora: float) -> bool:
        """Until the next thing is due; False where all is over."""
        mundo = self._mundo
        if not self._agenda and (mundo.en_curso() is None or mundo.con_cartas()):
            return False
        siguiente = min(mundo.proximo, self._agenda[0][0] if self._agenda else NUNCA)
        if siguiente == NUNCA:
            return False
        self._hacer(pasar(mundo, siguiente - ahora))
        return True

    def _soltar_luego(self) -> None:
        """What slow topics hold back goes on after a while; then they stand still again."""
        mundo, azar = self._mundo, self._azar
        for cual in mundo.retenidos:
            quieto, libre = mundo.lentos[cual]
            cuando = mundo.reloj.segundos() + quieto * azar.random()
            self._apuntar(cuando, f"soltar {cual}")
            self._apuntar(cuando + libre * azar.random(), f"detener {cual}")
        mundo.retenidos.clear()

    def _remediar_luego(self) -> None:
        """Whoever died, of whatever deed, is started again after a while; a connection that lost something is made
        anew."""
        mundo = self._mundo
        for nombre in mundo.muertos:
            self._apuntar(mundo.reloj.segundos() + dura_s(self._azar), f"nacer {nombre}")
        for nombre, topico in mundo.sin_acuse:
            self._apuntar(mundo.reloj.segundos() + dura_s(self._azar), f"reconectar {nombre} {topico}")
        mundo.muertos.clear()
        mundo.sin_acuse.clear()

    def _golpear(self) -> None:
        mundo, azar = self._mundo, self._azar
        (falta,) = azar.choices(self._faltas, self._pesos)
        golpe = GOLPES[falta](mundo, azar)
        self._hacer(golpe.hecho)
        if golpe.remedio:
            self._apuntar(mundo.reloj.segundos() + golpe.dura_s, golpe.remedio)
        self._hasta_la_falta = self._sortear_falta()

    def _sortear_falta(self) -> float:
        """How many deeds from now the next fault strikes."""
        total = sum(self._pesos)
        return math.ceil(self._azar.expovariate(total)) if total else math.inf

    def _apuntar(self, cuando: float, hecho: str) -> None:
        self._orden += 1
        heapq.heappush(self._agenda, (cuando, self._orden, hecho))

    def _hacer(self, hecho: str) -> None:
        dado = hecho, self._azar.getrandbits(32)
        self._dados.append(dado)
        self._mundo.hacer(*dado)


def acabar(mundo: Mundo, azar: random.Random, hechos: int = CALMA) -> str | None:
    """Let everything come to its end, without faults; answers what never does."""

    def hacer(hecho: str) -> None:
        mundo.hacer(hecho, azar.getrandbits(32))

    for _ in range(hechos):
        if mundo.imprevistos:
            # It is a finding already, and may keep everything from its end.
            return None
        for nombre in list(mundo.muertos):
            # A message killed it; whoever looks after processes starts it again.
            mundo.muertos.remove(nombre)
            hacer(f"nacer {nombre}")
        posible = mundo.posible(azar)
        if posible is not None:
            hacer(posible)
            continue
        curso = mundo.en_curso()
        if curso is None:
            return None
        if con_cartas := mundo.con_cartas():
            hacer(f"cartas {con_cartas[0]}")
            continue
        if mundo.proximo == NUNCA:
            return f"ATASCADO: {curso}"
        hacer(pasar(mundo, mundo.proximo - mundo.reloj.segundos()))
    return f"ATASCADO: {mundo.en_curso()} after {hechos} deeds"


def pasar(mundo: Mundo, segundos: float) -> str:
    """The deed that lets time go by."""
    # Looks that come every half a second let no more go by at once, and consumers listen all the same.
    callados_s = segundos + mundo.reloj.segundos() - mundo.ultimo_latido
    con_latido = callados_s > LATIDO_S / 2 and mundo.con_latido()
    micros = math.ceil(1e6 * (min(LATIDO_S, segundos) if con_latido else segundos))
    return f"{'latido' if con_latido else 'tiempo'} {max(1, micros)}"
