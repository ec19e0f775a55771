"""How long a command waits for what it names (contract §3): until nothing that would make it known is on its way."""

import time
from dataclasses import dataclass

import structlog

from seedwork.aplicacion.espera import Aplazado, Creacion, Etapas
from seedwork.infraestructura.avance import Avance, Posicion, SinAvance

registro = structlog.get_logger(__name__)

ESPERA_S = 10.0
"""Seconds from a command's first delivery to its refusal, at least."""

_PRIMERA_S, _TOPE_S = 0.05, 2.0
_BREVE_S = 1.0
"""Most waits are over sooner: the broker is not asked about them."""
_NINGUNA: Posicion = (-1, -1)


@dataclass(slots=True)
class Espera:
    """A command's wait, in this process's hands.

    Attributes:
        etapas: the creations that may be on their way; what one stage makes sets off the next.
        desde: when it was first delivered, on the monotonic clock.
        etapa: the stage that it is at.
        no_antes: when that stage begins; the broker is not asked before.
        metas: where the stage's topics ended when it began; None before.
        vueltas: how often it was handled in vain.
    """

    etapas: Etapas
    desde: float
    no_antes: float
    etapa: int = 0
    metas: dict[Creacion, Posicion] | None = None
    vueltas: int = 0


class Esperas:
    """Begins waits, and says when they are over.

    Args:
        avance: asks the broker.
        espera_s: see :data:`ESPERA_S`; also what lies between two stages, for what the first one made to get about.
    """

    FRESCO_S = 0.25
    """For so long a consumer that had not come far enough is not asked again."""
    CALLADO_S = 5.0
    """After the broker did not answer, it is not asked for so long: the consumer has other things to do."""

    def __init__(self, avance: Avance, *, espera_s: float = ESPERA_S) -> None:
        self._avance = avance
        self._espera_s = espera_s
        self._callado_hasta = 0.0
        self._finales: dict[Creacion, tuple[float, Posicion]] = {}
        self._alcanzado: dict[Creacion, Posicion] = {}
        self._pendientes: dict[tuple[Creacion, Posicion], float] = {}

    def empezar(self, aplazado: Aplazado) -> Espera:
        """A command was left unhandled for the first time since this process has it."""
        ahora = time.monotonic()
        return Espera(aplazado.etapas, ahora - aplazado.segundos, ahora + _BREVE_S)

    def proxima(self, espera: Espera) -> float:
        """When it is to be handled again, on the monotonic clock."""
        ahora = time.monotonic()
        espera.vueltas += 1
        proxima = ahora + min(_TOPE_S, _PRIMERA_S * 2.0 ** min(espera.vueltas - 1, 16))
        fin = espera.desde + self._espera_s
        return min(proxima, fin) if fin > ahora else proxima

    def agotada(self, espera: Espera) -> bool:
        """Whether nothing that it waits for is on its way any more. It never is where the broker does not tell."""
        ahora = time.monotonic()
        if ahora < self._callado_hasta:
            return False
        try:
            self._avanzar(espera, ahora)
        except SinAvance as error:
            registro.warning("no se sabe si falta alguna creación por atender", error=str(error))
            self._callado_hasta = ahora + self.CALLADO_S
            return False
        return espera.etapa == len(espera.etapas) and ahora >= espera.desde + self._espera_s

    def _avanzar(self, espera: Espera, ahora: float) -> None:
        while espera.etapa < len(espera.etapas) and ahora >= espera.no_antes:
            if espera.metas is None:
                espera.metas = {c: self._ultimo(c, espera.no_antes) for c in espera.etapas[espera.etapa]}
            if not all(self._atendido(creacion, meta, ahora) for creacion, meta in espera.metas.items()):
                return
            espera.etapa += 1
            espera.metas = None
            espera.no_antes = ahora + self._espera_s

    def _ultimo(self, creacion: Creacion, desde: float) -> Posicion:
        """Where the topic ended at some instant since then: one answer serves all that waited before it was asked."""
        visto = self._finales.get(creacion)
        if visto is None or visto[0] < desde:
            ahora = time.monotonic()
            visto = self._finales[creacion] = ahora, self._avance.ultimo(creacion)
        return visto[1]

    def _atendido(self, creacion: Creacion, meta: Posicion, ahora: float) -> bool:
        """Whether the consumer came as far; one that did not is asked again after a moment."""
        if self._alcanzado.get(creacion, _NINGUNA) >= meta:
            return True
        asunto = creacion, meta
        if ahora - self._pendientes.get(asunto, 0.0) < self.FRESCO_S:
            return False
        if self._avance.atendido(creacion, meta):
            self._alcanzado[creacion] = meta
            self._pendientes.pop(asunto, None)
            return True
        self._pendientes = {a: t for a, t in self._pendientes.items() if ahora - t < self.FRESCO_S} | {asunto: ahora}
        return False
