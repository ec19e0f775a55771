"""A service's consumers: what its bus has handlers for says which there are."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

import pulsar
import sqlalchemy as sa

from contratos.base import Mensaje
from seedwork.aplicacion.broker import Atraso, Salida, Subscriber
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.tratamiento import Leer, Medios
from seedwork.entrada.consumidor import Consumidor, Origen, TestigoDeMensajes
from seedwork.entrada.proceso import es_ajeno
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.infraestructura.decodificador import Decodificador
from seedwork.infraestructura.intentos import IntentosSQL, motor_de_notas
from seedwork.infraestructura.subscription import EsquemasPulsar, SubscriberPulsar
from seedwork.infraestructura.topicos import topico_espera


def origenes(nombre: str, tipos: Collection[type[Mensaje]], cola: int) -> list[Origen]:
    """What the consumers of who hears these messages subscribe to, each by its name.

    Args:
        nombre: the bus's.
        cola: most messages that are delivered ahead.
    """
    ordenados = [t.topico for t in tipos if t.entrega == "ordenada"]
    compartidos = [t.topico for t in tipos if t.entrega == "compartida"]
    hacer = partial(Origen, subscription=nombre)
    todos: list[Origen] = []
    if ordenados:
        todos.append(hacer(nombre=f"{nombre}-ordenado", topicos=ordenados, entrega="ordenada", cola=cola))
    if compartidos:
        todos.append(hacer(nombre=f"{nombre}-compartido", topicos=compartidos, entrega="compartida", cola=cola))
    if any(t.clase == "comando" for t in tipos):
        # So few that another worker gets some, too, and that none waits here for long.
        pocos = 2 * Ritmo.lote_espera
        lugar = [topico_espera(nombre)]
        todos.append(hacer(nombre=f"{nombre}-espera", topicos=lugar, entrega="compartida", cola=pocos, propio=False))
    return todos


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
        def hacer(origen: Origen) -> Consumidor:
            suyos = replace(medios(origen.nombre), ordenado=origen.entrega == "ordenada")
            if origen.propio:
                return Consumidor(subscriber, origen, suyos)
            return Consumidor(
                subscriber,
                origen,
                replace(suyos, leer=leer_en_espera, lote=min(suyos.lote, suyos.ritmo.lote_espera)),
                entre_vueltas=bus.paciencia.vuelta,
                descanso=suyos.ritmo.descanso,
            )

        self.origenes = origenes(bus.consumidor, bus.manejadores, cola)
        self.todos = [hacer(origen) for origen in self.origenes]
        self._propios = [c for c, origen in zip(self.todos, self.origenes, strict=True) if origen.propio]

    def segundos_en_orden(self) -> float:
        """For how long broker and database have both answered, without a break until now; 0 when they do not.

        The commands that wait are no part of it: what the service hears comes from its own topics.
        """
        return min(consumidor.segundos_en_orden() for consumidor in self._propios)

    def desconectados(self) -> str | None:
        """Which of them the broker does not deliver to, if so."""
        cuales = [c.nombre for c in self.todos if not c.conectado()]
        return f"sin conexión con el broker: {', '.join(cuales)}" if cuales else None

    def anotar_atraso(self, origen: Origen, topico: str, atraso: Atraso) -> None:
        """Take in what the broker says that one of them has before it on one of its topics."""
        next(c for c in self.todos if c.nombre == origen.nombre).anotar_atraso(topico, atraso)


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
