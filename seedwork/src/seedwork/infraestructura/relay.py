"""The relay: takes what was committed to the outbox to the broker, in order, and marks it as sent.

One relay leads at a time; others stand by. The leader always starts with the oldest rows that are not sent, so nothing
is missed however late a transaction commits; it may repeat what it sent just before it died, and consumers recognise a
repeat. So may one that stood still for so long that another leads by now: the round that it had in hand is no later
than what that one sends, and it begins none before it has found out (ADR 22).
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

import structlog

from seedwork.aplicacion import trazas
from seedwork.aplicacion.broker import Salida, SinConfirmacion
from seedwork.aplicacion.outbox import Outbox, PorEnviar, SinOutbox
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.infraestructura import cloudevents
from seedwork.infraestructura.metricas import OUTBOX_ENVIADOS

log = structlog.get_logger(__name__)

_MIRADA_S = 0.2
_DESPEDIDA_S = 2.0


class _Ronda:
    """Rows that were handed to the broker, and what it has said about them so far, on whatever thread."""

    def __init__(self, filas: Sequence[PorEnviar]) -> None:
        self.filas = filas
        self.topicos = list(dict.fromkeys(f.topico for f in filas))
        self.confirmadas: list[int] = []
        self.errores: list[SinConfirmacion] = []
        self.acabada = threading.Event()
        self._tramos: dict[int, trazas.Tramo] = {}

    def seguir(self, fila: PorEnviar) -> Mapping[str, str]:
        """The properties that a row goes with: a message whose trace is kept says the span of its publishing."""
        self._tramos[fila.id], propiedades = cloudevents.seguir(fila.propiedades, fila.topico)
        return propiedades

    def anotar(self, id: int, error: SinConfirmacion | None) -> None:
        if self._tramos:
            self._tramos[id].terminar(error="" if error is None else type(error).__name__)
        if error is None:
            self.confirmadas.append(id)
        else:
            self.errores.append(error)
        if len(self.confirmadas) + len(self.errores) == len(self.filas):
            self.acabada.set()


class Relay:
    """Runs until it is told to stop; trouble with broker or database is waited out.

    Args:
        outbox: the service's own.
        salida: with no send timeout, so that what is pending stays in order through a lost connection.
        tope: rows sent per round.
        sondeo: seconds between looks, should the bell get lost; between attempts to take the lead; and after trouble.
    """

    def __init__(self, outbox: Outbox, salida: Salida, *, tope: int = 1000, sondeo: float = Ritmo.sondeo_s) -> None:
        self._outbox = outbox
        self._salida = salida
        self._tope = tope
        self._sondeo = sondeo
        self._ronda: _Ronda | None = None
        self._al_dia = False
        self._dirige = False
        self._espera_por: Exception | None = None

    @property
    def dirige(self) -> bool:
        """Whether it leads, as far as it knows; else it stands by, or is in trouble."""
        return self._dirige

    @property
    def espera_por(self) -> Exception | None:
        """The trouble of broker or database that it waits out; None when it waits for none."""
        return self._espera_por

    @property
    def aguarda(self) -> bool:
        """Whether it waits for the broker's answer: until then, a step does nothing but keep the lead."""
        return self._ronda is not None and not self._ronda.acabada.is_set()

    def correr(self, parada: threading.Event) -> None:
        """Relay until ``parada`` is set; what is on its way then has two seconds to arrive."""
        try:
            while not parada.is_set():
                self._reposar(self.vuelta(), parada)
            if self._ronda is not None:
                self._ronda.acabada.wait(_DESPEDIDA_S)
                with suppress(SinOutbox):
                    self._marcar(self._ronda.confirmadas)
        finally:
            self._outbox.soltar()

    def vuelta(self) -> float:
        """One step: hand the oldest rows to the broker; where some are on their way, mark them once it has answered.

        Returns:
            After how many seconds the next step is worth it, unless the outbox's bell or the broker's answer is heard
            before.
        """
        self._al_dia = False
        try:
            return self._empezar() if self._ronda is None else self._acabar(self._ronda)
        except (SinConfirmacion, SinOutbox) as error:
            return self._tropezar(error)

    def _empezar(self) -> float:
        if not self._dirigir():
            return self._descansar(al_dia=False)
        filas = self._outbox.pendientes(self._tope)
        if not filas:
            return self._descansar()
        self._enviar(_Ronda(filas))
        return _MIRADA_S

    def _enviar(self, ronda: _Ronda) -> None:
        for topico in ronda.topicos:
            # All of them first: a round that is broken off in its middle would be sent again as a whole.
            self._salida.preparar(topico)
        try:
            seguida = trazas.hay()
            for fila in ronda.filas:
                self._salida.enviar(
                    fila.topico,
                    fila.carga,
                    ronda.seguir(fila) if seguida else fila.propiedades,
                    fila.clave,
                    partial(ronda.anotar, fila.id),
                    retraso_s=fila.retraso_s,
                )
        except SinConfirmacion:
            self._descartar(ronda)
            # What got there need not be sent again: a long round among many refusals would never come to its end.
            self._marcar(list(ronda.confirmadas))
            raise
        for topico in ronda.topicos:
            self._salida.despachar(topico)
        self._ronda = ronda

    def _acabar(self, ronda: _Ronda) -> float:
        if not ronda.acabada.is_set():
            if self._dirigir():
                return _MIRADA_S
            # Another one sends all of it anew: what is still on its way here would only be repeats.
            self._ronda = None
            self._descartar(ronda)
            return self._descansar(al_dia=False)
        self._ronda = None
        self._marcar(ronda.confirmadas)
        if ronda.errores:
            self._descartar(ronda)
            raise SinConfirmacion(f"{len(ronda.errores)} mensajes del outbox: {ronda.errores[0]}")
        if len(ronda.filas) < self._tope:
            # What was committed meanwhile has rung the bell.
            return self._descansar()
        self._espera_por = None
        return 0.0

    def _dirigir(self) -> bool:
        dirige = self._outbox.dirigir()
        if dirige != self._dirige:
            log.info("relay al mando" if dirige else "relay a la espera")
        self._dirige = dirige
        return dirige

    def _marcar(self, ids: Sequence[int]) -> None:
        if ids:
            self._outbox.marcar(ids)
            OUTBOX_ENVIADOS.inc(len(ids))

    def _descartar(self, ronda: _Ronda) -> None:
        for topico in ronda.topicos:
            self._salida.descartar(topico)

    def _descansar(self, *, al_dia: bool = True) -> float:
        self._espera_por = None
        self._al_dia = al_dia
        return self._sondeo

    def _tropezar(self, error: Exception) -> float:
        """Begin anew after a while. Its text quotes nothing, and names the topic where one is to blame."""
        log.warning("relay en espera", error=str(error))
        self._espera_por = error
        self._dirige = False
        self._outbox.soltar()
        return self._sondeo

    def _reposar(self, segundos: float, parada: threading.Event) -> None:
        if self._ronda is not None:
            self._ronda.acabada.wait(segundos)
        elif not self._al_dia:
            parada.wait(segundos)
        else:
            try:
                self._outbox.aguardar(segundos)
            except SinOutbox as error:
                parada.wait(self._tropezar(error))
