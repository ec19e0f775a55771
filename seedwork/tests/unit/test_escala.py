"""How many workers are wanted: the rule, and who measures what it is about, on a broker in memory."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from contratos import Mensaje, mensaje
from seedwork.aplicacion.broker import SinAvance
from seedwork.aplicacion.escala import (
    BAJADA_S,
    CUELLO,
    LLEGADAS_S,
    SIN_MEDIR,
    Carga,
    Debido,
    Faena,
    Llegadas,
    Rendimiento,
    ajustar,
    necesarias,
    utiles,
)
from seedwork.entrada.consumidores import origenes
from seedwork.entrada.escala import MedidorDeAtraso, MedidorDeRendimiento
from seedwork.infraestructura.escala import Escala
from seedwork.infraestructura.topicos import topico_espera
from seedwork.pruebas.broker import AtrasosEnMemoria, BrokerEnMemoria
from seedwork.pruebas.entorno import EntornoSimulado, RelojSimulado

CONTEXTO = "pruebas-escala"


@mensaje(CONTEXTO, "comando", sujeto="hoja")
class Anotar(Mensaje):
    """In order."""

    hoja: str = ""


@mensaje(CONTEXTO, "evento", sujeto="hoja", entrega="compartida", particiones=2)
class Repartido(Mensaje):
    """Shared."""

    hoja: str = ""


positivos = st.floats(0.001, 1e6)
cargas = st.builds(Carga, st.floats(0, 1e9), st.floats(0, 1e9))
rendimientos = st.builds(Rendimiento, positivos, st.floats(0, 1))
maximos = st.integers(1, 50)


@pytest.mark.parametrize(
    ("llegan", "ritmo", "edad_s", "son"),
    [(0, 100, 0, 1), (0, 100, 3600, 1), (99, 100, 0, 1), (101, 100, 0, 2), (60, 100, 30, 2), (60, 100, 90, 3),
     (100, 100, 30, 2), (1e9, 1, 0, 10)],
)  # fmt: skip
def test_hacen_falta_tantas(llegan, ritmo, edad_s, son):
    assert necesarias(Carga(llegan, edad_s), Rendimiento(ritmo, 0.0), objetivo_s=30, utiles=10) == son


def test_lo_que_nunca_se_midio_es_uno_por_segundo():
    assert necesarias(Carga(3.5, 0), SIN_MEDIR, objetivo_s=30, utiles=10) == 4


@given(cargas, rendimientos, positivos, maximos)
def test_hacen_falta_entre_una_y_las_utiles_y_mas_con_mas(carga, rendimiento, objetivo, maximo):
    una = necesarias(carga, rendimiento, objetivo_s=objetivo, utiles=maximo)
    assert 1 <= una <= maximo
    mas = Carga(2 * carga.llegan + 1, carga.edad_s + 1)
    assert necesarias(mas, rendimiento, objetivo_s=objetivo, utiles=maximo) >= una
    peor = Rendimiento(rendimiento.ritmo / 2, 0.0)
    assert necesarias(carga, peor, objetivo_s=objetivo, utiles=maximo) >= una
    if una < maximo:
        cuantas = carga.llegan / rendimiento.ritmo * (1 + carga.edad_s / objetivo)
        assert una == max(1, math.ceil(cuantas))


@given(maximos, maximos, st.floats(0, 1e6), rendimientos, maximos)
def test_sube_de_una_vez_y_baja_de_una_en_una(actuales, hacen_falta, sobran_s, rendimiento, maximo):
    hacen_falta = min(hacen_falta, maximo)
    nuevas = ajustar(actuales, hacen_falta, sobran_s=sobran_s, rendimiento=rendimiento, utiles=maximo)
    antes = min(actuales, maximo)
    assert 1 <= nuevas <= maximo
    assert nuevas >= antes - 1
    assert nuevas <= max(antes, hacen_falta)
    if nuevas < antes:
        assert sobran_s >= BAJADA_S
        assert hacen_falta < antes
    if nuevas > antes:
        assert rendimiento.base < CUELLO
        assert nuevas == hacen_falta


def test_la_base_que_no_da_mas_no_gana_nada_con_otra_instancia():
    assert ajustar(1, 3, sobran_s=0, rendimiento=Rendimiento(50, 0.95), utiles=3) == 1
    assert ajustar(1, 3, sobran_s=0, rendimiento=Rendimiento(50, 0.5), utiles=3) == 3


def test_cuantas_tendrian_algo_que_hacer():
    assert utiles([Anotar], 3) == 1, "an ordered topic has one consumer at a time"
    assert utiles([Anotar, Repartido], 3) == 3


def test_las_llegadas_son_las_del_ultimo_rato():
    llegadas = Llegadas()
    assert llegadas.por_segundo == 0
    llegadas.anotar(0.0, {"p0": 1000, "p1": 5})
    assert llegadas.por_segundo == 0, "what was there before did not arrive now"
    llegadas.anotar(5.0, {"p0": 1050, "p1": 55})
    assert llegadas.por_segundo == 20
    for n in range(1, 5):
        llegadas.anotar(5.0 + 5 * n, {"p0": 1050, "p1": 55})
    assert llegadas.por_segundo == 0, f"nothing came for {LLEGADAS_S:.0f} s"


def test_un_contador_que_empieza_de_nuevo_no_resta():
    llegadas = Llegadas()
    llegadas.anotar(0.0, {"p0": 1000, "p1": 1000})
    llegadas.anotar(10.0, {"p0": 40, "p1": 1060})
    assert llegadas.por_segundo == 10


def test_lo_que_llego_mientras_un_topico_callaba_no_llego_todo_ahora():
    llegadas = Llegadas()
    for n in range(13):
        llegadas.anotar(5.0 * n, {"p0": 0} if n else {"p0": 0, "p1": 0})
    llegadas.anotar(65.0, {"p0": 0, "p1": 650})
    assert llegadas.por_segundo == 10


@given(st.lists(st.tuples(st.floats(0.1, 20), st.integers(0, 1000), st.booleans()), min_size=1, max_size=40))
def test_las_llegadas_nunca_son_menos_que_nada(miradas):
    llegadas, ahora, cuenta = Llegadas(), 0.0, 0
    llegadas.anotar(ahora, {"p": cuenta})
    for pasan, llegan, de_nuevo in miradas:
        ahora, cuenta = ahora + pasan, (llegan if de_nuevo else cuenta + llegan)
        llegadas.anotar(ahora, {"p": cuenta})
        assert llegadas.por_segundo >= 0


def test_lo_trabajado_dice_cuanto_hace_una_en_un_segundo():
    faena = Faena(100, 2.0, 1.0) + Faena(20, 1.0, 0.5)
    assert faena.rendimiento_desde(Faena(), 0.5) == Rendimiento(40, 0.5)
    assert faena.rendimiento_desde(Faena(110, 2.8, 1.4), 0.5) is None, "too little to tell"
    assert faena.rendimiento_desde(Faena(120, 1.0, 0.0), 0.5) is None, "a second without a message done"


class EscalaEnMemoria:
    """What is kept, without a database."""

    def __init__(self) -> None:
        self.escala = Escala()
        self.guardadas = []
        self.otro = None
        """What another process keeps first, the next time."""

    def leer(self):
        return self.escala

    def anotar(self, rendimiento):
        self.escala = Escala(rendimiento, self.escala.instancias, self.escala.sobran_s)

    def guardar(self, antes, nuevas):
        self.guardadas.append((antes, nuevas))
        if self.otro is not None:
            nuevas, self.otro = self.otro, None
        self.escala = Escala(self.escala.rendimiento, nuevas, 0.0)
        return nuevas


class Mesa:
    """A service with both kinds of topics, and who measures what it has before it."""

    def __init__(self) -> None:
        self.reloj = RelojSimulado()
        self.broker = BrokerEnMemoria(self.reloj)
        self.broker.topicos([Anotar, Repartido])
        self.broker.subscriptions(CONTEXTO, CONTEXTO, [Anotar, Repartido])
        self.cliente = self.broker.conectar()
        self.escala, self.oidos = EscalaEnMemoria(), []
        self.medidor = self.medidor_de(AtrasosEnMemoria(self.broker))

    def medidor_de(self, atrasos, **opciones):
        return MedidorDeAtraso(
            CONTEXTO,
            origenes(CONTEXTO, [Anotar, Repartido], 100),
            atrasos,
            self.escala,
            EntornoSimulado(reloj=self.reloj),
            objetivo_s=30,
            utiles=3,
            oyente=lambda origen, topico, atraso: self.oidos.append((origen.nombre, topico, atraso.entradas)),
            **opciones,
        )

    def publicar(self, tipo, cuantos=1):
        for _ in range(cuantos):
            self.cliente.publicar_carga(tipo.topico, b"", {}, "h", espera=1)

    def medida(self, cual, **etiquetas):
        return REGISTRY.get_sample_value(f"saludtech_{cual}", etiquetas)

    @property
    def deseadas(self):
        return self.medida("instancias_deseadas", servicio=CONTEXTO)


def test_la_edad_es_la_del_mas_antiguo_de_todos_sus_topicos_y_partes():
    mesa = Mesa()
    mesa.publicar(Repartido)
    mesa.reloj.avanzar(7)
    mesa.publicar(Repartido, 3)
    mesa.reloj.avanzar(2)
    mesa.medidor.medir()
    assert mesa.medida("atraso_segundos", consumidor=f"{CONTEXTO}-compartido") == pytest.approx(9)
    assert mesa.medida("atraso_segundos", consumidor=f"{CONTEXTO}-ordenado") == 0
    assert mesa.medida("atraso_segundos", consumidor=f"{CONTEXTO}-espera") == 0
    assert mesa.medida("atraso_entradas", topico="evento-repartido.v1") == 4
    assert (f"{CONTEXTO}-compartido", Repartido.topico, 4) in mesa.oidos


def test_lo_que_espera_en_una_cola_propia_se_dice_aunque_el_broker_calle():
    class Mudo:
        def mirar(self, _topico, _subscription):
            raise SinAvance("no responde")

    mesa = Mesa()
    with pytest.raises(SinAvance):
        mesa.medidor_de(Mudo(), debido=lambda: Debido(3, 41.0)).medir()
    assert mesa.medida("atraso_segundos", consumidor=f"{CONTEXTO}-cola") == 41


def test_cuantas_hay_y_cuanto_se_les_ha_dado():
    mesa = Mesa()
    mesa.medidor.medir()
    assert mesa.medida("instancias", servicio=CONTEXTO) == 0
    abiertas = [mesa.broker.conectar().suscribir([Repartido.topico], CONTEXTO, entrega="compartida") for _ in range(2)]
    mesa.publicar(Repartido, 3)
    assert sum(len(una.recibir(10, 0.0)) for una in abiertas) == 3
    mesa.medidor.medir()
    assert mesa.medida("instancias", servicio=CONTEXTO) == len(abiertas)
    assert mesa.medida("mensajes_entregados", topico="evento-repartido.v1") == 3


def test_con_mas_de_lo_que_una_hace_se_desean_mas_y_luego_menos_poco_a_poco():
    mesa = Mesa()
    mesa.escala.anotar(Rendimiento(10, 0.2))
    mesa.medidor.medir()
    assert (mesa.deseadas, mesa.escala.guardadas) == (1, []), "one is wanted without anybody's noting it"
    mesa.publicar(Repartido, 200)
    mesa.reloj.avanzar(5)
    mesa.medidor.medir()
    assert mesa.deseadas == 3
    assert mesa.escala.guardadas == [(1, 3)]
    mesa.reloj.avanzar(5)
    mesa.medidor.medir()
    assert mesa.escala.guardadas[-1] == (3, 3), "still needed"
    for _ in range(4):
        mesa.reloj.avanzar(5)
        mesa.medidor.medir()
    antes = list(mesa.escala.guardadas)
    mesa.medidor.medir()
    assert (mesa.deseadas, mesa.escala.guardadas) == (3, antes), "no more needed, and not let go of yet"
    mesa.escala.escala = Escala(mesa.escala.escala.rendimiento, 3, BAJADA_S)
    mesa.medidor.medir()
    assert (mesa.deseadas, mesa.escala.guardadas[-1]) == (2, (3, 2))


def test_de_dos_que_deciden_a_la_vez_las_dos_dicen_lo_guardado():
    mesa = Mesa()
    mesa.medidor.medir()
    mesa.escala.otro = 2
    mesa.publicar(Repartido, 200)
    mesa.reloj.avanzar(5)
    mesa.medidor.medir()
    assert mesa.escala.guardadas == [(1, 3)]
    assert mesa.deseadas == 2


def test_lo_que_espera_su_turno_no_cuenta_dos_veces():
    mesa = Mesa()
    mesa.escala.anotar(Rendimiento(1, 0.0))
    mesa.medidor.medir()
    for _ in range(100):
        mesa.cliente.publicar_carga(topico_espera(CONTEXTO), b"", {}, "h", espera=1)
    mesa.reloj.avanzar(5)
    mesa.medidor.medir()
    assert mesa.deseadas == 1
    assert mesa.medida("atraso_segundos", consumidor=f"{CONTEXTO}-espera") == pytest.approx(5)


def test_lo_que_no_se_puede_mirar_no_impide_mirar_lo_demas():
    mesa, vistos = Mesa(), []
    de_verdad = AtrasosEnMemoria(mesa.broker)

    class Mirador:
        def mirar(self, topico, subscription):
            if topico == Anotar.topico:
                raise SinAvance("404")
            vistos.append(topico)
            return de_verdad.mirar(topico, subscription)

    with pytest.raises(SinAvance):
        mesa.medidor_de(Mirador()).medir()
    assert len(vistos) == 2
    assert mesa.deseadas == 1

    mesa.escala.escala = Escala(SIN_MEDIR, 3, BAJADA_S)
    with pytest.raises(SinAvance):
        mesa.medidor_de(Mirador()).medir()
    assert mesa.deseadas == 3, "nobody goes for want of word"

    class Mudo:
        def mirar(self, topico, subscription):
            mesa.reloj.avanzar(2.0)
            vistos.append(topico)
            raise SinAvance("ReadTimeoutError")

    vistos.clear()
    with pytest.raises(SinAvance):
        mesa.medidor_de(Mudo()).medir()
    assert len(vistos) == 3, "until it has taken five seconds"


def test_se_guarda_lo_que_hace_quien_ha_trabajado_bastante():
    class Obrero:
        faena = Faena()

    obreros, escala = [Obrero(), Obrero()], EscalaEnMemoria()
    medidor = MedidorDeRendimiento(obreros, escala)
    medidor.medir()
    assert escala.leer().rendimiento == SIN_MEDIR
    obreros[0].faena = Faena(100, 0.4, 0.1)
    medidor.medir()
    assert escala.leer().rendimiento == SIN_MEDIR, "not enough yet, and not forgotten"
    obreros[1].faena = Faena(0, 0.6, 0.4)
    medidor.medir()
    assert escala.leer().rendimiento == Rendimiento(100, 0.5)
    obreros[0].faena = Faena(400, 1.4, 0.1)
    medidor.medir()
    assert escala.leer().rendimiento == Rendimiento(300, 0.0)
