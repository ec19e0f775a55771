"""The whims and misfortunes that only the broker in memory can be told to have. What it has in common with the real one
is proven in ``tests/conformidad/test_broker.py``.
"""

import math
import random
from collections import Counter

import pytest

from seedwork.aplicacion.broker import SinAvance, SinConfirmacion, SinSubscription
from seedwork.pruebas.broker import AtrasosEnMemoria, BrokerEnMemoria, Capricho, Suerte

T, U = "persistent://saludtech/pruebas/t", "persistent://saludtech/pruebas/u"


class Caprichoso(Capricho):
    """As it is told."""

    def __init__(self):
        self.suertes = []
        self.acuses = []
        self.quien = 0
        self.de_una_vez = None
        self.primero = None

    def suerte(self, topico, carga):
        return self.suertes.pop(0) if self.suertes else Suerte.BIEN

    def acuse_llega(self, mensaje):
        return self.acuses.pop(0) if self.acuses else True

    def activo(self, particion, cuantos):
        return self.quien % cuantos

    def cuantos(self, hay):
        return hay if self.de_una_vez is None else min(hay, self.de_una_vez)

    def elegir(self, cabezas):
        preferidas = [n for n, m in enumerate(cabezas) if m.topico == self.primero]
        return preferidas[0] if preferidas else super().elegir(cabezas)


@pytest.fixture
def capricho():
    return Caprichoso()


@pytest.fixture
def broker(capricho):
    hecho = BrokerEnMemoria(capricho=capricho)
    for topico in (T, U):
        hecho.topico(topico)
        hecho.subscription(topico, "s")
    return hecho


@pytest.fixture
def cliente(broker):
    return broker.conectar()


def publicar(cliente, *cargas, topico=T, **campos):
    dichos = []
    for carga in cargas:
        cliente.enviar(topico, carga, {}, "k", dichos.append, **campos)
    return dichos


def recibir(suscripcion, *, aceptar=True, cuantos=100):
    llegados = suscripcion.recibir(cuantos, 0)
    for llegado in llegados if aceptar else ():
        suscripcion.aceptar(llegado)
    return [m.carga for m in llegados]


def abrir(cliente, *topicos, entrega="ordenada", cola=100):
    return cliente.suscribir(topicos or (T,), "s", entrega=entrega, cola=cola)


# Deliveries


def test_un_acuse_que_se_pierde_es_una_repeticion_cuando_se_suscribe_otra_vez(broker, cliente, capricho):
    abierta = abrir(cliente)
    publicar(cliente, 1, 2, 3)
    capricho.acuses = [True, False, True]
    assert recibir(abierta) == [1, 2, 3]
    assert recibir(abierta) == []
    assert [m.carga for m in broker.sin_aceptar(T, "s")] == [2]
    abierta.cerrar()
    assert recibir(abrir(cliente)) == [2]
    assert broker.atraso(T, "s") == 0


@pytest.mark.parametrize("entrega", ["ordenada", "compartida"])
def test_un_mensaje_se_repite_aunque_se_haya_aceptado(broker, cliente, entrega):
    abierta = abrir(cliente, entrega=entrega)
    publicar(cliente, 1, 2, 3)
    recibir(abierta)
    broker.repetir(broker.leer(T)[0], "s")
    assert broker.atraso(T, "s") == 1
    assert recibir(abierta) == [1]
    assert broker.atraso(T, "s") == 0
    broker.repetir(broker.leer(T)[1], "s")
    abierta.cerrar()
    assert recibir(abrir(cliente, entrega=entrega)) == [2]


@pytest.mark.parametrize("entrega", ["ordenada", "compartida"])
def test_lo_que_nadie_recibio_todavia_no_se_repite_sino_que_llega_en_su_turno(broker, cliente, entrega):
    abierta = abrir(cliente, entrega=entrega)
    publicar(cliente, 1, 2, 3)
    broker.repetir(broker.leer(T)[2], "s")
    assert recibir(abierta) == [1, 2, 3]


def test_lo_aplazado_no_se_repite_antes_de_su_hora(broker, cliente):
    abierta = abrir(cliente, entrega="compartida")
    publicar(cliente, 1, retraso_s=10.0)
    assert recibir(abierta) == []
    broker.repetir(broker.leer(T)[0], "s")
    assert recibir(abierta) == []
    broker.reloj.avanzar(10.0)
    assert recibir(abierta) == [1]


def test_los_ultimos_acuses_se_olvidan_con_el_broker(broker, cliente):
    abierta = abrir(cliente)
    publicar(cliente, 1, 2, 3)
    recibir(abierta)
    broker.olvidar_acuses(T, "s", 2)
    assert broker.atraso(T, "s") == 2
    broker.desalojar(T)
    assert recibir(abierta) == [2, 3]


def test_al_desalojar_se_repite_lo_no_aceptado_y_el_que_estaba_recibiendo_no_lo_sabe(broker, cliente):
    abierta = abrir(cliente)
    publicar(cliente, 1, 2, 3)
    uno, dos, _ = abierta.recibir(3, 0)
    abierta.aceptar(uno)
    broker.desalojar()
    abierta.aceptar(dos)
    assert broker.atraso(T, "s") == 2, "un acuse sin conexión no llega"
    assert not abierta.conectada()
    assert recibir(abierta) == [2, 3]
    assert abierta.conectada()


def test_a_quien_se_expulsa_se_le_dice_y_lo_suyo_lo_recibe_el_siguiente(broker, cliente):
    abierta = abrir(cliente, T, U)
    publicar(cliente, 1)
    recibir(abierta, aceptar=False)
    broker.expulsar(U, "s")
    for que in (lambda: abierta.recibir(1, 0), lambda: abierta.aceptar(broker.leer(T)[0])):
        with pytest.raises(SinSubscription):
            que()
    assert recibir(abrir(cliente)) == [1]


def test_otro_toma_el_relevo_y_el_anterior_conserva_lo_que_se_le_adelanto(broker, cliente, capricho):
    una = abrir(cliente, cola=4)
    publicar(cliente, *range(10))
    (cero, _) = una.recibir(2, 0)
    una.aceptar(cero)
    capricho.quien = 1
    otra = abrir(broker.conectar(), cola=4)
    assert recibir(otra) == list(range(1, 10))
    assert recibir(una) == [2, 3, 4, 5]
    assert recibir(una) == []
    assert broker.atraso(T, "s") == 0


def test_el_acuse_de_quien_ya_no_es_activo_tambien_vale(broker, cliente, capricho):
    una = abrir(cliente)
    publicar(cliente, 1, 2)
    llegados = una.recibir(2, 0)
    capricho.quien = 1
    otra = abrir(broker.conectar())
    una.aceptar(llegados[0])
    assert recibir(otra) == [2]


def test_un_topico_lento_no_detiene_a_otro(broker, cliente):
    abierta = abrir(cliente, T, U)
    broker.detener(T, "s")
    publicar(cliente, 1, 2)
    publicar(cliente, 3, topico=U)
    assert recibir(abierta) == [3]
    assert not abierta.hay()
    broker.soltar(T, "s")
    assert abierta.hay()
    assert recibir(abierta) == [1, 2]
    broker.detener(T)
    publicar(cliente, 4)
    assert recibir(abierta) == []


def test_lo_de_un_topico_puede_adelantar_a_lo_de_otro_pero_no_a_lo_suyo(cliente, capricho):
    abierta = abrir(cliente, T, U)
    publicar(cliente, 1, 2)
    publicar(cliente, 3, 4, topico=U)
    capricho.primero, capricho.de_una_vez = U, 1
    assert recibir(abierta) == [3, 4, 1, 2]
    publicar(cliente, 5, 6)
    capricho.de_una_vez = 0
    assert recibir(abierta) == []


def test_quien_va_mas_despacio_que_el_reparto_no_pierde_nada():
    """Three share, with queues of one to nine, acknowledge some, lose some, come and go: each is handled in the end."""
    for semilla in range(50):
        azar = random.Random(semilla)
        capricho = Caprichoso()
        capricho.cuantos = lambda hay, a=azar: a.randint(0, hay)
        capricho.elegir = lambda cabezas, a=azar: a.randrange(len(cabezas))
        capricho.acuse_llega = lambda _, a=azar: a.random() < 0.9
        capricho.activo = lambda _, cuantos, a=azar: a.randrange(cuantos)
        broker = BrokerEnMemoria(capricho=capricho)
        broker.topico(T, particiones=azar.choice((0, 3)))
        broker.subscription(T, "s")
        cliente, entrega = broker.conectar(), azar.choice(("ordenada", "compartida"))
        abiertas = [abrir(broker.conectar(), entrega=entrega, cola=azar.randint(1, 9)) for _ in range(3)]
        vistos, ultimo = Counter(), {}
        for n in range(200):
            cliente.enviar(T, n, {}, f"k{n % 5}", lambda _: None, retraso_s=azar.choice((0, 0, 3)))
            broker.reloj.avanzar(0.1)
            quien = azar.randrange(3)
            for llegado in abiertas[quien].recibir(azar.randint(1, 9), 0):
                # What comes for the first time comes in order.
                if entrega == "ordenada" and not vistos[llegado.carga]:
                    assert llegado.carga > ultimo.get(llegado.clave, -1)
                    ultimo[llegado.clave] = llegado.carga
                vistos[llegado.carga] += 1
                abiertas[quien].aceptar(llegado)
            if azar.random() < 0.1:
                abiertas[quien].cerrar()
                abiertas[quien] = abrir(broker.conectar(), entrega=entrega, cola=azar.randint(1, 9))
            if azar.random() < 0.03:
                broker.desalojar()
        capricho.cuantos = lambda hay: hay
        capricho.acuse_llega = lambda _: True
        broker.reloj.avanzar(10)
        broker.desalojar()
        for abierta in abiertas * 2:
            vistos.update(recibir(abierta, cuantos=1000))
        assert sorted(vistos) == list(range(200))
        assert broker.atraso(T, "s") == 0
        assert broker.sin_aceptar(T, "s") == []


def test_dice_cuando_vence_lo_aplazado(broker, cliente):
    abierta = abrir(cliente, entrega="compartida")
    publicar(cliente, 1, retraso_s=5)
    assert abierta.desde() == 0.0, "nadie lo ha visto todavía"
    assert recibir(abierta) == []
    assert abierta.desde() == 4.0
    broker.detener(T)
    assert abierta.desde() == math.inf
    broker.soltar(T)
    assert AtrasosEnMemoria(broker).mirar(T, "s").entradas == 0
    broker.reloj.avanzar(3.999)
    assert not abierta.hay()
    broker.reloj.avanzar(0.001)
    assert recibir(abierta) == [1]
    assert abierta.desde() == math.inf


def test_lo_que_se_acepta_por_otro(broker, cliente):
    publicar(cliente, 1, 2)
    broker.aceptar(broker.leer(T)[0], "s")
    assert recibir(abrir(cliente)) == [2]


# Publishing


def test_de_lo_rechazado_no_queda_nada_ni_de_lo_que_va_detras(broker, capricho):
    broker.por_pasos = True
    cliente = broker.conectar(plazo_s=None)
    dichos = publicar(cliente, 1, 2, 3)
    capricho.suertes = [Suerte.BIEN, Suerte.RECHAZADO]
    cliente.tomar(T, 3)
    assert [type(d) for d in dichos] == [SinConfirmacion] * 3, "de lo primero tampoco se sabe ya"
    assert [m.carga for m in broker.leer(T)] == [1]
    with pytest.raises(SinConfirmacion):
        publicar(cliente, 4)
    cliente.descartar(T)
    publicar(cliente, 4)
    cliente.acabar()
    assert [m.carga for m in broker.leer(T)] == [1, 4]


def test_sin_confirmacion_quien_insiste_repite_desde_lo_no_confirmado(broker, capricho):
    broker.por_pasos = True
    cliente = broker.conectar(plazo_s=None)
    dichos = publicar(cliente, 1, 2, 3, 4)
    cliente.tomar(T, 2)
    cliente.confirmar(T, 1)
    assert cliente.pendientes() == {T: (2, 1)}
    capricho.suertes = [Suerte.SIN_CONFIRMACION]
    cliente.tomar(T, 2)
    assert cliente.pendientes() == {T: (3, 0)}
    cliente.acabar()
    assert [m.carga for m in broker.leer(T)] == [1, 2, 3, 2, 3, 4]
    assert dichos == [None] * 4


def test_sin_confirmacion_quien_no_insiste_no_sabe_nada(broker, cliente, capricho):
    capricho.suertes = [Suerte.SIN_CONFIRMACION]
    with pytest.raises(SinConfirmacion):
        cliente.publicar_carga(T, 1, {}, "k", espera=5)
    assert [m.carga for m in broker.leer(T)] == [1]
    capricho.suertes = [Suerte.RECHAZADO]
    with pytest.raises(SinConfirmacion):
        cliente.publicar_carga(T, 2, {}, "k", espera=5)
    cliente.publicar_carga(T, 3, {}, "k", espera=5)
    assert [m.carga for m in broker.leer(T)] == [1, 3]


def test_quien_publica_se_repone_de_un_productor_que_se_rompio_cuando_ya_no_esperaba(broker, cliente, capricho):
    """The broker was away until it gave up, and then refused what it had left: the next message but one goes."""
    cliente.preparar(T)
    broker.irse()
    with pytest.raises(SinConfirmacion):
        cliente.publicar_carga(T, 1, {}, "k", espera=5)
    capricho.suertes = [Suerte.RECHAZADO]
    broker.volver()
    with pytest.raises(SinConfirmacion):
        cliente.publicar_carga(T, 2, {}, "k", espera=5)
    cliente.publicar_carga(T, 3, {}, "k", espera=5)
    assert [m.carga for m in broker.leer(T)] == [3]


def test_un_broker_ausente_no_hace_nada_y_al_volver_sigue(broker, cliente):
    relay, abierta = broker.conectar(plazo_s=None), abrir(cliente)
    relay.preparar(T)
    cliente.preparar(T)
    publicar(cliente, 0)
    broker.irse()
    tarde, dichos = publicar(cliente, "tarde"), publicar(relay, 1, 2)
    assert recibir(abierta) == []
    assert not abierta.conectada()
    with pytest.raises(SinConfirmacion):
        cliente.publicar_carga(T, "nadie lo sabe", {}, "k", espera=5)
    with pytest.raises(SinConfirmacion):
        relay.preparar(U)
    with pytest.raises(SinSubscription):
        abrir(cliente)
    with pytest.raises(SinAvance):
        AtrasosEnMemoria(broker).mirar(T, "s")
    broker.reloj.avanzar(5)
    broker.volver()
    assert dichos == [None, None]
    assert [type(d) for d in tarde] == [SinConfirmacion]
    assert recibir(abierta) == [0, 1, 2]


def test_lo_que_un_proceso_muerto_no_llego_a_enviar_no_llega(broker):
    broker.por_pasos = True
    cliente = broker.conectar(plazo_s=None)
    dichos = publicar(cliente, 1, 2)
    abierta = abrir(cliente)
    cliente.tomar(T)
    cliente.cerrar()
    cliente.cerrar()
    assert dichos == []
    assert [m.carga for m in broker.leer(T)] == [1]
    with pytest.raises(SinConfirmacion):
        publicar(cliente, 3)
    with pytest.raises(SinSubscription):
        abrir(cliente)
    with pytest.raises(SinSubscription):
        abierta.recibir(1, 0)


def test_lo_que_no_se_aprovisiono_no_esta(broker, cliente):
    with pytest.raises(LookupError):
        publicar(cliente, 1, topico="persistent://saludtech/pruebas/otro")
    with pytest.raises(LookupError):
        abrir(cliente, "persistent://saludtech/pruebas/otro")


def test_una_exclusiva_no_admite_a_nadie_mas(broker, cliente):
    abierta = abrir(cliente, entrega="exclusiva")
    with pytest.raises(SinSubscription):
        abrir(broker.conectar(), entrega="exclusiva")
    abierta.cerrar()
    publicar(cliente, 1)
    assert recibir(abrir(broker.conectar(), entrega="exclusiva")) == [1]
