"""The relay's logic, on an outbox and a broker in memory."""

import itertools
import random
import threading
from datetime import timedelta

import pytest

from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.outbox import ARRIENDO_S, SinOutbox
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import relay as modulo_relay
from seedwork.infraestructura.relay import Relay
from seedwork.pruebas.almacen import Almacen, EnSalida
from seedwork.pruebas.broker import BrokerEnMemoria, Capricho, ClienteEnMemoria, Suerte
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.mensajeria import OutboxMemoria

T, U = "persistent://saludtech/pruebas/t", "persistent://saludtech/pruebas/u"


class Caprichoso(Capricho):
    """What becomes of messages, as it is told; then well."""

    def __init__(self):
        self.suertes = []

    def suerte(self, topico, carga):
        return self.suertes.pop(0) if self.suertes else Suerte.BIEN


class Mundo:
    def __init__(self, *, por_pasos=False):
        self.capricho = Caprichoso()
        entorno = EntornoSimulado()
        self.broker = BrokerEnMemoria(entorno.reloj, self.capricho, por_pasos=por_pasos)
        self.almacen = Almacen(entorno, {})
        for topico in (T, U):
            self.broker.topico(topico)

    def relay(self, **opciones) -> tuple[Relay, ClienteEnMemoria]:
        cliente = self.broker.conectar(plazo_s=None)
        return Relay(OutboxMemoria(self.almacen), cliente, **opciones), cliente

    def publicado(self, topico=T):
        return [m.carga for m in self.broker.leer(topico)]

    def numero(self):
        """The id that the next row gets; whoever takes it may commit its row when it likes."""
        return next(self.almacen.siguiente)

    def confirmar(self, *cargas, topico=T, clave="k", retraso_s=None, id=None):
        """Commit rows; answers their ids."""
        ids = []
        for carga in cargas:
            ids.append(id or self.numero())
            no_antes = None
            if retraso_s is not None:
                no_antes = self.almacen.entorno.ahora() + timedelta(seconds=retraso_s)
            sobre = Sobre(id=f"m{ids[-1]}", tipo="", fuente="", sujeto=clave, tiempo="", correlacion="")
            fila = EnSalida(ids[-1], topico, carga, sobre, {"ce_id": sobre.id}, no_antes)
            self.almacen.outbox[fila.id] = self.almacen.sin_enviar[fila.id] = fila
        return ids

    def marcadas(self):
        return sorted(self.almacen.outbox.keys() - self.almacen.sin_enviar.keys())

    def perder_marcas(self, *ids):
        """Marks are lost with the database's own crash: nothing waits for the disk to have them."""
        for id in ids:
            self.almacen.sin_enviar[id] = self.almacen.outbox[id]

    def quitar_el_mando(self):
        """End the session of whoever leads."""
        self.almacen.lider = None

    def congelar(self):
        """Whoever is not called from here on stands still for so long that another may lead."""
        self.broker.reloj.avanzar(ARRIENDO_S)

    def quedarse_sin_base(self):
        self.almacen.ausente = True
        self.quitar_el_mando()


@pytest.fixture
def mundo():
    return Mundo()


@pytest.fixture
def a_pasos():
    return Mundo(por_pasos=True)


def vueltas(relay, cuantas=10):
    for _ in range(cuantas):
        relay.vuelta()


def test_lo_envia_todo_en_orden_y_lo_marca(mundo):
    relay, _ = mundo.relay(tope=3)
    ids = mundo.confirmar(*"abcdefgh")
    vueltas(relay)
    assert mundo.publicado() == list("abcdefgh")
    assert mundo.marcadas() == ids
    assert [(m.clave, m.propiedades) for m in mundo.broker.leer(T)] == [("k", {"ce_id": f"m{i}"}) for i in ids]
    assert relay.espera_por is None


def test_lo_que_no_ha_de_llegar_antes_va_con_lo_que_le_falta(mundo):
    mundo.broker.subscription(T, "s")
    relay, cliente = mundo.relay()
    mundo.confirmar("tarde", retraso_s=10)
    mundo.confirmar("ya")
    mundo.confirmar("vencido", retraso_s=2)
    mundo.broker.reloj.avanzar(4)
    vueltas(relay, 2)
    abierta = cliente.suscribir([T], "s", entrega="compartida")
    assert [m.carga for m in abierta.recibir(10, 0)] == ["ya", "vencido"]
    mundo.broker.reloj.avanzar(4.9)
    assert not abierta.recibir(10, 0)
    mundo.broker.reloj.avanzar(0.1)
    assert [m.carga for m in abierta.recibir(10, 0)] == ["tarde"]


def test_nada_se_pierde_por_tarde_que_se_confirme(mundo):
    relay, _ = mundo.relay()
    lento, rapido = mundo.numero(), mundo.numero()
    mundo.confirmar("rapido", id=rapido)
    vueltas(relay, 2)
    assert mundo.marcadas() == [rapido]
    mundo.confirmar("lento", id=lento)
    vueltas(relay, 2)
    assert mundo.publicado() == ["rapido", "lento"]
    assert not mundo.almacen.sin_enviar


def test_de_lo_confirmado_va_primero_lo_que_antes_se_numero(mundo):
    relay, _ = mundo.relay()
    primero, segundo = mundo.numero(), mundo.numero()
    mundo.confirmar("segundo", id=segundo)
    mundo.confirmar("primero", id=primero)
    vueltas(relay, 2)
    assert mundo.publicado() == ["primero", "segundo"]


def test_una_ronda_a_medias_ni_se_marca_ni_deja_que_otra_la_adelante(a_pasos):
    relay, cliente = a_pasos.relay(tope=2)
    a, b, c = a_pasos.confirmar(*"abc")
    vueltas(relay)
    assert cliente.pendientes() == {T: (2, 0)}
    cliente.tomar(T)
    cliente.confirmar(T)
    vueltas(relay)
    assert a_pasos.marcadas() == []
    cliente.tomar(T)
    vueltas(relay)
    assert a_pasos.marcadas() == []
    cliente.confirmar(T)
    relay.vuelta()
    assert a_pasos.marcadas() == [a, b]
    relay.vuelta()
    assert cliente.pendientes() == {T: (1, 0)}
    assert list(a_pasos.almacen.sin_enviar) == [c]


def test_quien_muere_antes_de_marcar_lo_repite_el_siguiente(mundo):
    muere, cliente = mundo.relay()
    queda, _ = mundo.relay()
    mundo.confirmar("a", "b")
    muere.vuelta()
    vueltas(queda)
    assert mundo.publicado() == ["a", "b"], "otro dirige"
    assert queda.espera_por is None, "estar a la espera no es un problema"
    cliente.cerrar()
    mundo.quitar_el_mando()
    vueltas(queda, 2)
    assert mundo.publicado() == ["a", "b"] * 2
    assert not mundo.almacen.sin_enviar


def test_quien_se_quedo_dormido_sin_el_mando_se_entera_al_marcar(mundo):
    dormido, _ = mundo.relay()
    otro, _ = mundo.relay()
    mundo.confirmar("a")
    dormido.vuelta()
    mundo.quitar_el_mando()
    vueltas(otro, 2)
    mundo.confirmar("b")
    assert dormido.vuelta() > 0
    assert isinstance(dormido.espera_por, SinOutbox)
    vueltas(dormido)
    assert mundo.publicado() == ["a", "a"], "el otro dirige"
    vueltas(otro, 2)
    assert mundo.publicado() == ["a", "a", "b"]


def test_quien_estuvo_congelado_repite_a_lo_sumo_su_ronda_y_no_empieza_otra(a_pasos):
    congelado, suyo = a_pasos.relay()
    otro, cliente = a_pasos.relay()
    a_pasos.confirmar("a", "b")
    congelado.vuelta()
    assert congelado.dirige
    suyo.tomar(T)
    a_pasos.congelar()
    a_pasos.confirmar("c")
    for _ in range(3):
        otro.vuelta()
        cliente.acabar()
    assert otro.dirige
    assert a_pasos.publicado() == ["a", "a", "b", "c"]
    a_pasos.confirmar("d")
    suyo.acabar()
    vueltas(congelado)
    assert not congelado.dirige
    assert a_pasos.publicado() == ["a", "a", "b", "c", "b"], "lo que tenía entre manos, y nada más"
    for _ in range(3):
        otro.vuelta()
        cliente.acabar()
    assert a_pasos.publicado()[-1] == "d"
    assert not a_pasos.almacen.sin_enviar
    assert congelado.espera_por is None, "estar a la espera no es un problema"


def test_quien_pierde_el_mando_a_media_ronda_deja_lo_que_falta_al_otro(a_pasos):
    congelado, suyo = a_pasos.relay()
    otro, cliente = a_pasos.relay()
    a_pasos.confirmar("a", "b")
    congelado.vuelta()
    a_pasos.congelar()
    otro.vuelta()
    congelado.vuelta()
    assert not congelado.aguarda
    suyo.acabar()
    cliente.acabar()
    otro.vuelta()
    assert a_pasos.publicado() == ["a", "b"]
    assert not a_pasos.almacen.sin_enviar


def test_quien_espera_al_broker_conserva_el_mando(a_pasos):
    espera, _ = a_pasos.relay()
    otro, _ = a_pasos.relay()
    a_pasos.confirmar("a")
    for _ in range(20):
        espera.vuelta()
        a_pasos.broker.reloj.avanzar(4.0)
        otro.vuelta()
    assert espera.aguarda and espera.dirige
    assert not otro.dirige


def test_una_marca_que_se_pierde_es_una_repeticion(mundo):
    relay, _ = mundo.relay()
    _, b, c = mundo.confirmar("a", "b", "c")
    vueltas(relay, 2)
    mundo.perder_marcas(b, c)
    vueltas(relay, 2)
    assert mundo.publicado() == ["a", "b", "c", "b", "c"]
    assert not mundo.almacen.sin_enviar


def test_lo_que_el_broker_rechaza_se_envia_otra_vez_en_su_orden(mundo):
    relay, _ = mundo.relay()
    ids = mundo.confirmar("a", "b", "c", "d")
    mundo.capricho.suertes = [Suerte.BIEN, Suerte.RECHAZADO]
    relay.vuelta()
    assert relay.vuelta() > 0
    assert isinstance(relay.espera_por, SinConfirmacion)
    vueltas(relay)
    assert mundo.publicado() == ["a", "b", "c", "d"], "la ronda se cortó en su mitad, y lo que llegó, llegó"
    assert mundo.marcadas() == ids
    assert relay.espera_por is None


def test_lo_rechazado_de_varios_a_la_vez_y_en_cualquier_paso(a_pasos):
    relay, cliente = a_pasos.relay()
    a_pasos.confirmar(*"abcd")
    relay.vuelta()
    cliente.tomar(T, 2)
    cliente.confirmar(T)
    a_pasos.capricho.suertes = [Suerte.RECHAZADO]
    cliente.tomar(T)
    relay.vuelta()
    assert len(a_pasos.marcadas()) == 1
    relay.vuelta()
    cliente.acabar()
    relay.vuelta()
    assert a_pasos.publicado() == ["a", "b", "b", "c", "d"]
    assert not a_pasos.almacen.sin_enviar


def test_una_confirmacion_que_se_pierde_es_una_repeticion_en_su_orden(mundo):
    relay, _ = mundo.relay()
    mundo.confirmar("a", "b", "c")
    mundo.capricho.suertes = [Suerte.BIEN, Suerte.SIN_CONFIRMACION]
    vueltas(relay, 2)
    assert mundo.publicado() == ["a", "b", "b", "c"]
    assert not mundo.almacen.sin_enviar


def test_sin_broker_espera_y_luego_sigue(mundo):
    relay, _ = mundo.relay()
    mundo.broker.irse()
    ids = mundo.confirmar("a", "b")
    assert relay.vuelta() > 0
    assert isinstance(relay.espera_por, SinConfirmacion)
    assert T in str(relay.espera_por)
    mundo.broker.volver()
    vueltas(relay, 2)
    assert relay.espera_por is None
    mundo.broker.irse()
    ids += mundo.confirmar("c", "d")
    vueltas(relay)
    assert mundo.marcadas() == ids[:2]
    mundo.broker.volver()
    vueltas(relay, 2)
    assert mundo.publicado() == ["a", "b", "c", "d"]
    assert mundo.marcadas() == ids


def test_mirar_lo_que_esta_vacio_no_detiene_a_nadie(mundo):
    relay, _ = mundo.relay()
    vueltas(relay, 3)
    ids = mundo.confirmar("a")
    vueltas(relay, 2)
    assert mundo.marcadas() == ids


def test_con_una_ronda_llena_ya_no_espera_por_nada_y_sigue_en_seguida(mundo):
    relay, _ = mundo.relay(tope=2)
    mundo.broker.irse()
    mundo.confirmar(*"abc")
    relay.vuelta()
    assert relay.espera_por is not None
    mundo.broker.volver()
    relay.vuelta()
    assert relay.vuelta() == 0, "quedan más"
    assert relay.espera_por is None


def test_sin_base_de_datos_espera_y_luego_repite(mundo):
    relay, _ = mundo.relay()
    mundo.confirmar("a")
    relay.vuelta()
    mundo.quedarse_sin_base()
    vueltas(relay)
    assert isinstance(relay.espera_por, SinOutbox)
    mundo.almacen.ausente = False
    vueltas(relay, 2)
    assert relay.espera_por is None
    assert mundo.publicado() == ["a", "a"]
    assert not mundo.almacen.sin_enviar


def test_quien_publica_de_un_topico_se_rompe_a_media_ronda(a_pasos):
    relay, cliente = a_pasos.relay(tope=2)
    cliente.preparar(T)
    a_pasos.capricho.suertes = [Suerte.RECHAZADO]
    cliente.enviar(T, "x", {}, "k", lambda _: None)
    cliente.tomar(T)
    a_pasos.confirmar("a")
    a_pasos.confirmar("b", topico=U)
    relay.vuelta()
    assert isinstance(relay.espera_por, SinConfirmacion)
    for _ in range(5):
        relay.vuelta()
        cliente.acabar()
    assert (a_pasos.publicado(T), a_pasos.publicado(U)) == (["a"], ["b"])
    assert not a_pasos.almacen.sin_enviar


def test_al_parar_marca_lo_que_se_confirmo_y_suelta_el_mando(a_pasos, monkeypatch):
    monkeypatch.setattr(modulo_relay, "_DESPEDIDA_S", 0.001)
    relay, cliente = a_pasos.relay()
    a, b = a_pasos.confirmar("a", "b")
    relay.vuelta()
    cliente.tomar(T, 2)
    cliente.confirmar(T)
    parada = threading.Event()
    parada.set()
    relay.correr(parada)
    assert a_pasos.marcadas() == [a]
    assert list(a_pasos.almacen.sin_enviar) == [b]
    assert a_pasos.almacen.lider is None


@pytest.mark.parametrize("semilla", range(30))
def test_haya_lo_que_haya_no_falta_nada_y_lo_primero_de_cada_clave_va_en_orden(semilla):
    """Four relays; commits out of order, whims, broken connections and marks that get lost, until all is quiet."""
    azar = random.Random(semilla)
    mundo = Mundo(por_pasos=True)
    mundo.capricho.suerte = lambda *_: azar.choices(list(Suerte), [90, 3, 7])[0]
    relays = [mundo.relay(tope=azar.randint(1, 7)) for _ in range(4)]
    abiertas, escritos, numero = [], [], itertools.count()

    def escribir():
        abiertas.append((mundo.numero(), azar.choice("xyz"), azar.choice((T, U))))

    def confirmar_una():
        # Those of one key are committed in the order of their ids: its aggregate's row is locked meanwhile.
        primeras = [a for n, a in enumerate(abiertas) if a[1] not in {o[1] for o in abiertas[:n]}]
        id, clave, topico = azar.choice(primeras)
        abiertas.remove((id, clave, topico))
        escritos.append((topico, clave, next(numero)))
        mundo.confirmar(escritos[-1][2], topico=topico, clave=clave, id=id)

    def paso():
        relay, cliente = azar.choice(relays)
        que = azar.random()
        if que < 0.15:
            escribir()
        elif que < 0.3 and abiertas:
            confirmar_una()
        elif que < 0.6:
            relay.vuelta()
        elif que < 0.95:
            for topico in cliente.pendientes():
                azar.choice((cliente.tomar, cliente.confirmar))(topico, azar.randint(1, 4))
        elif que < 0.96:
            mundo.quitar_el_mando()
        elif que < 0.97:
            cliente.desconectar()
        elif que < 0.98:
            mundo.perder_marcas(*mundo.marcadas()[-azar.randint(1, 3) :])
        elif que < 0.99:
            cliente.cerrar()
            relays[relays.index((relay, cliente))] = mundo.relay(tope=azar.randint(1, 7))
            if mundo.almacen.lider is relay._outbox:
                mundo.quitar_el_mando()
        else:
            azar.choice((mundo.broker.irse, mundo.broker.volver, mundo.congelar))()

    for _ in range(2000):
        paso()
    mundo.broker.volver()
    mundo.capricho.suerte = lambda *_: Suerte.BIEN
    while abiertas:
        confirmar_una()
    while mundo.almacen.sin_enviar:
        for relay, cliente in relays:
            relay.vuelta()
            cliente.acabar()

    for topico in (T, U):
        primeras = list(dict.fromkeys((m.clave, m.carga) for m in mundo.broker.leer(topico)))
        for clave in "xyz":
            assert [c for k, c in primeras if k == clave] == [n for t, k, n in escritos if (t, k) == (topico, clave)]
