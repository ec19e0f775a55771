"""A group of workers before a queue, moment by moment: what they hold, what waits, and how many the rule wants.

The rule is the platform's own (:mod:`seedwork.aplicacion.escala`), looked at every five seconds as its processes do;
what a batch takes is measured (``tests/carga/tiempos.py``). What is simulated is the queue, the workers' time, and a
database that serves so many of them at once.
"""

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from seedwork.aplicacion.escala import SIN_MEDIR, Carga, Faena, Llegadas, ajustar, necesarias
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.entrada.escala import OCUPADO_S
from seedwork.entrada.proceso import MEDIDA_S

MEDIDOS = Path(__file__).with_name("tiempos.json")
PASO_S = 0.01
LOTE = 500
"""Most messages in one transaction (LOTE)."""
DELANTE = 4 * 200
"""What is delivered to a worker ahead of its work, by the four partitions together (COLA)."""
OBJETIVO_S = 30.0


@dataclass(frozen=True)
class Tiempos:
    """What a batch takes one worker, alone on its database: so much, and so much more for each message.

    Attributes:
        base: the share of it that is the database's.
        arranque_s: from the wish for another worker until it consumes.
        abandono_s: after so long the broker gives a frozen worker up, and what it held to others.
    """

    fijo_s: float
    cada_s: float
    base: float
    arranque_s: float
    abandono_s: float

    @classmethod
    def medidos(cls) -> "Tiempos":
        """Those that were measured, and kept."""
        return cls(**json.loads(MEDIDOS.read_text("utf-8"))["tiempos"])


@dataclass(frozen=True, kw_only=True)
class Escenario:
    """What befalls the group.

    Attributes:
        llegan: messages a second at an instant.
        segundos: how long it is looked at.
        trabajadores: how many there are; where they are scaled, at first.
        maximo: up to how many they are scaled; None where they are not.
        congela: from when on, and until when, the first worker stands still.
        nucleos: workers that the database serves at once without slowing down.
    """

    llegan: Callable[[float], float]
    segundos: float
    trabajadores: int = 1
    maximo: int | None = None
    congela: tuple[float, float] | None = None
    nucleos: float = 2.0


@dataclass
class Traza:
    """What was seen, once a second, and in the end.

    Attributes:
        esperan: messages that no worker has done yet.
        edades: the oldest one's age, in seconds.
        trabajan: workers that consume.
        hechos: messages done.
        peor_s: the longest that one waited, from its arrival until it was done, or until the end.
    """

    esperan: list[int] = field(default_factory=list)
    edades: list[float] = field(default_factory=list)
    trabajan: list[int] = field(default_factory=list)
    hechos: int = 0
    peor_s: float = 0.0


Monton = deque[list[float]]
"""Messages by their arrival, oldest first: pairs of the instant, and of how many came then."""


def _tomar(de: Monton, cuantos: int) -> list[list[float]]:
    tomados: list[list[float]] = []
    while cuantos > 0 and de:
        instante, hay = de[0]
        toma = min(cuantos, int(hay))
        tomados.append([instante, toma])
        cuantos -= toma
        if toma == hay:
            de.popleft()
        else:
            de[0][1] = hay - toma
    return tomados


def _suma(monton: Sequence[Sequence[float]]) -> int:
    return int(sum(n for _, n in monton))


class _Trabajador:
    def __init__(self, desde_s: float) -> None:
        self.desde_s = desde_s
        self.delante: Monton = deque()
        self.lote: list[list[float]] = []
        self.propio_s = self.base_s = 0.0
        self.tope = LOTE
        self.faena = Faena()
        self.tardado_s = self.en_base_s = 0.0

    @property
    def tiene(self) -> int:
        return _suma(self.lote) + _suma(self.delante)

    def mas_antiguo(self) -> float | None:
        primeros = [m[0][0] for m in (self.lote, self.delante) if m]
        return min(primeros, default=None)


class Grupo:
    """The workers, what is before them, and who scales them."""

    def __init__(self, tiempos: Tiempos, escenario: Escenario) -> None:
        self._t = tiempos
        self._e = escenario
        self._cola: Monton = deque()
        self._trabajadores = [_Trabajador(0.0) for _ in range(escenario.trabajadores)]
        self._primero = self._trabajadores[0]
        self._ahora = 0.0
        self._fraccion, self._turno = 0.0, 0
        self._llegados = 0
        self._llegadas = Llegadas()
        self._rendimiento = SIN_MEDIR
        self._medida = Faena()
        self._deseados, self._con_falta = escenario.trabajadores, 0.0
        self._pasadas = Faena()
        self.traza = Traza()

    def correr(self) -> Traza:
        """From the beginning to the end."""
        pasos, por_segundo, por_mirada = (round(s / PASO_S) for s in (self._e.segundos, 1.0, MEDIDA_S))
        for paso in range(pasos):
            self._ahora = paso * PASO_S
            self._llegar()
            if paso % por_mirada == 0:
                self._mirar()
            self._repartir()
            self._trabajar()
            if paso % por_segundo == 0:
                self._apuntar()
        self.traza.peor_s = max(self.traza.peor_s, self._edad())
        return self.traza

    def _llegar(self) -> None:
        self._fraccion += self._e.llegan(self._ahora) * PASO_S
        nuevos = int(self._fraccion + 1e-6)
        self._fraccion -= nuevos
        if nuevos:
            self._cola.append([self._ahora, nuevos])
            self._llegados += nuevos

    def _congelado(self, trabajador: _Trabajador) -> bool:
        congela = self._e.congela
        return trabajador is self._primero and congela is not None and congela[0] <= self._ahora < congela[1]

    def _repartir(self) -> None:
        """The broker fills up what each has ahead, in turns; a frozen one's, too, until it is given up."""
        self._turno = (self._turno + 1) % len(self._trabajadores)
        for trabajador in [*self._trabajadores[self._turno :], *self._trabajadores[: self._turno]]:
            if self._congelado(trabajador):
                desde = self._e.congela[0] if self._e.congela else 0.0
                if self._ahora - desde < self._t.abandono_s:
                    self._dar(trabajador)
                elif trabajador.tiene:
                    # As they were before others in the queue.
                    devueltos = [*trabajador.lote, *trabajador.delante]
                    self._cola.extendleft(reversed(devueltos))
                    trabajador.lote, trabajador.delante = [], deque()
                    trabajador.propio_s = trabajador.base_s = 0.0
            elif trabajador.desde_s <= self._ahora:
                self._dar(trabajador)

    def _dar(self, trabajador: _Trabajador) -> None:
        entre = sum(t.desde_s <= self._ahora for t in self._trabajadores)
        cabe = DELANTE - _suma(trabajador.delante)
        trabajador.delante.extend(_tomar(self._cola, min(cabe, max(1, _suma(self._cola) // entre))))

    def _trabajar(self) -> None:
        activos = [t for t in self._trabajadores if t.desde_s <= self._ahora and not self._congelado(t)]
        # Whoever has work waits for the database in that share of its time: so many do at once, on average.
        a_la_vez = self._t.base * sum(1 for t in activos if t.tiene)
        parte = min(1.0, self._e.nucleos / a_la_vez) if a_la_vez else 1.0
        for t in activos:
            queda = PASO_S
            while queda > 1e-12 and t.tiene:
                if not t.lote:
                    self._empezar(t)
                queda -= self._seguir(t, queda, parte)

    def _empezar(self, t: _Trabajador) -> None:
        t.lote = _tomar(t.delante, t.tope)
        tarda = self._t.fijo_s + self._t.cada_s * _suma(t.lote)
        t.propio_s, t.base_s = tarda * (1 - self._t.base), tarda * self._t.base
        t.tardado_s = t.en_base_s = 0.0

    def _seguir(self, t: _Trabajador, queda: float, parte: float) -> float:
        """Work on a batch for so long at most; how long it was."""
        propio = min(queda, t.propio_s)
        en_base = min(queda - propio, t.base_s / parte)
        t.propio_s, t.base_s = t.propio_s - propio, t.base_s - en_base * parte
        t.tardado_s, t.en_base_s = t.tardado_s + propio + en_base, t.en_base_s + en_base
        if t.propio_s + t.base_s <= 1e-9:
            self._acabar(t)
        return propio + en_base

    def _acabar(self, t: _Trabajador) -> None:
        cuantos = _suma(t.lote)
        self.traza.hechos += cuantos
        self.traza.peor_s = max(self.traza.peor_s, self._ahora + PASO_S - t.lote[0][0])
        t.faena += Faena(cuantos, t.tardado_s, t.en_base_s)
        # A batch is to take a tenth of a second at most, and grows while it does not (tratamiento.py).
        caben = max(10, int(Ritmo.lote_s / self._t.cada_s))
        t.tope = min(LOTE, 2 * t.tope, caben if t.tardado_s > Ritmo.lote_s / 2 else LOTE)
        t.lote = []

    def _mirar(self) -> None:
        self._llegadas.anotar(self._ahora, {"todas": self._llegados})
        faena = sum((t.faena for t in self._trabajadores), self._pasadas)
        if (rendimiento := faena.rendimiento_desde(self._medida, OCUPADO_S)) is not None:
            self._rendimiento, self._medida = rendimiento, faena
        if self._e.maximo is None:
            return
        carga = Carga(self._llegadas.por_segundo, self._edad())
        faltan = necesarias(carga, self._rendimiento, objetivo_s=OBJETIVO_S, utiles=self._e.maximo)
        antes, sobran_s = self._deseados, self._ahora - self._con_falta
        self._deseados = ajustar(antes, faltan, sobran_s=sobran_s, rendimiento=self._rendimiento, utiles=self._e.maximo)
        if self._deseados != antes or faltan >= self._deseados:
            self._con_falta = self._ahora
        while len(self._trabajadores) < self._deseados:
            self._trabajadores.append(_Trabajador(self._ahora + self._t.arranque_s))
        while len(self._trabajadores) > self._deseados:
            ido = self._trabajadores.pop()
            # What it had is the broker's again.
            self._cola.extendleft(reversed([*ido.lote, *ido.delante]))
            self._pasadas += ido.faena

    def _edad(self) -> float:
        primeros = [i for t in self._trabajadores if (i := t.mas_antiguo()) is not None]
        primeros += [self._cola[0][0]] if self._cola else []
        return self._ahora - min(primeros, default=self._ahora)

    def _apuntar(self) -> None:
        self.traza.esperan.append(_suma(self._cola) + sum(t.tiene for t in self._trabajadores))
        self.traza.edades.append(self._edad())
        corren = [t for t in self._trabajadores if t.desde_s <= self._ahora and not self._congelado(t)]
        self.traza.trabajan.append(len(corren))


def experimento(veces: float, *, comienza_s: float = 0.0) -> Callable[[float], float]:
    """Experiment 1's load: 1,000 threads begin within 60 s, each with 4 commands; or so many times as many."""
    return lambda t: veces * 4000 / 60 if comienza_s <= t < comienza_s + 60 else 0.0
