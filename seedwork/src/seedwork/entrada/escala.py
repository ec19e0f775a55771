"""Measures what a service has before it and what its workers do, and says how many of these are wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from seedwork.aplicacion.broker import Atraso, Atrasos, SinAvance
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.escala import Carga, Debido, Faena, Llegadas, ajustar, necesarias, necesarias_para
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.entrada.consumidor import Origen
from seedwork.infraestructura import metricas
from seedwork.infraestructura.escala import EscalaSQL
from seedwork.infraestructura.topicos import nombre_corto

OCUPADO_S = 0.5
"""So many busy seconds tell what an instance does in one."""


class _Obrero(Protocol):
    @property
    def faena(self) -> Faena:
        """What it has worked so far."""
        ...


class MedidorDeRendimiento:
    """Looks at what a worker's consumers do, and keeps it.

    Args:
        obreros: they.
        escala: where it is kept.
    """

    def __init__(self, obreros: Sequence[_Obrero], escala: EscalaSQL) -> None:
        self._obreros = obreros
        self._escala = escala
        self._antes = Faena()

    def medir(self) -> None:
        """Look once: where enough was worked since the last time that told something, keep what it tells."""
        faena = sum((o.faena for o in self._obreros), Faena())
        if (rendimiento := faena.rendimiento_desde(self._antes, OCUPADO_S)) is not None:
            self._escala.anotar(rendimiento)
            self._antes = faena


def _nadie(_origen: Origen, _topico: str, _atraso: Atraso) -> None:
    """Hears of no look."""


@dataclass(slots=True)
class _Vista:
    """What one look at the topics tells.

    Attributes:
        edad_s: the age of what waits longest on the service's own.
        conectadas: how many are connected to each of these.
        llegados: what has arrived on each of their parts.
        callados: of which the broker did not tell.
        incompleta: some of these are its own.
    """

    edad_s: float = 0.0
    conectadas: list[int] = field(default_factory=list)
    llegados: dict[str, int] = field(default_factory=dict)
    callados: list[SinAvance] = field(default_factory=list)
    incompleta: bool = False


class MedidorDeAtraso:
    """Looks at what a service has before it, and says how many workers it takes. Any process of the service may.

    Args:
        servicio: its name.
        origenes: what its consumers subscribe to.
        atrasos: the broker.
        escala: what is kept of the service's workers.
        entorno: its clocks.
        objetivo_s: at which age of what waits twice as many are wanted.
        utiles: more workers would have nothing to do.
        oyente: hears what was seen of each topic.
        debido: tells what waits in queues of the service's own, which is shown as of ``<servicio>-cola``; None: it has
            none.
    """

    def __init__(
        self,
        servicio: str,
        origenes: Sequence[Origen],
        atrasos: Atrasos,
        escala: EscalaSQL,
        entorno: Entorno,
        *,
        objetivo_s: float,
        utiles: int,
        oyente: Callable[[Origen, str, Atraso], None] = _nadie,
        debido: Callable[[], Debido] | None = None,
    ) -> None:
        self._servicio = servicio
        self._origenes = origenes
        self._atrasos = atrasos
        self._escala = escala
        self._entorno = entorno
        self._objetivo_s = objetivo_s
        self._utiles = utiles
        self._oyente = oyente
        self._debido = debido
        self._llegadas = Llegadas()

    def medir(self) -> None:
        """Look once at each topic, and set the gauges.

        Raises:
            SinAvance: of some of them the broker did not tell; what it did tell is shown.
            sqlalchemy.exc.DBAPIError: the database did not; ages are shown, the number of workers stays as it was.
        """
        try:
            vista = self._mirar_topicos()
        finally:
            # What waits here, no broker knows of.
            debido = self._mirar_colas()
        if vista.conectadas:
            # A worker is connected to each of its topics.
            metricas.INSTANCIAS.labels(self._servicio).set(max(vista.conectadas))
        if vista.llegados:
            self._llegadas.anotar(self._entorno.monotono(), vista.llegados)
        if len(vista.callados) < sum(len(o.topicos) for o in self._origenes):
            carga = Carga(self._llegadas.por_segundo, vista.edad_s)
            self._decidir(carga, debido, incompleto=vista.incompleta)
        if vista.callados:
            raise vista.callados[0]

    def _mirar_topicos(self) -> _Vista:
        vista, limite = _Vista(), self._entorno.monotono() + Ritmo.vuelta_larga_s
        for origen in self._origenes:
            antes = len(vista.callados)
            vistos = self._mirar(origen, vista.callados, limite)
            vista.incompleta = vista.incompleta or (origen.propio and len(vista.callados) > antes)
            if not vistos:
                continue
            ahora = self._entorno.ahora()
            # Whose clock is ahead has sent nothing in the future.
            suya = max([0.0, *((ahora - a.mas_antiguo).total_seconds() for a in vistos if a.mas_antiguo is not None)])
            metricas.ATRASO_SEGUNDOS.labels(origen.nombre).set(suya)
            if origen.propio:
                vista.edad_s = max(vista.edad_s, suya)
                vista.conectadas += [a.consumidores for a in vistos]
                vista.llegados |= {parte: n for a in vistos for parte, n in a.llegados.items()}
        return vista

    def _mirar_colas(self) -> Debido:
        if self._debido is None:
            return Debido()
        debido = self._debido()
        metricas.ATRASO_SEGUNDOS.labels(f"{self._servicio}-cola").set(debido.edad_s)
        return debido

    def _mirar(self, origen: Origen, callados: list[SinAvance], limite: float) -> list[Atraso]:
        vistos = []
        for topico in origen.topicos:
            try:
                atraso = self._atrasos.mirar(topico, origen.subscription)
            except SinAvance as error:
                callados.append(error)
                if self._entorno.monotono() > limite:
                    # It does not answer at all, and others wait to measure something else.
                    raise
                continue
            self._oyente(origen, topico, atraso)
            metricas.ATRASO_ENTRADAS.labels(nombre_corto(topico)).set(atraso.entradas)
            metricas.ENTREGADOS.labels(nombre_corto(topico)).set(atraso.entregados)
            vistos.append(atraso)
        return vistos

    def _decidir(self, carga: Carga, debido: Debido, *, incompleto: bool) -> None:
        guardada = self._escala.leer()
        hacen_falta = necesarias(carga, guardada.rendimiento, objetivo_s=self._objetivo_s, utiles=self._utiles)
        if debido.filas:
            suyas = necesarias_para(debido, objetivo_s=self._objetivo_s, utiles=self._utiles)
            hacen_falta = max(hacen_falta, suyas)
        if incompleto:
            # What was not told of may be more work, and never less.
            hacen_falta = max(hacen_falta, guardada.instancias)
        deseadas = ajustar(
            guardada.instancias,
            hacen_falta,
            sobran_s=guardada.sobran_s,
            rendimiento=guardada.rendimiento,
            utiles=self._utiles,
        )
        # Keeping the same number anew says that it is needed still; of one worker nobody asks since when.
        if deseadas != guardada.instancias or (deseadas > 1 and hacen_falta >= deseadas):
            # Of two processes that decide at once, both tell what was kept.
            deseadas = self._escala.guardar(guardada.instancias, deseadas)
        metricas.INSTANCIAS_DESEADAS.labels(self._servicio).set(deseadas)
