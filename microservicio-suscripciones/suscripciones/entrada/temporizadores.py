"""The durable timers: the saga's deadlines, and the renewals. What is due stands in the database, on its clock."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from contratos.sagas import TransicionSaga
from seedwork.aplicacion.broker import Avance
from seedwork.aplicacion.puesta_al_dia import PuestaAlDia
from seedwork.aplicacion.unidad import Abrir
from seedwork.infraestructura.bd import es_de_infraestructura
from suscripciones import NOMBRE
from suscripciones.aplicacion import decision
from suscripciones.aplicacion.puertos import Unidad, Vencido, Vencimientos
from suscripciones.aplicacion.reacciones.plazo import vencer_plazo
from suscripciones.aplicacion.reacciones.renovacion import renovar
from suscripciones.aplicacion.silencio import (
    AL_DIA_S,
    EN_CAMINO_S,
    MUESTRA,
    Cola,
    Indulgencia,
    colas,
    debidos,
    se_mueve_s,
)

log = structlog.get_logger(__name__)

GRACIA_S = 10.0
"""Seconds that broker and database must have answered again before silence proves anything (contract §4)."""

PLAZOS_S = 0.5
"""Seconds between two looks for deadlines that have passed."""

RENOVACIONES_S = 2.0
"""Likewise, for renewals that are due."""


TOPE = 200
"""Most of a kind that are attended to in one look."""

_Leer = Callable[[Vencido | None], Sequence[Vencido]]


class _Ronda:
    """Goes over what is due, so many at a look, and then from the beginning: what can't be attended to now (a handler
    that fails, say) comes again, but does not keep the others from their turn."""

    def __init__(self) -> None:
        self._tras: Vencido | None = None

    def tanda(self, leer: _Leer) -> Sequence[Vencido]:
        """Those whose turn it is."""
        vencidas = leer(self._tras)
        self._tras = vencidas[-1] if len(vencidas) == TOPE else None
        return vencidas


class Oido(Protocol):
    """Tells whether this process hears what is said."""

    def segundos_en_orden(self) -> float:
        """For how long broker and database have both answered, without a break until now; 0 when they do not."""
        ...


@dataclass(frozen=True, kw_only=True)
class PlazoDeSaga:
    """When deadlines strike; all times are in seconds.

    Attributes:
        plazo_s: the deadline.
        tope_s: from a saga's beginning, how long its deadline is put off at most.
        proveedores: the contexts that provide something, by the resource's name.
    """

    plazo_s: float
    tope_s: float
    proveedores: Mapping[str, str]


class VigilantePlazos:
    """Refuses what is past its deadline, where that is silence and no queue (contract §4).

    Args:
        vencimientos: knows whose deadline has passed, and who has answered.
        abrir: opens a unit of work.
        oido: tells whether this process hears the participants at all.
        avance: how far the service has come on the saga's topic, as the broker knows it.
    """

    def __init__(
        self, vencimientos: Vencimientos, abrir: Abrir, oido: Oido, avance: Avance, plazo: PlazoDeSaga
    ) -> None:
        self._vencimientos = vencimientos
        self._abrir = abrir
        self._oido = oido
        self._puesta_al_dia = PuestaAlDia(avance, TransicionSaga.topico, NOMBRE)
        self._plazo = plazo
        self._debidos = debidos(plazo.proveedores)
        self._ronda = _Ronda()

    def vuelta(self) -> None:
        """One look.

        Raises:
            Exception: the database is away; what is left stays due.
        """
        if not self._se_oye() or (ahora := self._vencimientos.hora()) is None:
            return
        indulgencia = self._indulgencia(ahora)
        vencidas = self._ronda.tanda(lambda tras: self._vencimientos.plazos(indulgencia, TOPE, tras))
        _una_a_una("plazo", vencidas, self._abrir, vencer_plazo, mientras=self._se_oye, traza=_de_su_saga)

    def _indulgencia(self, ahora: datetime) -> Indulgencia:
        """What is put off now. The broker is asked once, whatever is due, and before the database: what it says that
        is handled can be seen there then."""
        atendido = self._puesta_al_dia.hasta(ahora)
        if atendido is not None and atendido < ahora - timedelta(seconds=AL_DIA_S):
            atendido = None
        en_camino = ahora - timedelta(seconds=EN_CAMINO_S)
        colas = [] if atendido is None else self._colas(ahora, en_camino)
        return Indulgencia(atendido, colas, en_camino, ahora - timedelta(seconds=self._plazo.tope_s))

    def _colas(self, ahora: datetime, en_camino: datetime) -> list[Cola]:
        respuestas = {
            servicio: self._vencimientos.respuestas(servicio, MUESTRA, en_camino)
            for servicio in dict.fromkeys(debe.servicio for debe in self._debidos)
        }
        lapso_s = se_mueve_s(self._plazo.plazo_s)
        return [cola for debe in self._debidos for cola in colas(debe, respuestas[debe.servicio], ahora, lapso_s)]

    def _se_oye(self) -> bool:
        return self._oido.segundos_en_orden() >= GRACIA_S


class VigilanteRenovaciones:
    """Issues the invoices of the periods that have begun.

    Args:
        vencimientos: knows whose renewal is due.
        planes: the codes of the catalogue: of any other plan, nobody knows the price.
        abrir: opens a unit of work.
    """

    def __init__(self, vencimientos: Vencimientos, planes: Collection[str], abrir: Abrir) -> None:
        self._vencimientos = vencimientos
        self._planes = planes
        self._abrir = abrir
        self._avisados: Mapping[str, datetime] = {}
        self._ronda = _Ronda()

    def vuelta(self) -> None:
        """One look.

        Raises:
            Exception: the database is away; what is left stays due.
        """
        vencidas = self._ronda.tanda(lambda tras: self._vencimientos.renovaciones(self._planes, TOPE, tras))
        _una_a_una("renovacion", vencidas, self._abrir, lambda unidad, id, _: renovar(unidad, id))
        if (faltan := self._vencimientos.sin_renovar(self._planes)) != self._avisados:
            self._avisados = faltan
            for codigo, desde in faltan.items():
                log.error(
                    "hay renovaciones de un plan que no está en el catálogo", plan=codigo, desde=desde.isoformat()
                )


def _de_su_saga(unidad: Unidad, id_saga: str) -> str | None:
    return decision.traza(unidad.linea.de_saga(id_saga))


def _una_a_una(
    causa: str,
    vencidas: Sequence[Vencido],
    abrir: Abrir,
    atender: Callable[[Unidad, str, str], None],
    *,
    mientras: Callable[[], bool] = lambda: True,
    traza: Callable[[Unidad, str], str | None] = lambda _unidad, _id_saga: None,
) -> None:
    """Attend to what is due, one transaction each: one that fails holds up no other.

    Args:
        traza: the trace that goes on with it, by its traceparent.

    Raises:
        Exception: the database is away; what is left stays due.
    """
    for vencida in vencidas:
        if not mientras():
            return
        try:
            with abrir() as unidad:
                sigue = traza(unidad, vencida.id_saga)
                with unidad.por_cuenta_propia(causa, sujeto=vencida.id, correlacion=vencida.id_saga, traza=sigue):
                    atender(unidad, vencida.id, vencida.id_saga)
        except Exception as error:
            if es_de_infraestructura(error):
                raise
            log.error(
                "lo vencido no se pudo atender", causa=causa, correlacion=vencida.id_saga, error=type(error).__name__
            )
