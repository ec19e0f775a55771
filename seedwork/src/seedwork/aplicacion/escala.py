"""How many instances of a service are wanted: a rule over what was measured (contract §7).

It knows neither broker nor database; who measures, and who keeps what was measured, stands in the layers above.
"""

import math
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from contratos.base import Mensaje

BAJADA_S = 300.0
"""Seconds that one instance more than needed is kept, before one is let go."""
LLEGADAS_S = 15.0
"""Seconds over which arrivals are counted: some looks long, so that one full batch is no flood."""
CUELLO = 0.9
"""From this share of its busy time on that an instance waits for the database, another one would only wait, too."""


@dataclass(frozen=True, slots=True)
class Rendimiento:
    """What an instance of the service does while it is busy.

    Attributes:
        ritmo: messages that it handles in a busy second; more than 0.
        base: the share of its busy time, 0 to 1, that it waits for the database.
    """

    ritmo: float
    base: float


SIN_MEDIR = Rendimiento(ritmo=1.0, base=0.0)
"""What is taken for it where none was ever measured."""


@dataclass(frozen=True, slots=True)
class Carga:
    """What a service has to do.

    Attributes:
        llegan: messages a second that arrive.
        edad_s: the age of the oldest one that is not acknowledged; 0 for none.
    """

    llegan: float
    edad_s: float


def necesarias(carga: Carga, rendimiento: Rendimiento, *, objetivo_s: float, utiles: int) -> int:
    """How many instances this takes: what keeps up with what arrives, and the more, the longer the oldest has waited.

    Args:
        objetivo_s: an age at which twice as many are wanted.
        utiles: more than so many would have nothing to do.
    """
    cuantas = carga.llegan / rendimiento.ritmo * (1 + carga.edad_s / objetivo_s)
    # What is beyond all measure need not be rounded.
    return max(1, math.ceil(min(cuantas, utiles)))


@dataclass(frozen=True, slots=True)
class Debido:
    """What waits in a service's own queues, where it arrives in no measure.

    Attributes:
        filas: how many are due and in nobody's hands.
        edad_s: since when the first of them is; 0 for none.
    """

    filas: int = 0
    edad_s: float = 0.0


def necesarias_para(debido: Debido, *, objetivo_s: float, utiles: int) -> int:
    """How many instances that takes, likewise: a service has such queues for what takes long, so one of them is taken
    to do one in a second, and all are to be done within ``objetivo_s``."""
    carga = Carga(debido.filas / objetivo_s, debido.edad_s)
    return necesarias(carga, SIN_MEDIR, objetivo_s=objetivo_s, utiles=utiles)


def ajustar(actuales: int, hacen_falta: int, *, sobran_s: float, rendimiento: Rendimiento, utiles: int) -> int:
    """How many are wanted from now on.

    It rises at once, unless the database is what holds them all up; it falls by one at a time.

    Args:
        actuales: how many were wanted until now.
        hacen_falta: what :func:`necesarias` says.
        sobran_s: since when fewer than ``actuales`` are needed, or since one was last let go.
        utiles: as there; it may have been lowered since.
    """
    actuales = min(actuales, utiles)
    if hacen_falta > actuales:
        return actuales if rendimiento.base >= CUELLO else hacen_falta
    if hacen_falta < actuales and sobran_s >= BAJADA_S:
        return actuales - 1
    return actuales


def utiles(tipos: Collection[type[Mensaje]], maximo: int) -> int:
    """How many instances can have something to do: a topic that is kept in order, or a part of one, has one at a time.

    Args:
        tipos: what the service hears.
        maximo: how many there may be at all.
    """
    if any(tipo.entrega == "compartida" for tipo in tipos):
        return maximo
    return min(maximo, sum(max(1, tipo.particiones) for tipo in tipos))


class Llegadas:
    """How many messages a second arrive of late, by counters that rise until whoever keeps them begins anew.

    Args:
        ventana_s: seconds over which they are counted.
    """

    def __init__(self, ventana_s: float = LLEGADAS_S) -> None:
        self._ventana_s = ventana_s
        self._contadores: dict[str, tuple[float, int]] = {}
        self._total = 0
        self._miradas: deque[tuple[float, int]] = deque()

    def anotar(self, ahora: float, contadores: Mapping[str, int]) -> None:
        """Take in what was counted.

        Args:
            ahora: when, in seconds.
            contadores: by topic, or by part of one, how many there were ever since its counter began. One that was not
                there before has begun to be looked at: what it had counted by then did not arrive now. One that was
                silent for some looks tells what came in all that time: only the last of it came of late.
        """
        ultima = self._miradas[-1][0] if self._miradas else ahora
        for cual, cuenta in contadores.items():
            vista, antes = self._contadores.get(cual, (ahora, cuenta))
            llegaron = cuenta - antes if cuenta >= antes else cuenta
            if vista < ultima:
                llegaron = round(llegaron * min(1.0, self._ventana_s / (ahora - vista)))
            self._total += llegaron
            self._contadores[cual] = (ahora, cuenta)
        self._miradas.append((ahora, self._total))
        while len(self._miradas) > 2 and self._miradas[1][0] <= ahora - self._ventana_s:
            self._miradas.popleft()

    @property
    def sabe(self) -> bool:
        """Whether it was looked at more than once."""
        return len(self._miradas) > 1

    @property
    def por_segundo(self) -> float:
        """Over these seconds, or since the last look but one where that is longer ago; 0 before a second look."""
        if len(self._miradas) < 2:
            return 0.0
        (desde, antes), (hasta, ahora) = self._miradas[0], self._miradas[-1]
        return (ahora - antes) / (hasta - desde) if hasta > desde else 0.0


@dataclass(slots=True)
class Faena:
    """What was worked so far.

    Attributes:
        mensajes: how many were done with, of those that arrived on the service's own topics.
        ocupado_s: the seconds that it took, of all threads together.
        base_s: of these, those of waiting for the database.
    """

    mensajes: int = 0
    ocupado_s: float = 0.0
    base_s: float = 0.0

    def __add__(self, otra: "Faena") -> "Faena":
        return Faena(self.mensajes + otra.mensajes, self.ocupado_s + otra.ocupado_s, self.base_s + otra.base_s)

    def rendimiento_desde(self, antes: "Faena", minimo_s: float) -> Rendimiento | None:
        """What was done in each busy second since then; None where that is too little to tell.

        Args:
            minimo_s: so many busy seconds tell.
        """
        mensajes, ocupado = self.mensajes - antes.mensajes, self.ocupado_s - antes.ocupado_s
        if mensajes <= 0 or ocupado <= 0 or ocupado < minimo_s:
            return None
        return Rendimiento(mensajes / ocupado, min(1.0, (self.base_s - antes.base_s) / ocupado))
