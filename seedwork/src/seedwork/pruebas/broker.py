"""A broker in memory: topics, subscriptions and publishers as the real one has them, and a hand on all its whims.

It does nothing by itself. Whoever calls it is served at once, on the caller's own thread and without any waiting, and
its time is a :class:`~seedwork.pruebas.entorno.RelojSimulado`. What the real broker and its client decide (what comes
next, and how much of it; whether an acknowledgement or a confirmation arrives; who of many is the active one) a
:class:`Capricho` decides here, and what happens to them (connections that break, processes that vanish, topics that
move to another broker, a broker that is away) are methods.

One suite proves it and the real one alike (``tests/conformidad/test_broker.py``). Not modelled: many messages in one
entry (here each message is one, so that a backlog in entries is one in messages), what had come ahead being handed out
between the loss of a connection and the next one, delayed messages that come later than they should (:meth:`detener`
does that), the schemas' compatibility, limits of size, and the time that anything takes.
"""

import math
import zlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from heapq import heappop, heappush
from typing import Any, Literal

from contratos.base import Entrega, Mensaje
from seedwork.aplicacion.broker import (
    Atraso,
    Confirmar,
    Marcha,
    Posicion,
    SinAvance,
    SinConfirmacion,
    SinEsquemas,
    SinSubscription,
)
from seedwork.infraestructura.avro import texto_esquema
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas, topico_espera
from seedwork.pruebas.entorno import RelojSimulado

Modo = Entrega | Literal["exclusiva"]

PLAZO_S = 4.5
"""Seconds after which a publisher gives a message up, unless it never does."""

_TIC = 1_000_000
"""Microseconds by which a delayed message may come early: the broker looks at its delays once in so long."""


@dataclass(slots=True, eq=False)
class MensajeEnMemoria:
    """A message on its topic (:class:`seedwork.aplicacion.recibido.Original`).

    Attributes:
        topico: without the number of a partition.
        carga: bytes, or the message itself where nothing on the way needs bytes.
        esquema: the version of its topic's schema when it was published; -1 where it has none.
        particion: the name of what it lies in: the topic's own, or one of its partitions'.
        indice: its place there, from 0.
        posicion: the same as the broker tells it: ledger and entry.
        numero: its place among all that this broker ever got.
        micros: when it was published.
        no_antes: before when it is not delivered, where delays count.
        leido: what a reader may keep here of its having read it: nothing of a message ever changes.
    """

    topico: str
    clave: str
    carga: Any
    propiedades: Mapping[str, str]
    esquema: int
    particion: str
    indice: int
    posicion: Posicion
    numero: int
    micros: int
    no_antes: int
    leido: Any = None

    @property
    def lugar(self) -> str:
        """Where it lies."""
        return f"{self.particion}:{self.indice}"

    @property
    def publicado(self) -> float:
        """When it was published."""
        return self.micros / 1e6


class Suerte(Enum):
    """What becomes of a message that is published."""

    BIEN = "stored, and confirmed"
    RECHAZADO = "not stored; it, and all that was sent to the topic behind it, comes back with an error"
    SIN_CONFIRMACION = "stored, but the connection breaks before anybody hears of it"


class Capricho:
    """What a broker does where it might do one thing or another. This one has no whims: all goes well, and at once."""

    _turno = 0

    def elegir(self, cabezas: Sequence[MensajeEnMemoria]) -> int:
        """Which of these, each the next one of its partition, a consumer gets first; each in its turn, here."""
        self._turno += 1
        return self._turno % len(cabezas)

    def cuantos(self, hay: int) -> int:
        """How many of a partition's messages it gets in a row; 0 for no more this time."""
        return hay

    def activo(self, particion: str, cuantos: int) -> int:
        """Which one of so many who hold an ordered subscription, from the longest there, gets the partition."""
        return 0

    def acuse_llega(self, mensaje: MensajeEnMemoria) -> bool:
        """Whether an acknowledgement gets there."""
        return True

    def suerte(self, topico: str, carga: Any) -> Suerte:
        """What becomes of a message that is published."""
        return Suerte.BIEN


class BrokerEnMemoria:
    """Topics and subscriptions, and what may befall them.

    It is provisioned as the real one is (:class:`seedwork.infraestructura.aprovisionamiento.Aprovisionador`).

    Args:
        reloj: the world's time.
        capricho: decides what is not sure.
        por_pasos: whether what is published waits for somebody to let it go on (:meth:`ClienteEnMemoria.tomar` and
            :meth:`~ClienteEnMemoria.confirmar`); otherwise it is stored and confirmed before ``enviar`` returns.

    Attributes:
        ausente: whether nobody answers; set with :meth:`irse` and :meth:`volver`.
        detenidos: pairs of a topic and a subscription, None for all of them, that nothing is delivered of.
    """

    def __init__(
        self, reloj: RelojSimulado | None = None, capricho: Capricho | None = None, *, por_pasos: bool = False
    ) -> None:
        self.reloj = reloj or RelojSimulado()
        self.capricho = capricho or Capricho()
        self.por_pasos = por_pasos
        self.ausente = False
        self.detenidos: set[tuple[str, str | None]] = set()
        self._particiones: dict[str, list[_Particion]] = {}
        self._esquemas: dict[str, list[str]] = {}
        self._clientes: list[ClienteEnMemoria] = []
        self._numero = 0

    # Provisioning

    def topicos(self, mensajes: Iterable[type[Mensaje]]) -> None:
        """The topics of these messages, with their schemas."""
        for tipo in mensajes:
            self.topico(tipo.topico, particiones=tipo.particiones, esquema=texto_esquema(tipo))

    def subscriptions(self, contexto: str, nombre: str, mensajes: Iterable[type[Mensaje]]) -> None:
        """A service's subscription on every topic that it hears, its dead-letter place, and the one where commands
        wait.
        """
        propios = [(topico_cartas(contexto), SUBSCRIPTION_CARTAS)]
        for tipo in mensajes:
            self.subscription(tipo.topico, nombre)
            if tipo.clase == "comando":
                propios.append((topico_espera(contexto), nombre))
        for topico, subscription in propios:
            self.topico(topico, retiene=False)
            self.subscription(topico, subscription)

    def topico(self, nombre: str, *, particiones: int = 0, esquema: str | None = None, retiene: bool = True) -> None:
        """Make a topic, where there is none; a schema that it does not have yet is its next version.

        Args:
            nombre: its full name.
            particiones: 0 for one that is not partitioned.
            esquema: the schema's text.
            retiene: whether subscriptions that come later get what nobody needs any more.
        """
        if nombre not in self._particiones:
            nombres = [f"{nombre}-partition-{n}" for n in range(particiones)] or [nombre]
            self._particiones[nombre] = [_Particion(self, nombre, n, retiene=retiene) for n in nombres]
        versiones = self._esquemas.setdefault(nombre, [])
        if esquema is not None and esquema not in versiones:
            versiones.append(esquema)

    def subscription(self, topico: str, nombre: str) -> None:
        """Make a subscription, where there is none: it begins with the earliest message."""
        for particion in self._de(topico):
            particion.cursor(nombre)

    def conectar(self, *, plazo_s: float | None = PLAZO_S) -> "ClienteEnMemoria":
        """A process's connection.

        Args:
            plazo_s: after how many seconds its publishers give up what was not confirmed, as a door's do; None for
                never: then they send it again after a lost connection, in its order, as a relay's do.
        """
        self._clientes.append(ClienteEnMemoria(self, plazo_s=plazo_s))
        return self._clientes[-1]

    # Looking

    def leer(self, topico: str, desde: int = 0) -> list[MensajeEnMemoria]:
        """All that was ever on a topic, partition by partition, each from that place on."""
        return [m for p in self._de(topico) for m in p.mensajes[desde:]]

    def topicos_que_hay(self) -> list[str]:
        """The names of all topics."""
        return list(self._particiones)

    def atraso(self, topico: str, subscription: str) -> int:
        """How many messages the subscription has not acknowledged yet."""
        return sum(p.cursores[subscription].atraso() for p in self._de(topico))

    def sin_aceptar(self, topico: str, subscription: str) -> list[MensajeEnMemoria]:
        """Those messages."""
        return [m for p in self._de(topico) for m in p.cursores[subscription].pendientes()]

    # What may befall it

    def irse(self) -> None:
        """Nobody answers any more, until :meth:`volver`."""
        self.ausente = True
        for cliente in self._clientes:
            cliente.desconectar()

    def volver(self) -> None:
        """It answers again, and knows all that it knew."""
        self.ausente = False
        if not self.por_pasos:
            for cliente in self._clientes:
                cliente.acabar()

    def recortar(self, topico: str) -> None:
        """What no subscription needs any more is gone for those to come, unless the topic retains it."""
        for particion in self._de(topico):
            particion.recortar()

    def desalojar(self, *topicos: str) -> None:
        """Topics, all of them unless told which, move to another broker: every connection to them is made anew.

        What was not acknowledged is delivered again, and a new ledger begins.
        """
        for cliente in self._clientes:
            for topico in topicos or (None,):
                cliente.desconectar(topico)
        for topico in topicos or self.topicos_que_hay():
            for particion in self._de(topico):
                particion.libro += 1
                particion.entrada = 0

    def expulsar(self, topico: str, subscription: str) -> None:
        """Close a subscription to whoever holds it: they hear of it with the next call, and have to subscribe anew."""
        for cliente in self._clientes:
            for abierta in cliente.suscripciones:
                if abierta.nombre == subscription and topico in abierta.topicos:
                    abierta.cerrar()

    def aceptar(self, mensaje: MensajeEnMemoria, subscription: str) -> None:
        """Acknowledge a message, whoever holds the subscription."""
        self._cursor(mensaje, subscription).aceptar(mensaje.indice)

    def repetir(self, mensaje: MensajeEnMemoria, subscription: str) -> None:
        """Deliver a message once more, acknowledged or not: as if its acknowledgement had not come."""
        self._cursor(mensaje, subscription).repetir(mensaje.indice)

    def olvidar_acuses(self, topico: str, subscription: str, cuantos: int) -> None:
        """The newest acknowledgements, so many in each partition, are gone with a crash of the broker's own.

        It shows when somebody subscribes anew.
        """
        for particion in self._de(topico):
            particion.cursores[subscription].olvidar(cuantos)

    def detener(self, topico: str, subscription: str | None = None) -> None:
        """Deliver nothing of a topic until :meth:`soltar`: a slow one."""
        self.detenidos.add((topico, subscription))

    def soltar(self, topico: str, subscription: str | None = None) -> None:
        """Deliver it again."""
        self.detenidos.discard((topico, subscription))

    # For its parts

    def _de(self, topico: str) -> "list[_Particion]":
        try:
            return self._particiones[topico]
        except KeyError:
            raise LookupError(f"no hay tópico {topico}: primero se aprovisiona") from None

    def _cursor(self, mensaje: MensajeEnMemoria, subscription: str) -> "_Cursor":
        (particion,) = (p for p in self._de(mensaje.topico) if p.nombre == mensaje.particion)
        return particion.cursores[subscription]

    def _guardar(
        self, topico: str, carga: Any, propiedades: Mapping[str, str], clave: str, retraso_s: float
    ) -> MensajeEnMemoria:
        particiones = self._de(topico)
        cual = zlib.crc32(clave.encode()) % len(particiones) if len(particiones) > 1 else 0
        particion, ahora = particiones[cual], self.reloj.micros
        self._numero += 1
        mensaje = MensajeEnMemoria(
            topico,
            clave,
            carga,
            propiedades,
            len(self._esquemas[topico]) - 1,
            particion.nombre,
            len(particion.mensajes),
            (particion.libro, particion.entrada),
            self._numero,
            ahora,
            ahora + round(retraso_s * 1e6) if retraso_s else 0,
        )
        particion.mensajes.append(mensaje)
        particion.entrada += 1
        return mensaje


class _Particion:
    """What keeps an order: a topic without partitions, or one of a topic's."""

    def __init__(self, broker: BrokerEnMemoria, topico: str, nombre: str, *, retiene: bool) -> None:
        self.broker = broker
        self.topico = topico
        self.nombre = nombre
        self.retiene = retiene
        self.mensajes: list[MensajeEnMemoria] = []
        self.cursores: dict[str, _Cursor] = {}
        self.libro = self.entrada = 0
        self._primero = 0

    @property
    def ultimo(self) -> Posicion:
        return self.mensajes[-1].posicion if self.mensajes else NINGUNA

    def cursor(self, nombre: str) -> "_Cursor":
        if nombre not in self.cursores:
            self.cursores[nombre] = _Cursor(self, nombre, self._primero)
        return self.cursores[nombre]

    def recortar(self) -> None:
        if not self.retiene:
            self._primero = min((c.marca for c in self.cursores.values()), default=len(self.mensajes))


class _Asiento:
    """A consumer's place at a partition's subscription, with what was delivered ahead to it."""

    __slots__ = ("cola", "cursor", "en_mano", "tope")

    def __init__(self, cursor: "_Cursor", tope: int) -> None:
        self.cursor = cursor
        self.tope = tope
        self.cola: deque[MensajeEnMemoria] = deque()
        self.en_mano: set[int] = set()
        """What it was given of a shared subscription, and has not acknowledged: nobody else gets it meanwhile."""

    def trae(self) -> bool:
        """Whether something lies ahead in it; what there is for it is fetched first."""
        if not self.cola:
            cursor = self.cursor
            if cursor.lectura < len(cursor.mensajes) or cursor.devueltos or cursor.retrasados:
                cursor.repartir()
        return bool(self.cola)


NINGUNA: Posicion = (0, -1)


class _Cursor:
    """A subscription on one partition.

    Attributes:
        marca: everything before it is acknowledged.
        aceptados: what is acknowledged behind it.
        acuses: how many acknowledgements came.
        lectura: the next one that nobody was given yet.
        devueltos: a heap of what comes back from those who had it.
        retrasados: a heap of what was met before its time.
    """

    def __init__(self, particion: _Particion, nombre: str, desde: int) -> None:
        self.particion = particion
        self.mensajes = particion.mensajes
        self.nombre = nombre
        self.modo: Modo = "ordenada"
        self.marca = self.lectura = desde
        self.acuses = 0
        self.aceptados: set[int] = set()
        self.devueltos: list[int] = []
        self.retrasados: list[tuple[int, int]] = []
        self.asientos: list[_Asiento] = []
        self.activo: _Asiento | None = None
        self._turno = 0

    def admite(self, modo: Modo) -> bool:
        """Whether one more may come in."""
        return not self.asientos or (self.modo == modo != "exclusiva")

    def sentar(self, modo: Modo, tope: int) -> _Asiento:
        self.modo = modo
        asiento = _Asiento(self, tope)
        self.asientos.append(asiento)
        self._elegir_activo()
        return asiento

    def levantar(self, asiento: _Asiento) -> None:
        """It is gone: what it had in hand, others get."""
        self.asientos.remove(asiento)
        for indice in asiento.en_mano:
            heappush(self.devueltos, indice)
        self._elegir_activo()

    def _elegir_activo(self) -> None:
        if self.modo == "compartida":
            self.activo = None
            if not self.asientos:
                self._rebobinar()
            return
        antes = self.activo
        if antes is not None and antes in self.asientos:
            # Whoever is the active one no more keeps what came ahead.
            self.repartir()
        cuantos = len(self.asientos)
        cual = self.particion.broker.capricho.activo(self.particion.nombre, cuantos) if cuantos > 1 else 0
        self.activo = self.asientos[cual] if self.asientos else None
        if self.activo is not antes:
            self._rebobinar()

    def _rebobinar(self) -> None:
        """From the first one on that is not acknowledged."""
        self.lectura = self.marca
        self.devueltos.clear()
        self.retrasados.clear()

    def repartir(self) -> None:
        """Fill the queues of those who are to get something."""
        self.lectura = max(self.lectura, self.marca)
        if self.modo == "compartida":
            self._repartir_entre_todos()
        elif self.activo is not None:
            cola, tope, mensajes = self.activo.cola, self.activo.tope, self.mensajes
            while self.lectura < len(mensajes) and len(cola) < tope:
                if self.lectura not in self.aceptados:
                    cola.append(mensajes[self.lectura])
                self.lectura += 1

    def _repartir_entre_todos(self) -> None:
        con_sitio = [a for a in self.asientos if len(a.cola) < a.tope]
        while con_sitio:
            indice = self._siguiente()
            if indice is None:
                return
            self._turno += 1
            asiento = con_sitio[self._turno % len(con_sitio)]
            asiento.cola.append(self.mensajes[indice])
            asiento.en_mano.add(indice)
            if len(asiento.cola) >= asiento.tope:
                con_sitio.remove(asiento)

    def _siguiente(self) -> int | None:
        hasta, mensajes = self.particion.broker.reloj.micros + _TIC, self.mensajes
        while self.retrasados and self.retrasados[0][0] <= hasta:
            heappush(self.devueltos, heappop(self.retrasados)[1])
        while self.devueltos:
            indice = heappop(self.devueltos)
            if not self.aceptado(indice):
                return indice
        while self.lectura < len(mensajes):
            indice, no_antes = self.lectura, mensajes[self.lectura].no_antes
            self.lectura += 1
            if indice in self.aceptados:
                continue
            if no_antes <= hasta:
                return indice
            heappush(self.retrasados, (no_antes, indice))
        return None

    def aceptado(self, indice: int) -> bool:
        return indice < self.marca or indice in self.aceptados

    def aceptar(self, indice: int) -> None:
        self.acuses += 1
        if indice > self.marca:
            self.aceptados.add(indice)
        elif indice == self.marca:
            self.marca += 1
            while self.marca in self.aceptados:
                self.aceptados.remove(self.marca)
                self.marca += 1

    def olvidar(self, cuantos: int) -> None:
        self.marca = max(0, self.marca - cuantos)
        if not self.asientos:
            # Whoever comes next begins there.
            self._rebobinar()

    def repetir(self, indice: int) -> None:
        if indice < self.marca:
            self.aceptados.update(range(indice + 1, self.marca))
            self.marca = indice
        else:
            self.aceptados.discard(indice)
        if indice >= self.lectura or any(indice == i for _, i in self.retrasados):
            # Nobody was given it yet: it comes in its turn, and at its time.
            return
        if self.modo == "compartida":
            heappush(self.devueltos, indice)
        elif self.activo is not None:
            self.activo.cola.append(self.mensajes[indice])

    def atraso(self) -> int:
        return len(self.mensajes) - self.marca - len(self.aceptados)

    def pendientes(self) -> list[MensajeEnMemoria]:
        return [m for m in self.mensajes[self.marca :] if m.indice not in self.aceptados]

    @property
    def posicion(self) -> Posicion:
        """Where everything is acknowledged up to."""
        return self.mensajes[self.marca - 1].posicion if self.marca else NINGUNA


class SubscriptionEnMemoria:
    """An open subscription (:class:`seedwork.aplicacion.broker.Subscription`)."""

    def __init__(self, cliente: "ClienteEnMemoria", topicos: Sequence[str], nombre: str, modo: Modo, cola: int) -> None:
        self.nombre = nombre
        self.topicos = tuple(topicos)
        self._cliente = cliente
        self._broker = cliente.broker
        self._modo = modo
        self._cola = cola
        self._abierta = True
        self._asientos: dict[str, _Asiento] = {}
        self._particiones = [p for t in topicos for p in self._broker._de(t)]
        if not all(p.cursor(nombre).admite(modo) for p in self._particiones):
            raise SinSubscription("otros la tienen, y no la comparten así")
        self._sentarse()

    def recibir(self, cuantos: int, espera_s: float) -> Sequence[MensajeEnMemoria]:
        """See the port. It never waits: the world's time stands still meanwhile."""
        self._exigir_abierta()
        if self._broker.ausente:
            return ()
        self._sentarse()
        capricho, llegados = self._broker.capricho, list[MensajeEnMemoria]()
        con_algo = [a for a in self._asientos.values() if a.trae() and not self._detenida(a)]
        while con_algo and len(llegados) < cuantos:
            cual = capricho.elegir([a.cola[0] for a in con_algo]) if len(con_algo) > 1 else 0
            asiento = con_algo[cual]
            tomados = capricho.cuantos(min(len(asiento.cola), cuantos - len(llegados)))
            if not tomados:
                break
            llegados.extend([asiento.cola.popleft() for _ in range(tomados)])
            if not asiento.trae():
                del con_algo[cual]
        return llegados

    def _detenida(self, asiento: _Asiento) -> bool:
        topico, detenidos = asiento.cursor.particion.topico, self._broker.detenidos
        return (topico, None) in detenidos or (topico, self.nombre) in detenidos

    def hay(self) -> bool:
        """Whether :meth:`recibir` is worth calling now."""
        return self.desde() <= self._broker.reloj.segundos()

    def desde(self) -> float:
        """From which instant on, on the world's clock, :meth:`recibir` is worth calling: it would give something, or
        find out that there is nothing. Infinity where only something else can change that.

        Asking changes nothing, and decides nothing.
        """
        if not self._abierta:
            return 0.0
        if self._broker.ausente:
            return math.inf
        if len(self._asientos) < len(self._particiones):
            return 0.0
        antes = math.inf
        for asiento in self._asientos.values():
            if asiento.cola:
                desde = 0.0
            else:
                cursor = asiento.cursor
                if cursor.lectura < len(cursor.mensajes):
                    if cursor.activo is not asiento and cursor.modo != "compartida":
                        continue
                    desde = 0.0
                elif cursor.devueltos:
                    desde = 0.0
                elif cursor.retrasados:
                    desde = (cursor.retrasados[0][0] - _TIC) / 1e6
                else:
                    continue
            if desde < antes and not self._detenida(asiento):
                if desde <= 0.0:
                    return 0.0
                antes = desde
        return antes

    def aceptar(self, llegado: Any, /) -> None:
        """See the port."""
        self._exigir_abierta()
        asiento = self._asientos.get(llegado.particion)
        if asiento is not None and self._broker.capricho.acuse_llega(llegado):
            asiento.en_mano.discard(llegado.indice)
            asiento.cursor.aceptar(llegado.indice)

    def conectada(self) -> bool:
        """See the port."""
        return self._abierta and not self._broker.ausente and len(self._asientos) == len(self._particiones)

    def cerrar(self) -> None:
        """See the port."""
        if self._abierta:
            self._abierta = False
            self.desconectar()
            self._cliente.suscripciones.remove(self)

    def desconectar(self, topico: str | None = None) -> None:
        """Its connection breaks, to one topic or to all; it is made anew with the next call of :meth:`recibir`.

        What came ahead is forgotten; what was received may still be in somebody's hands, who can't acknowledge it
        until then.
        """
        for nombre, asiento in list(self._asientos.items()):
            if topico is None or asiento.cursor.particion.topico == topico:
                del self._asientos[nombre]
                asiento.cursor.levantar(asiento)

    def _sentarse(self) -> None:
        if len(self._asientos) == len(self._particiones):
            return
        for particion in self._particiones:
            cursor = particion.cursor(self.nombre)
            if particion.nombre not in self._asientos and cursor.admite(self._modo):
                self._asientos[particion.nombre] = cursor.sentar(self._modo, self._cola)

    def _exigir_abierta(self) -> None:
        if not self._abierta:
            raise SinSubscription("está cerrada")


class AvanceEnMemoria:
    """How far consumers have come (:class:`seedwork.aplicacion.broker.Avance`)."""

    def __init__(self, broker: BrokerEnMemoria) -> None:
        self._broker = broker

    def mirar(self, topico: str, subscription: str) -> Marcha:
        """See the port."""
        cursores = _cursores(self._broker, topico, subscription)
        return Marcha(
            tuple(c.particion.ultimo for c in cursores),
            tuple(c.posicion if c.atraso() else c.particion.ultimo for c in cursores),
        )


class AtrasosEnMemoria:
    """How much subscriptions have before them (:class:`seedwork.aplicacion.broker.Atrasos`)."""

    def __init__(self, broker: BrokerEnMemoria) -> None:
        self._broker = broker

    def mirar(self, topico: str, subscription: str) -> Atraso:
        """See the port."""
        cursores = _cursores(self._broker, topico, subscription)
        pendientes = [m.micros for c in cursores for m in c.pendientes()]
        reloj = self._broker.reloj
        return Atraso(
            sum(c.atraso() - len(c.retrasados) for c in cursores),
            sum(c.acuses for c in cursores),
            mas_antiguo=reloj.ahora() - timedelta(microseconds=reloj.micros - min(pendientes)) if pendientes else None,
            llegados={c.particion.nombre: len(c.mensajes) for c in cursores},
            entregados=sum(c.lectura for c in cursores),
            consumidores=max(len(c.asientos) for c in cursores),
        )


def _cursores(broker: BrokerEnMemoria, topico: str, subscription: str) -> list[_Cursor]:
    if broker.ausente:
        raise SinAvance("no hay broker")
    particiones = broker._particiones.get(topico, ())
    cursores = [p.cursores[subscription] for p in particiones if subscription in p.cursores]
    if not cursores:
        raise SinAvance(f"{subscription} no está suscrito")
    return cursores


class EsquemasEnMemoria:
    """The registry of schemas (:class:`seedwork.aplicacion.broker.Esquemas`)."""

    def __init__(self, broker: BrokerEnMemoria) -> None:
        self._broker = broker

    def texto(self, topico: str, version: int) -> str | None:
        """See the port."""
        if self._broker.ausente:
            raise SinEsquemas("no hay broker")
        versiones = self._broker._esquemas.get(topico, [])
        return versiones[version] if 0 <= version < len(versiones) else None


@dataclass(slots=True, eq=False)
class _Envio:
    carga: Any
    propiedades: Mapping[str, str]
    clave: str
    al_terminar: Confirmar
    retraso_s: float
    vence: float
    """When it is given up, on the world's clock."""


@dataclass(slots=True, eq=False)
class _Productor:
    """What publishes to a topic: what the broker has not taken yet, and what it has, and not confirmed."""

    topico: str
    pendientes: deque[_Envio] = field(default_factory=deque)
    sin_confirmar: deque[_Envio] = field(default_factory=deque)
    roto: bool = False

    def caducar(self, ahora: float) -> None:
        """Give up what has waited too long."""
        while self.pendientes and self.pendientes[0].vence <= ahora:
            self.pendientes.popleft().al_terminar(SinConfirmacion("el broker no confirmó a tiempo"))

    def fallar(self, envios: deque[_Envio]) -> None:
        """Tell those who sent that nobody knows."""
        while envios:
            envios.popleft().al_terminar(SinConfirmacion("el broker no confirmó"))

    def romper(self) -> None:
        """Nothing can be sent with it any more, and of what was nobody knows."""
        self.roto = True
        self.fallar(self.sin_confirmar)
        self.fallar(self.pendientes)


class ClienteEnMemoria:
    """A process's connection: the ports ``Subscriber`` and ``Salida`` of :mod:`seedwork.aplicacion.broker`.

    Attributes:
        suscripciones: those that are open.
    """

    def __init__(self, broker: BrokerEnMemoria, *, plazo_s: float | None) -> None:
        self.broker = broker
        self.suscripciones: list[SubscriptionEnMemoria] = []
        self._plazo_s = plazo_s
        self._productores: dict[str, _Productor] = {}
        self._vive = True

    # Subscribing

    def suscribir(
        self, topicos: Sequence[str], nombre: str, *, entrega: Modo, cola: int = 1000
    ) -> SubscriptionEnMemoria:
        """See the port; "exclusiva" takes nobody else in."""
        if self.broker.ausente or not self._vive:
            raise SinSubscription("no hay conexión con el broker")
        self.suscripciones.append(SubscriptionEnMemoria(self, topicos, nombre, entrega, cola))
        return self.suscripciones[-1]

    # Publishing

    def preparar(self, topico: str, espera_s: float = 30.0) -> None:
        """See the port."""
        self._productor(topico)

    def enviar(
        self,
        topico: str,
        carga: Any,
        propiedades: Mapping[str, str],
        clave: str,
        al_terminar: Confirmar,
        *,
        retraso_s: float = 0.0,
    ) -> None:
        """See the port; ``al_terminar`` hears of it before this returns, or in :meth:`confirmar`."""
        productor = self._enviar(topico, carga, propiedades, clave, al_terminar, retraso_s)
        if not (self.broker.por_pasos or self.broker.ausente):
            self._acabar(productor)

    def despachar(self, topico: str) -> None:
        """See the port. Nothing waits for others here."""

    def descartar(self, topico: str) -> None:
        """See the port."""
        productor = self._productores.pop(topico, None)
        if productor is not None:
            productor.romper()

    def publicar_carga(
        self, topico: str, carga: Any, propiedades: Mapping[str, str], clave: str, *, espera: float
    ) -> None:
        """See the port; what was sent to the topic before goes first."""
        respuestas: list[SinConfirmacion | None] = []
        try:
            productor = self._enviar(topico, carga, propiedades, clave, respuestas.append, 0.0)
        except SinConfirmacion:
            # It broke after whoever published last had given up waiting.
            self.descartar(topico)
            raise
        self._acabar(productor)
        if productor.roto:
            self.descartar(topico)
        if not respuestas:
            raise SinConfirmacion("el broker no confirmó a tiempo")
        if respuestas[0] is not None:
            raise respuestas[0]

    def pendientes(self) -> dict[str, tuple[int, int]]:
        """By topic, how many messages the broker has still to take, and how many it has still to confirm."""
        return {
            t: (len(p.pendientes), len(p.sin_confirmar))
            for t, p in self._productores.items()
            if p.pendientes or p.sin_confirmar
        }

    def tomar(self, topico: str, cuantos: int = 1) -> int:
        """The broker takes so many of the topic's messages, the oldest first; answers how many it took."""
        productor, tomados = self._productores[topico], 0
        productor.caducar(self.broker.reloj.segundos())
        broker = self.broker
        while tomados < cuantos and productor.pendientes and not broker.ausente:
            envio = productor.pendientes[0]
            suerte = broker.capricho.suerte(topico, envio.carga)
            if suerte is Suerte.RECHAZADO:
                productor.romper()
                break
            broker._guardar(topico, envio.carga, envio.propiedades, envio.clave, envio.retraso_s)
            productor.sin_confirmar.append(productor.pendientes.popleft())
            tomados += 1
            if suerte is Suerte.SIN_CONFIRMACION:
                self._cortar(productor)
                break
        return tomados

    def confirmar(self, topico: str, cuantos: int = 1) -> int:
        """The broker confirms so many of those that it took; answers how many."""
        productor, confirmados = self._productores[topico], 0
        while confirmados < cuantos and productor.sin_confirmar and not self.broker.ausente:
            confirmados += 1
            productor.sin_confirmar.popleft().al_terminar(None)
        return confirmados

    def acabar(self) -> None:
        """The broker takes and confirms all that there is."""
        for productor in list(self._productores.values()):
            self._acabar(productor)

    def _acabar(self, productor: _Productor) -> None:
        while (productor.pendientes or productor.sin_confirmar) and not self.broker.ausente:
            self.tomar(productor.topico, len(productor.pendientes))
            self.confirmar(productor.topico, len(productor.sin_confirmar))

    def _productor(self, topico: str) -> _Productor:
        productor = self._productores.get(topico)
        if productor is None:
            if self.broker.ausente or not self._vive:
                raise SinConfirmacion(f"no hay productor para {topico}")
            self.broker._de(topico)
            productor = self._productores[topico] = _Productor(topico)
        return productor

    def _cortar(self, productor: _Productor) -> None:
        """Its connection breaks: nobody hears what became of what was not confirmed."""
        if self._plazo_s is None:
            productor.pendientes.extendleft(reversed(productor.sin_confirmar))
            productor.sin_confirmar.clear()
        else:
            productor.fallar(productor.sin_confirmar)

    def _enviar(
        self,
        topico: str,
        carga: Any,
        propiedades: Mapping[str, str],
        clave: str,
        al_terminar: Confirmar,
        retraso_s: float,
    ) -> _Productor:
        productor = self._productor(topico)
        if productor.roto:
            raise SinConfirmacion(f"el productor de {topico} está cerrado")
        vence = math.inf if self._plazo_s is None else self.broker.reloj.segundos() + self._plazo_s
        productor.pendientes.append(_Envio(carga, propiedades, clave, al_terminar, retraso_s, vence))
        return productor

    # What may befall it

    def desconectar(self, topico: str | None = None) -> None:
        """Its connections break, to one topic or to all, and are made anew when they are needed."""
        for subscription in self.suscripciones:
            subscription.desconectar(topico)
        for nombre, productor in self._productores.items():
            if topico in (None, nombre):
                self._cortar(productor)

    def cerrar(self) -> None:
        """It goes: what it holds is given back. What the broker has not taken yet never gets there, and nobody hears
        of what it has: a process that dies does nothing else to it.
        """
        for subscription in list(self.suscripciones):
            subscription.cerrar()
        self._productores.clear()
        if self._vive:
            self._vive = False
            self.broker._clientes.remove(self)
