"""How long a command waits for what it names (contract §3): until nothing that would make it known is on its way.

Nothing is kept of any command. Of each creation that commands wait for, this keeps at which instants its topic was
asked for its end, and which of these ends its consumer has come to: a command that was first delivered at some instant
has nothing of it to wait for any more once the consumer has come to where the topic ended at that instant or later.
"""

import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from seedwork.aplicacion.broker import Avance, Lugares, Marcha, SinAvance
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.espera import Creacion, Etapas
from seedwork.aplicacion.reintentos import creciente, pausa

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Espera:
    """How long commands wait, and how often they are looked at; all times are in seconds.

    Attributes:
        minimo_s: from a command's first delivery to its refusal, at least.
        entre_s: what lies between two stages, for what the first one made to get about: it may lie in an outbox for as
            long as a frozen relay holds that up (contract §5: 15 s), and then has to be published.
        primera_s: until a command is looked at again; each further time it takes twice as long, give or take a fifth.
        tope_s: the longest such pause.
        cola_s: likewise, for those that wait for nothing but their turn.
        tic_s: by so much the broker may be early.
        breve_s: most waits are over sooner; the broker is not asked about them.
        consulta_s: between two questions to the broker.
        callado_s: after it did not answer, it is not asked for so long.
        interes_s: after nobody has waited for a creation for so long, it is not asked about any more; longer than any
            pause.
    """

    minimo_s: float = 10.0
    entre_s: float = 20.0
    primera_s: float = 1.0
    tope_s: float = 30.0
    cola_s: float = 4.0
    tic_s: float = 1.0
    breve_s: float = 1.0
    consulta_s: float = 0.25
    callado_s: float = 5.0
    interes_s: float = 120.0

    def pausa(self, vuelta: int, segundos: float, azar: random.Random, *, en_cola: bool) -> float:
        """Seconds until a command is looked at again; once, right when its ``minimo_s`` are over.

        Those that wait for nothing but their turn are all looked at together.

        Args:
            vuelta: how often it was made to wait, this time included.
            segundos: since its first delivery.
            en_cola: whether it waits for nothing but its turn.
        """
        if en_cola:
            return creciente(vuelta, self.primera_s, min(self.cola_s, self.tope_s))
        propia, falta = pausa(vuelta, self.primera_s, self.tope_s, azar), self.minimo_s - segundos
        return falta + self.tic_s if 0 < falta <= propia + self.tic_s else propia


_MEMORIA = 512
"""Most instants that are kept of one creation."""


@dataclass(slots=True)
class _Historia:
    """What the broker told of one creation, oldest first.

    Attributes:
        interesa: when somebody last asked for it.
        no_antes: when the broker may be asked again.
        pendientes: at which instants it was asked, and where the topic ended then; the consumer has not come there.
        alcanzadas: those instants whose end it has come to, each with the one when that was found out. It is replaced,
            never changed: others read it meanwhile.
    """

    interesa: float
    no_antes: float = 0.0
    pendientes: list[tuple[float, Lugares]] = field(default_factory=list)
    alcanzadas: Sequence[tuple[float, float]] = ()

    def atendida(self, desde: float) -> float | None:
        """When it was found out that the consumer had come to where the topic ended then or later; None if it was not.

        Where the exact instant was forgotten, the next later one counts: that only takes longer.
        """
        alcanzadas = self.alcanzadas
        i = bisect_left(alcanzadas, (desde, 0.0))
        return alcanzadas[i][1] if i < len(alcanzadas) else None

    def anotar(self, preguntada: float, marcha: Marcha, ahora: float) -> None:
        """Take in what the broker told when it was asked then."""
        if self.pendientes and self.pendientes[-1][1] == marcha.ultimo:
            # Nothing was published meanwhile: what holds of the later instant holds of the earlier one.
            self.pendientes.pop()
        self.pendientes.append((preguntada, marcha.ultimo))
        nuevas = [(instante, ahora) for instante, final in self.pendientes if marcha.llega_a(final)]
        del self.pendientes[: len(nuevas)]
        self.alcanzadas = [*self.alcanzadas, *nuevas][-_MEMORIA:]
        if len(self.pendientes) > _MEMORIA:
            # The consumer is far behind: the instants that are kept lie evenly over all that time, ever further apart.
            instantes = [instante for instante, _ in self.pendientes]
            huecos = [b - a for a, b in zip(instantes, instantes[2:], strict=False)]
            del self.pendientes[1 + huecos.index(min(huecos))]


class PacienciaSegunAvance:
    """Says when waits are over, by what :meth:`vuelta` has found out. Its other methods ask nobody.

    Several threads may use it: one calls :meth:`vuelta`, any of them the others.

    Args:
        avance: the broker.
        entorno: its monotonic clock and its chance.
        espera: how long, and how often.
    """

    def __init__(self, avance: Avance, entorno: Entorno, espera: Espera | None = None) -> None:
        self._avance = avance
        self._entorno = entorno
        self._espera = espera or Espera()
        self._historias: dict[Creacion, _Historia] = {}

    def agotada(self, etapas: Etapas, segundos: float) -> bool:
        """Whether nothing that it waits for is on its way any more. It never is where the broker does not tell."""
        ahora, espera = self._entorno.monotono(), self._espera
        if segundos < espera.breve_s:
            return False
        historias = [[self._historia(creacion, ahora) for creacion in etapa] for etapa in etapas]
        desde = ahora - segundos
        for etapa in historias:
            halladas = [h for historia in etapa if (h := historia.atendida(desde)) is not None]
            if len(halladas) < len(etapa):
                return False
            # What this stage made may still be on its way to the next one.
            desde = max(halladas, default=desde) + espera.entre_s
        return segundos >= espera.minimo_s

    def pausa(self, vuelta: int, segundos: float, *, en_cola: bool) -> float:
        """Seconds until a command is to come again."""
        return self._espera.pausa(vuelta, segundos, self._entorno.azar, en_cola=en_cola)

    def vuelta(self) -> None:
        """Ask the broker what is of interest, if it is time. Takes as long as the broker does; raises nothing of it."""
        for creacion, historia in self._interesantes():
            preguntada = self._entorno.monotono()
            if preguntada < historia.no_antes:
                continue
            try:
                marcha = self._avance.mirar(creacion.mensaje.topico, creacion.consumidor)
            except SinAvance as error:
                log.warning("no se sabe si falta alguna creación por atender", error=str(error))
                historia.no_antes = self._entorno.monotono() + self._espera.callado_s
                continue
            ahora = self._entorno.monotono()
            historia.anotar(preguntada, marcha, ahora)
            historia.no_antes = preguntada + self._espera.consulta_s

    def _historia(self, creacion: Creacion, ahora: float) -> _Historia:
        historia = self._historias.setdefault(creacion, _Historia(ahora))
        historia.interesa = ahora
        return historia

    def _interesantes(self) -> Sequence[tuple[Creacion, _Historia]]:
        limite = self._entorno.monotono() - self._espera.interes_s
        return [(c, h) for c, h in list(self._historias.items()) if h.interesa >= limite]
