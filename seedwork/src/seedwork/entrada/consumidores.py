"""A service's consumers: what its bus has handlers for says which there are."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pulsar
import sqlalchemy as sa

from contratos.base import Entrega
from seedwork.aplicacion.broker import Atrasos, Salida, SinAvance, Subscriber
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.tratamiento import Leer, Medios
from seedwork.entrada.consumidor import Consumidor, Origen, TestigoDeMensajes
from seedwork.entrada.proceso import es_ajeno
from seedwork.infraestructura import metricas
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.infraestructura.decodificador import Decodificador
from seedwork.infraestructura.intentos import IntentosSQL, motor_de_notas
from seedwork.infraestructura.subscription import EsquemasPulsar, SubscriberPulsar
from seedwork.infraestructura.topicos import nombre_corto, topico_espera


class Consumidores:
    """One that keeps the order, one that shares the load, and one for the commands that wait; those that there is
    nothing for are left out.

    Each has its own topics, thread, batch and name. Subscription and inbox bear the bus's name, whichever it is.

    Args:
        bus: handles what arrives.
        subscriber: where they subscribe.
        medios: makes what one of them handles its messages with, by its name: as if they came from their own topics,
            in order.
        leer_en_espera: decodes a command that waited.
        cola: most messages that are delivered ahead.
    """

    def __init__(
        self, bus: Bus, *, subscriber: Subscriber, medios: Callable[[str], Medios], leer_en_espera: Leer, cola: int
    ) -> None:
        def hacer(cual: str, topicos: Sequence[str], entrega: Entrega) -> Consumidor:
            nombre = f"{bus.consumidor}-{cual}"
            suyos = replace(medios(nombre), ordenado=entrega == "ordenada")
            origen = Origen(nombre=nombre, topicos=topicos, subscription=bus.consumidor, entrega=entrega, cola=cola)
            if cual != "espera":
                return Consumidor(subscriber, origen, suyos)
            maximo = suyos.ritmo.lote_espera
            return Consumidor(
                subscriber,
                # So few that another worker gets some, too, and that none waits here for long.
                replace(origen, cola=2 * maximo),
                replace(suyos, leer=leer_en_espera, lote=min(suyos.lote, maximo)),
                entre_vueltas=bus.paciencia.vuelta,
                descanso=suyos.ritmo.descanso,
            )

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
        medios = self.todos[0].medios
        limite = medios.entorno.monotono() + medios.ritmo.vuelta_larga_s
        for consumidor in self.todos:
            for topico in consumidor.topicos:
                try:
                    atraso = atrasos.mirar(topico, consumidor.subscription)
                except SinAvance as error:
                    callados.append(error)
                    if medios.entorno.monotono() > limite:
                        # It does not answer at all, and others wait to measure something else.
                        raise
                    continue
                consumidor.anotar_atraso(topico, atraso)
                metricas.ATRASO.labels(nombre_corto(topico)).set(atraso.entradas)
        if callados:
            raise callados[0]


def consumidores_reales(
    bus: Bus,
    motor: sa.Engine,
    cliente: pulsar.Client,
    salida: Salida,
    entorno: Entorno,
    *,
    contexto: str,
    ritmo: Ritmo,
    lote: int,
    cola: int,
) -> Consumidores:
    """A service's consumers on Pulsar and PostgreSQL.

    Args:
        bus: handles what arrives.
        motor: the service's own database.
        cliente: made in this process.
        salida: where dead letters go.
        contexto: whose they are.
        lote: most messages in one transaction.
        cola: most messages that are delivered ahead.
    """
    notas, decodificador = motor_de_notas(motor), Decodificador(EsquemasPulsar(cliente), bus.manejadores)
    cartas = CartasMuertas(salida, contexto, bus.consumidor, entorno)

    def medios(nombre: str) -> Medios:
        return Medios(
            bus=bus,
            leer=decodificador.leer,
            intentos=IntentosSQL(motor, bus.consumidor, entorno.id(), notas=notas),
            cartas=cartas,
            testigo=TestigoDeMensajes(nombre),
            entorno=entorno,
            ritmo=ritmo,
            es_ajeno=es_ajeno,
            lote=lote,
            ordenado=True,
        )

    return Consumidores(
        bus,
        subscriber=SubscriberPulsar(cliente),
        medios=medios,
        leer_en_espera=decodificador.leer_en_espera,
        cola=cola,
    )
