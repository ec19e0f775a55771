"""A service's consumers: what its bus has handlers for says which there are."""

from collections.abc import Callable, Sequence
from typing import Protocol

from contratos.base import Entrega
from seedwork.aplicacion.broker import Atrasos, SinAvance, Subscriber
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.tratamiento import Cartas, Intentos, Leer, Medios, Testigo
from seedwork.entrada.consumidor import Consumidor, Origen, TestigoDeMensajes
from seedwork.infraestructura import metricas
from seedwork.infraestructura.topicos import topico_espera


class ConVueltas(Protocol):
    """What is to be done between two rounds of the consumer of waiting commands: a patience asks the broker then."""

    def vuelta(self) -> None:
        """Once. It raises nothing of the broker's."""
        ...


class Consumidores:
    """One that keeps the order, one that shares the load, and one for the commands that wait; those that there is
    nothing for are left out.

    Each has its own topics, thread, batch and name. Subscription and inbox bear the bus's name, whichever it is.

    Args:
        bus: handles what arrives.
        paciencia: the bus's own.
        subscriber: where they subscribe.
        leer: decodes what comes from its own topic.
        leer_en_espera: decodes a command that waited.
        intentos: makes the memory of batches and attempts, for each of them anew.
        cartas: the service's dead-letter place.
        es_ajeno: whether an error is trouble of broker or database.
        lote: most messages in one transaction.
        cola: most messages that are delivered ahead.
        testigo: makes what hears of each consumer's messages, by its name.
    """

    def __init__(
        self,
        bus: Bus,
        paciencia: ConVueltas,
        *,
        subscriber: Subscriber,
        leer: Leer,
        leer_en_espera: Leer,
        intentos: Callable[[], Intentos],
        cartas: Cartas,
        entorno: Entorno,
        ritmo: Ritmo,
        es_ajeno: Callable[[BaseException], bool],
        lote: int,
        cola: int,
        testigo: Callable[[str], Testigo] = TestigoDeMensajes,
    ) -> None:
        def hacer(cual: str, topicos: Sequence[str], entrega: Entrega) -> Consumidor:
            espera = cual == "espera"
            nombre = f"{bus.consumidor}-{cual}"
            medios = Medios(
                bus=bus,
                leer=leer_en_espera if espera else leer,
                intentos=intentos(),
                cartas=cartas,
                testigo=testigo(nombre),
                entorno=entorno,
                ritmo=ritmo,
                es_ajeno=es_ajeno,
                lote=min(lote, ritmo.lote_espera) if espera else lote,
                ordenado=entrega == "ordenada",
            )
            origen = Origen(
                nombre=nombre,
                topicos=topicos,
                subscription=bus.consumidor,
                entrega=entrega,
                # So few that another worker gets some, too, and that none waits here for long.
                cola=2 * ritmo.lote_espera if espera else cola,
            )
            if not espera:
                return Consumidor(subscriber, origen, medios)
            return Consumidor(subscriber, origen, medios, entre_vueltas=paciencia.vuelta, descanso=ritmo.descanso)

        self._entorno, self._paciencia_s = entorno, ritmo.vuelta_larga_s
        tipos = list(bus.manejadores)
        ordenados = [t.topico for t in tipos if t.entrega == "ordenada"]
        compartidos = [t.topico for t in tipos if t.entrega == "compartida"]
        self._propios: list[Consumidor] = []
        if ordenados:
            self._propios.append(hacer("ordenado", ordenados, "ordenada"))
        if compartidos:
            self._propios.append(hacer("compartido", compartidos, "compartida"))
        self.todos = list(self._propios)
        if any(t.clase == "comando" for t in tipos):
            self.todos.append(hacer("espera", [topico_espera(bus.consumidor)], "compartida"))

    def segundos_en_orden(self) -> float:
        """For how long broker and database have both answered, without a break until now; 0 when they do not.

        The commands that wait are no part of it: what the service hears comes from its own topics.
        """
        return min(consumidor.segundos_en_orden() for consumidor in self._propios)

    def desconectados(self) -> str | None:
        """Which of them the broker does not deliver to, if so."""
        cuales = [c.nombre for c in self.todos if not c.conectado()]
        return f"sin conexión con el broker: {', '.join(cuales)}" if cuales else None

    def medir(self, atrasos: Atrasos) -> None:
        """Look once at what each has before it on each topic, and set the gauges.

        Raises:
            SinAvance: of some of them the broker did not tell.
        """
        callados: list[SinAvance] = []
        limite = self._entorno.monotono() + self._paciencia_s
        for consumidor in self.todos:
            for topico in consumidor.topicos:
                try:
                    atraso = atrasos.mirar(topico, consumidor.subscription)
                except SinAvance as error:
                    callados.append(error)
                    if self._entorno.monotono() > limite:
                        # It does not answer at all, and others wait to measure something else.
                        raise
                    continue
                consumidor.anotar_atraso(topico, atraso)
                metricas.ATRASO.labels(topico.rsplit("/", 1)[-1]).set(atraso.entradas)
        if callados:
            raise callados[0]
