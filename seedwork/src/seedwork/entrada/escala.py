"""Measures what a service has before it and what its workers do, and says how many of these are wanted."""

from collections.abc import Callable, Sequence
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
        debido: tells what waits in queues of the service's own.
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
        debido: Callable[[], Debido] = Debido,
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
        callados: list[SinAvance] = []
        llegados: dict[str, int] = {}
        limite, edad_s = self._entorno.monotono() + Ritmo.vuelta_larga_s, 0.0
        conectadas: list[int] = []
        incompleto = False
        for origen in self._origenes:
            antes = len(callados)
            vistos = self._mirar(origen, callados, limite)
            incompleto = incompleto or (origen.propio and len(callados) > antes)
            if not vistos:
                continue
            ahora = self._entorno.ahora()
            # Whose clock is ahead has sent nothing in the future.
            suya = max([0.0, *((ahora - a.mas_antiguo).total_seconds() for a in vistos if a.mas_antiguo is not None)])
            metricas.ATRASO_SEGUNDOS.labels(origen.nombre).set(suya)
            if origen.propio:
                edad_s = max(edad_s, suya)
                conectadas += [a.consumidores for a in vistos]
                llegados |= {parte: n for a in vistos for parte, n in a.llegados.items()}
        if conectadas:
            # A worker is connected to each of its topics.
            metricas.INSTANCIAS.labels(self._servicio).set(max(conectadas))
        if llegados:
            self._llegadas.anotar(self._entorno.monotono(), llegados)
        if len(callados) < sum(len(o.topicos) for o in self._origenes):
            self._decidir(Carga(self._llegadas.por_segundo, edad_s), incompleto=incompleto)
        if callados:
            raise callados[0]

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

    def _decidir(self, carga: Carga, *, incompleto: bool) -> None:
        guardada = self._escala.leer()
        hacen_falta = necesarias(carga, guardada.rendimiento, objetivo_s=self._objetivo_s, utiles=self._utiles)
        if (debido := self._debido()).filas:
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
