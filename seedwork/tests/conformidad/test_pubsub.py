"""The cases of watermill's universal publish/subscribe tests, against seedwork's publishers and its consumer.

The cases are those of `pubsub/tests/test_pubsub.go` of ThreeDotsLabs/watermill, each under its own name. Where what is
published matters, a case runs with both publishers (`canal`): the BFF's, straight to the broker, and the services',
outbox and relay; where only the subscriber is on trial, it has its messages from the workbench.

What watermill asks of a Pub/Sub, said in seedwork's words:

* received and acknowledged: the handler's transaction is committed, and the broker has the acknowledgement. So a
  message's effect is looked for in the database, and must be there *once*, which is more than watermill asks;
* nack: the handler raises;
* closing a subscriber: its `parada` is set;
* a consumer group: a subscription.

Its features (`Features`): ConsumerGroups, Persistent and NewSubscriberReceivesOldMessages: yes. ExactlyOnceDelivery: of
effects; watermill leaves two cases out then, they are run here. GuaranteedOrder: within a key of a topic, with
Failover; GuaranteedOrderWithSingleSubscriber: with Shared. ContextPreserved: the envelope travels.

| watermill | here |
|---|---|
| TestPublishSubscribe | test_publish_subscribe |
| TestConcurrentSubscribe | test_concurrent_subscribe, for both kinds of subscription |
| TestConcurrentSubscribeMultipleTopics | test_concurrent_subscribe_multiple_topics |
| TestResendOnError | test_resend_on_error |
| TestNoAck | test_no_ack: what is not done with holds back its key, and no other; watermill's topic has one key |
| TestContinueAfterSubscribeClose | test_continue_after_subscribe_close |
| TestConcurrentClose | test_concurrent_close |
| TestContinueAfterErrors | test_continue_after_errors, within the attempts that are allowed |
| TestPublishSubscribeInOrder | test_publish_subscribe_in_order |
| TestPublisherClose | test_publisher_close |
| TestTopic | test_topic |
| TestMessageCtx | test_message_ctx: a message's context is its unit of work, which ends with it |
| TestSubscribeCtx | test_subscribe_ctx |
| TestNewSubscriberReceivesOldMessages | test_new_subscriber_receives_old_messages |
| TestReconnect | test_reconnect: the broker closes every connection; `tests/fallos` kills it (`broker_muere`) |
| TestConsumerGroups | test_consumer_groups |
| TestPubSubStressTest (all of them, 20 times at once) | no case of its own: `make experimento2` is the stress |
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from seedwork.aplicacion.ritmo import Ritmo
from seedwork.pruebas.publicado import publicado

pytestmark = pytest.mark.integracion

PACIENTE = Ritmo(maximo=10_000, base_s=0.01, tope_s=0.05)
FAILOVER, SHARED = "ordenada", "compartida"


class Fallo(Exception):
    """A nack."""


def hacer_ordenes(taller, cuantas, *, hojas=10):
    return [taller.orden(f"h-{n % hojas}", n) for n in range(cuantas)]


def con_contexto(ordenes):
    """The same, each with a context of its own around it."""

    def vestir(n, orden):
        contexto = {"correlacion": f"raiz-{n}", "causa": f"causa-{n}", "traza": f"00-{n:032x}-{1:016x}-01"}
        return replace(orden, sobre=replace(orden.sobre, **contexto))

    return [vestir(n, orden) for n, orden in enumerate(ordenes)]


def lineas(recibidos):
    return sorted((r.mensaje.hoja, r.mensaje.linea) for r in recibidos)


def llegan_una_vez(taller, ordenes):
    """All are done and acknowledged, each once, and none is parked."""
    taller.esperar(lambda: len(taller.apuntes()) >= len(ordenes))
    taller.esperar(lambda: taller.atraso() == 0)
    assert sorted(taller.apuntes()) == lineas(ordenes)
    assert taller.cartas() == []


def correr_hasta(taller, parada, atender, **opciones):
    """A subscriber runs until its handler sets `parada`, and ends what it has begun."""
    consumidor = taller.hacer_consumidor(taller.bus(atender), **opciones)
    with taller.corriendo(lambda _: consumidor.correr(parada)):
        try:
            taller.esperar(parada.is_set)
        finally:
            parada.set()


def test_publish_subscribe(taller, canal):
    """What arrives is what was sent, payload and envelope; and after the end nothing is handed out any more."""
    ordenes = con_contexto(hacer_ordenes(taller, 100))
    canal.publicar(*ordenes)
    llegados = {}

    def atender(orden, unidad):
        llegados[unidad.sobre.id] = (unidad.sobre, orden)
        unidad.apuntar(orden.hoja, orden.linea)

    with taller.consumiendo(taller.bus(atender)) as consumidor:
        llegan_una_vez(taller, ordenes)
    assert llegados == {o.sobre.id: (o.sobre, o.mensaje) for o in ordenes}

    assert not consumidor.conectado()
    canal.publicar(taller.orden("tarde", 0))
    taller.esperar(lambda: taller.atraso() == 1)
    assert len(llegados) == 100


@pytest.mark.parametrize("tipo", [FAILOVER, SHARED], ids=["failover", "shared"])
def test_concurrent_subscribe(taller, canal, tipo):
    """Ten subscribers of one subscription receive everything between them."""
    ordenes = hacer_ordenes(taller, 500)
    canal.publicar(*ordenes[:250])
    subscriptores = [taller.hacer_consumidor(entrega=tipo, cola=10, lote=10) for _ in range(10)]
    with taller.corriendo(*(s.correr for s in subscriptores)):
        canal.publicar(*ordenes[250:])
        llegan_una_vez(taller, ordenes)


def test_concurrent_subscribe_multiple_topics(taller, canal, hechos, hecho, oyente):
    """Ten topics, published to at once and consumed by one subscriber: each gets its own, all of it."""
    tipos = hechos(10)
    with taller.consumiendo(oyente("todos", *tipos)), ThreadPoolExecutor(10) as hilos:
        list(hilos.map(lambda t: canal.publicar(*(hecho(t, f"h-{n % 5}", n) for n in range(50))), tipos))
        taller.esperar(lambda: len(taller.apuntes()) >= 500)
        taller.esperar(lambda: not any(taller.atraso(t, "todos") for t in tipos))
    assert sorted(taller.apuntes()) == sorted((f"todos-{t.__name__}", n) for t in tipos for n in range(50))


def test_resend_on_error(taller):
    """What the handler fails on, in a batch, in its parts and on its own, comes again until it does not."""
    ordenes = hacer_ordenes(taller, 100)
    fallos = Counter({ordenes[0].sobre.id: 10, ordenes[57].sobre.id: 10})

    def atender(orden, unidad):
        if fallos[unidad.sobre.id]:
            fallos[unidad.sobre.id] -= 1
            raise Fallo
        unidad.apuntar(orden.hoja, orden.linea)

    taller.enviar(*ordenes)
    with taller.consumiendo(taller.bus(atender), ritmo=PACIENTE):
        llegan_una_vez(taller, ordenes)
    assert not fallos.total()


def test_no_ack(taller):
    """Until a message is done with, the next one of its key does not come; then it does, and neither comes again."""
    primera, segunda, ajena = ordenes = [taller.orden("a", 1), taller.orden("a", 2), taller.orden("b", 1)]
    libre = threading.Event()
    vistas = []

    def atender(orden, unidad):
        vistas.append((orden.hoja, orden.linea))
        if (orden.hoja, orden.linea) == ("a", 1) and not libre.is_set():
            raise Fallo
        unidad.apuntar(orden.hoja, orden.linea)

    taller.enviar(primera, segunda, ajena)
    with taller.consumiendo(taller.bus(atender), ritmo=PACIENTE):
        # It came last, so that the second one of "a" has been here for long.
        taller.esperar(lambda: taller.apuntes() == [("b", 1)])
        antes = vistas.count(("a", 1))
        taller.esperar(lambda: vistas.count(("a", 1)) >= antes + 3)
        assert ("a", 2) not in vistas
        libre.set()
        llegan_una_vez(taller, ordenes)

    assert taller.apuntes("a") == [("a", 1), ("a", 2)]
    assert vistas.count(("a", 2)) == 1


def test_continue_after_subscribe_close(taller):
    """Subscribers are closed with messages in hand, one after the other: the next one goes on, and nothing is lost."""
    ordenes = hacer_ordenes(taller, 500, hojas=50)
    taller.enviar(*ordenes)
    for vuelta in range(1, 4):
        parada = threading.Event()
        atendidas = []

        def atender(orden, unidad, parada=parada, atendidas=atendidas):
            unidad.apuntar(orden.hoja, orden.linea)
            atendidas.append(orden)
            if len(atendidas) == 50:
                parada.set()
                raise Fallo

        correr_hasta(taller, parada, atender, lote=20)
        assert 30 * vuelta <= len(taller.apuntes()) < 50 * vuelta
    with taller.consumiendo():
        llegan_una_vez(taller, ordenes)


def test_concurrent_close(taller):
    """Ten subscribers come and go at once; whoever subscribes afterwards receives everything."""
    subscriptores = [taller.hacer_consumidor() for _ in range(10)]
    with taller.corriendo(*(s.correr for s in subscriptores)):
        taller.esperar(lambda: all(s.conectado() for s in subscriptores))
    assert not any(s.conectado() for s in subscriptores)

    ordenes = hacer_ordenes(taller, 50)
    taller.enviar(*ordenes)
    with taller.consumiendo():
        llegan_una_vez(taller, ordenes)


def test_continue_after_errors(taller):
    """Three subscribers fail a hundred times each, on whatever comes: the fourth receives it all."""
    ordenes = hacer_ordenes(taller, 50)
    taller.enviar(*ordenes)
    for _ in range(3):
        parada = threading.Event()
        fallos = []

        def atender(orden, unidad, parada=parada, fallos=fallos):
            fallos.append(orden)
            if len(fallos) == 100:
                parada.set()
            raise Fallo

        correr_hasta(taller, parada, atender, ritmo=PACIENTE)
        assert len(fallos) >= 100
    assert taller.apuntes() == []

    with taller.consumiendo(ritmo=PACIENTE):
        llegan_una_vez(taller, ordenes)


@pytest.mark.parametrize(("tipo", "cuantos"), [(FAILOVER, 10), (SHARED, 1)], ids=["failover", "shared"])
def test_publish_subscribe_in_order(taller, canal, tipo, cuantos):
    """Each of 16 keys is consumed in the order in which it was published."""
    ordenes = hacer_ordenes(taller, 400, hojas=16)
    canal.publicar(*ordenes[:200])
    subscriptores = [taller.hacer_consumidor(entrega=tipo, lote=20) for _ in range(cuantos)]
    with taller.corriendo(*(s.correr for s in subscriptores)):
        canal.publicar(*ordenes[200:])
        llegan_una_vez(taller, ordenes)
    for hoja in range(16):
        assert taller.apuntes(f"h-{hoja}") == [(f"h-{hoja}", n) for n in range(hoja, 400, 16)]


def test_publisher_close(taller, canal):
    """Twenty threads publish, and the publisher is closed as soon as they have been told that it is durable."""
    ordenes = hacer_ordenes(taller, 1000, hojas=100)
    with ThreadPoolExecutor(20) as hilos:
        list(hilos.map(lambda n: canal.publicar(*ordenes[n::20]), range(20)))
    canal.cerrar()
    canal.abrir()
    with taller.consumiendo():
        llegan_una_vez(taller, ordenes)


def test_topic(taller, canal, hechos, hecho, oyente):
    """Two topics have nothing to do with each other."""
    uno, otro = hechos(2)
    canal.publicar(hecho(uno, "h", 1), hecho(otro, "h", 2))
    with taller.consumiendo(oyente("a", uno)), taller.consumiendo(oyente("b", otro)):
        taller.esperar(lambda: len(taller.apuntes()) >= 2)
        taller.esperar(lambda: taller.atraso(uno, "a") + taller.atraso(otro, "b") == 0)
    assert sorted(taller.apuntes()) == [("a-Hecho0", 1), ("b-Hecho1", 2)]


def test_message_ctx(taller):
    """A message's unit of work ends with the message, and with the subscriber: nothing is left open."""
    ordenes = [taller.orden("h", n) for n in range(3)]
    unidades = []
    parada = threading.Event()

    def atender(orden, unidad):
        assert all(u.transaccion.conexion.closed for u in unidades), "the one before it has ended"
        unidades.append(unidad)
        unidad.apuntar(orden.hoja, orden.linea)
        if orden.linea == 1:
            parada.set()

    taller.enviar(*ordenes)
    correr_hasta(taller, parada, atender, lote=1)
    assert [u.transaccion.conexion.closed for u in unidades] == [True, True]
    assert taller.apuntes() == [("h", 0), ("h", 1)], "who is told to stop ends what it has begun, and begins no more"

    with taller.consumiendo():
        llegan_una_vez(taller, ordenes)


def test_subscribe_ctx(taller):
    """A subscription that is cancelled gives back what it holds; the next one gets it, with the context it came in."""
    ordenes = con_contexto(hacer_ordenes(taller, 20))
    taller.enviar(*ordenes)
    parada = threading.Event()

    def atender(orden, unidad):
        parada.set()
        raise Fallo

    correr_hasta(taller, parada, atender)
    taller.hacer_consumidor().correr(parada)
    assert taller.apuntes() == []

    with taller.consumiendo():
        llegan_una_vez(taller, ordenes)
    contextos = {
        (p["ce_causationid"], p["ce_correlationid"], p["ce_traceparent"])
        for p, m in publicado(taller.motor)
        if isinstance(m, taller.apuntado)
    }
    assert contextos == {(o.sobre.id, o.sobre.correlacion, o.sobre.traza) for o in ordenes}


def test_new_subscriber_receives_old_messages(taller, canal, hechos, hecho, oyente):
    """Whoever subscribes late receives what was published before, and goes on with what comes after."""
    (tipo,) = hechos(1)
    canal.publicar(hecho(tipo, "h", 0))
    with ExitStack() as subscriptores:
        for n in range(1, 4):
            canal.publicar(hecho(tipo, "h", n))
            subscriptores.enter_context(taller.consumiendo(oyente(f"s{n}", tipo)))
            taller.esperar(lambda n=n: len(taller.apuntes()) >= n * (n + 1))
            for m in range(1, n + 1):
                assert taller.apuntes(f"s{m}-Hecho0") == [(f"s{m}-Hecho0", linea) for linea in range(n + 1)]


def test_reconnect(taller, canal):
    """The broker closes every connection twice, while twenty publish and one consumes: all goes on by itself."""
    ordenes = hacer_ordenes(taller, 600, hojas=60)
    publicadas = []
    cerrojo = threading.Lock()

    def publicar(quien):
        for orden in ordenes[quien::20]:
            canal.publicar(orden)
            with cerrojo:
                publicadas.append(orden)
                cuantas = len(publicadas)
            if cuantas in (200, 300):
                taller.desalojar()

    with taller.consumiendo(lote=20) as consumidor:
        with ThreadPoolExecutor(20) as hilos:
            list(hilos.map(publicar, range(20)))
        llegan_una_vez(taller, ordenes)
        taller.esperar(consumidor.conectado)


def test_consumer_groups(taller, canal, hechos, hecho, oyente):
    """Each of two subscriptions receives everything, whatever the other does."""
    (tipo,) = hechos(1)
    grupos = ("uno", "otro")
    for grupo in grupos:
        with taller.consumiendo(oyente(grupo, tipo)) as consumidor:
            taller.esperar(consumidor.conectado)

    canal.publicar(*(hecho(tipo, f"h-{n % 5}", n) for n in range(50)))
    for cuantos, grupo in enumerate(grupos, 1):
        with taller.consumiendo(oyente(grupo, tipo)):
            taller.esperar(lambda c=cuantos: len(taller.apuntes()) >= c * 50)
            taller.esperar(lambda g=grupo: taller.atraso(tipo, g) == 0)
    for grupo in grupos:
        assert sorted(taller.apuntes(f"{grupo}-Hecho0")) == [(f"{grupo}-Hecho0", n) for n in range(50)]
    assert len(taller.apuntes()) == 100
