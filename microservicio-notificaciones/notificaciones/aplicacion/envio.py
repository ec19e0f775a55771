"""A delivery: what it takes to bring one notification to its client, and how long that is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from saga.pasos import Saga
from seedwork.aplicacion.reintentos import pausa
from seedwork.aplicacion.sobre import Sobre

HOLGURA = 0.2
"""By this part of what one attempt may take, the last one begins sooner than it could: it waits for a sender."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Politica:
    """How long a delivery is tried.

    Attributes:
        plazo_s: seconds from the notification's creation to the end of its last attempt.
        espera_s: seconds that one attempt may take.
        pausa_s: seconds before the first repeat; each further one waits twice as long, give or take a fifth.
        tope_s: the longest pause.
    """

    plazo_s: float
    espera_s: float
    pausa_s: float
    tope_s: float = 10.0

    def pausa(self, intentos: int, azar: Random) -> timedelta:
        """How long to wait after this many attempts."""
        return timedelta(seconds=pausa(intentos, self.pausa_s, self.tope_s, azar))

    @property
    def ultimo_s(self) -> float:
        """Seconds from its creation to the last instant at which a repeat can begin, and still end in time."""
        return self.plazo_s - self.espera_s

    @property
    def final_s(self) -> float:
        """Seconds from its creation to its last attempt, if all before fail: a little sooner than it could begin."""
        return self.ultimo_s - self.espera_s * HOLGURA

    def cabe(self, creado: datetime, empieza: datetime) -> bool:
        """Whether a repeat that begins then ends in time."""
        return empieza <= creado + timedelta(seconds=self.ultimo_s)

    def proximo(self, creado: datetime, ahora: datetime, intentos: int, azar: Random) -> datetime | None:
        """When to try again after this many attempts; None where no time is left.

        No time goes unused: where the pause would lead past the end, there is one more attempt shortly before it.
        """
        final = creado + timedelta(seconds=self.final_s)
        return min(ahora + self.pausa(intentos, azar), final) if ahora < final else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Envio:
    """One delivery that is not over. It alone holds personal data, and it is deleted when it ends.

    Attributes:
        saga: the saga of the fact that is told.
        paso: the saga's step that its outcome answers; None for none.
        sobre: the envelope of the fact, which causes what is published of the outcome.
        nombre: the client's name; empty where what was given looks like none.
        direccion: the client's address on the channel.
        datos: what the template asks for.
        creado: when it became due, on the database's clock.
        leido: the database's clock when this was read.
        intentos: attempts begun.
        tomado_hasta: until when a sender holds it; None for none.
        anular: whether its saga was closed while a sender held it.
    """

    id_notificacion: str
    tipo: str
    saga: Saga
    paso: str | None
    sobre: Sobre
    nombre: str
    direccion: str
    datos: Mapping[str, str]
    creado: datetime
    leido: datetime
    intentos: int = 0
    tomado_hasta: datetime | None = None
    anular: bool = False

    @property
    def tomado(self) -> bool:
        """Whether a sender holds it."""
        return self.tomado_hasta is not None and self.tomado_hasta > self.leido


@dataclass(frozen=True, kw_only=True, slots=True)
class Correo:
    """What a channel delivers.

    Attributes:
        id: the notification's; a letter that is sent twice bears it twice.
        fecha: when it was written.
    """

    id: str
    nombre: str
    direccion: str
    asunto: str
    cuerpo: str
    fecha: datetime
