"""The consumer loop on a broker in memory: no threads, and time that the test moves."""

import pytest

from contratos import Mensaje, mensaje
from seedwork.aplicacion.broker import Atraso
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.tratamiento import Medios
from seedwork.entrada import consumidor as bucle
from seedwork.entrada.consumidores import Consumidores
from seedwork.entrada.proceso import es_ajeno
from seedwork.infraestructura.tabla import SinBase
from seedwork.infraestructura.topicos import topico_espera
from seedwork.pruebas.broker import BrokerEnMemoria
from seedwork.pruebas.entorno import EntornoSimulado, RelojSimulado

CONTEXTO = "pruebas-consumidor"


@mensaje(CONTEXTO, "comando", sujeto="hoja")
class Apuntar(Mensaje):
    """In order."""

    hoja: str = ""


@mensaje(CONTEXTO, "evento", sujeto="hoja", entrega="compartida")
class Contado(Mensaje):
    """Shared."""

    hoja: str = ""


class Falso:
    """Bus, memory and dead letters, as far as the loop meets them."""

    def __init__(self, *tipos) -> None:
        self.consumidor = CONTEXTO
        self.paciencia = self
        self.manejadores = dict.fromkeys(tipos)
        self.tratados = []
        self.lote = "l"
        self.vueltas = self.intentos = 0
        self.error = None

    def procesar(self, recibidos, *, lote=None):
        if self.error is not None:
            raise self.error
        self.tratados += [r.sobre.id for r in recibidos]
        return ()

    def empezar_lote(self, ids):
        return set()

    def terminar_lote(self):
        pass

    def empezar_intento(self, *_, **__):
        self.intentos += 1
        return self.intentos, None

    def anotar_error(self, *_):
        pass

    def vuelta(self):
        self.vueltas += 1

    def leer(self, llegado):
        tipo = next((t for t in self.manejadores if t.topico == llegado.topico), Apuntar)
        sobre = Sobre(
            id=llegado.propiedades["id"], tipo=tipo.tipo, fuente="f", sujeto=llegado.clave, tiempo="", correlacion="c"
        )
        return Recibido(sobre, tipo(hoja=llegado.clave), llegado)


class Mesa:
    def __init__(self, *tipos, **opciones) -> None:
        self.reloj = RelojSimulado()
        self.broker = BrokerEnMemoria(self.reloj)
        self.broker.topicos(tipos)
        self.broker.topico(topico_espera(CONTEXTO))
        for topico in self.broker.topicos_que_hay():
            self.broker.subscription(topico, CONTEXTO)
        self.cliente = self.broker.conectar()
        self.falso = Falso(*tipos)
        entorno = EntornoSimulado(reloj=self.reloj)
        self.consumidores = Consumidores(
            self.falso,
            subscriber=self.cliente,
            medios=lambda nombre: Medios(
                bus=self.falso,
                leer=self.falso.leer,
                intentos=self.falso,
                cartas=self.falso,
                testigo=bucle.TestigoDeMensajes(nombre),
                entorno=entorno,
                ritmo=Ritmo(**opciones),
                es_ajeno=es_ajeno,
                lote=10,
                ordenado=True,
            ),
            leer_en_espera=self.falso.leer,
            cola=100,
        )
        self._n = 0

    def enviar(self, tipo=Apuntar, hoja="a", topico="") -> str:
        self._n += 1
        self.cliente.publicar_carga(topico or tipo.topico, b"", {"id": f"m{self._n}"}, hoja, espera=1)
        return f"m{self._n}"

    @property
    def uno(self):
        return self.consumidores.todos[0]

    def vueltas(self, cuantas, segundos=0.1) -> None:
        for _ in range(cuantas):
            self.reloj.avanzar(segundos)
            for consumidor in self.consumidores.todos:
                consumidor.vuelta()


@pytest.fixture
def mesa():
    return Mesa(Apuntar)


def test_lo_que_el_bus_trata_dice_que_consumidores_hay():
    todos = {c.nombre: (c.topicos, c.subscription) for c in Mesa(Apuntar, Contado).consumidores.todos}
    assert todos == {
        f"{CONTEXTO}-ordenado": ([Apuntar.topico], CONTEXTO),
        f"{CONTEXTO}-compartido": ([Contado.topico], CONTEXTO),
        f"{CONTEXTO}-espera": ([topico_espera(CONTEXTO)], CONTEXTO),
    }
    assert [c.nombre for c in Mesa(Contado).consumidores.todos] == [f"{CONTEXTO}-compartido"]


def test_cada_uno_trata_lo_suyo_y_lo_acepta():
    mesa = Mesa(Apuntar, Contado)
    ids = {mesa.enviar(), mesa.enviar(Contado), mesa.enviar(topico=topico_espera(CONTEXTO))}
    mesa.vueltas(4)
    assert set(mesa.falso.tratados) == ids
    for topico in mesa.broker.topicos_que_hay():
        assert mesa.broker.atraso(topico, CONTEXTO) == 0
    assert mesa.falso.vueltas == 4, "entre vuelta y vuelta del que trata lo que espera, y de nadie más"


def test_el_que_trata_lo_que_espera_descansa_de_lo_que_trabaja(mesa):
    uno, espera = mesa.consumidores.todos
    mesa.vueltas(2)
    procesar = mesa.falso.procesar

    def despacio(recibidos, *, lote=None):
        mesa.reloj.avanzar(0.02)
        return procesar(recibidos, lote=lote)

    mesa.falso.procesar = despacio
    mesa.enviar(topico=topico_espera(CONTEXTO))
    descansos = [espera.vuelta() for _ in range(4)]
    assert max(descansos) == pytest.approx(Ritmo.descanso * 0.02)
    mesa.enviar()
    assert max(uno.vuelta() for _ in range(4)) == 0


def test_lo_compartido_que_llega_de_uno_en_uno_se_trata_junto():
    mesa = Mesa(Contado, Apuntar)
    ordenado, compartido, _ = mesa.consumidores.todos
    mesa.enviar(Contado)
    assert [compartido.vuelta() for _ in range(3)] == [0, 0, 0]
    assert len(mesa.falso.tratados) == 1, "after a quiet time, at once"
    mesa.enviar(Contado)
    assert 0 < compartido.vuelta() <= Ritmo.reunir_s
    mesa.enviar(Contado)
    assert len(mesa.falso.tratados) == 1
    mesa.reloj.avanzar(Ritmo.reunir_s)
    compartido.vuelta()
    assert compartido.en_mano == 2
    for _ in range(30):
        mesa.enviar(Contado)
    mesa.reloj.avanzar(Ritmo.reunir_s)
    assert [compartido.vuelta() for _ in range(9)] == [0] * 9, "nor does a backlog wait"
    mesa.vueltas(9)
    mesa.falso.tratados = mesa.falso.tratados[:1]
    for _ in range(2):
        mesa.enviar()
        assert [ordenado.vuelta() for _ in range(3)] == [0, 0, 0]
    assert len(mesa.falso.tratados) == 3, "where order matters, somebody waits for it"


def test_un_problema_se_espera_con_todo_en_mano(mesa):
    id = mesa.enviar()
    mesa.falso.error = SinBase("no está")
    mesa.vueltas(3)
    assert (mesa.uno.en_mano, type(mesa.uno.espera_por)) == (1, SinBase)
    assert mesa.uno.vuelta() == Ritmo.problema_s
    assert mesa.uno.segundos_en_orden() == 0
    mesa.falso.error = None
    mesa.vueltas(3)
    assert mesa.falso.tratados == [id]
    assert (mesa.uno.en_mano, mesa.uno.espera_por) == (0, None)


def test_otro_error_no_se_espera(mesa):
    mesa.vueltas(1)
    mesa.uno._abierta.tratamiento.seguir = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        mesa.uno.vuelta()


def test_cuando_le_cierran_la_suscripcion_abre_otra_y_empieza_por_lo_que_tenia(mesa):
    ids = [mesa.enviar() for _ in range(3)]
    mesa.falso.error = SinBase("no está")
    mesa.vueltas(3)
    assert mesa.uno.en_mano == 3
    mesa.broker.expulsar(Apuntar.topico, CONTEXTO)
    mesa.falso.error = None
    mesa.vueltas(6)
    assert mesa.falso.tratados[-3:] == ids
    assert mesa.broker.atraso(Apuntar.topico, CONTEXTO) == 0


def test_sin_broker_espera_y_luego_sigue(mesa):
    mesa.broker.irse()
    mesa.vueltas(2)
    assert not mesa.uno.conectado()
    assert "ordenado" in mesa.consumidores.desconectados()
    mesa.broker.volver()
    id = mesa.enviar()
    mesa.vueltas(4)
    assert mesa.falso.tratados == [id]
    assert mesa.consumidores.desconectados() is None


def test_los_segundos_en_orden_se_cuentan_desde_la_ultima_rotura(mesa):
    mesa.vueltas(50)
    assert mesa.consumidores.segundos_en_orden() == pytest.approx(4.9)
    mesa.reloj.avanzar(Ritmo.vuelta_larga_s + 0.1)
    assert mesa.consumidores.segundos_en_orden() == 0, "no da vueltas"
    mesa.vueltas(11)
    assert mesa.consumidores.segundos_en_orden() == pytest.approx(1)


def test_sin_conexion_no_hay_segundos_en_orden_aunque_aun_no_se_haya_notado(mesa):
    mesa.vueltas(50)
    assert mesa.consumidores.segundos_en_orden() > 0
    mesa.broker.irse()
    assert not mesa.uno.conectado()
    assert mesa.consumidores.segundos_en_orden() == 0


def test_el_que_no_trata_nada_de_lo_que_tiene_en_mano_esta_atascado(mesa):
    mesa.enviar()
    mesa.falso.error = SinBase("no está")
    mesa.vueltas(10)
    assert mesa.uno.atascado() is None
    mesa.reloj.avanzar(Ritmo.sin_avance_s)
    assert "1 mensajes en mano" in mesa.uno.atascado()
    mesa.falso.error = None
    mesa.vueltas(3)
    assert mesa.uno.atascado() is None


def test_el_que_no_tiene_nada_que_hacer_no_esta_atascado(mesa):
    mesa.vueltas(100, segundos=Ritmo.sin_avance_s)
    assert mesa.uno.atascado() is None


def test_quien_no_recibe_nada_aunque_lo_haya_esta_atascado_si_nadie_lo_toma(mesa):
    mesa.vueltas(1)
    for marca, esta in ((7, False), (7, True), (8, False), (8, True)):
        for _ in range(int(Ritmo.sin_avance_s) + 1 if esta else 1):
            mesa.vueltas(1, segundos=1)
            mesa.uno.anotar_atraso(Apuntar.topico, Atraso(3, marca))
        assert (mesa.uno.atascado() is not None) == esta, "otro lo toma: es el relevo"
    mesa.uno.anotar_atraso(Apuntar.topico, Atraso(0, 8))
    assert mesa.uno.atascado() is None


def test_haber_trabajado_antes_no_disculpa_a_nadie(mesa):
    """It worked once; then nothing comes to it though there is."""
    mesa.enviar()
    mesa.vueltas(3)
    for _ in range(int(Ritmo.sin_avance_s) + 2):
        mesa.vueltas(1, segundos=1)
        mesa.uno.anotar_atraso(Apuntar.topico, Atraso(3, 7))
    assert mesa.uno.atascado() is not None


@mensaje(CONTEXTO, "comando", sujeto="hoja")
class Borrar(Mensaje):
    """In order, too."""

    hoja: str = ""


def trabajando(mesa, segundos, *, cuantos=1) -> list[str]:
    """For so long it handles messages of one topic, while another has a backlog that nobody takes anything off; answers
    what it says of itself."""
    dichos = []
    for n in range(int(segundos)):
        for _ in range(cuantos):
            mesa.enviar()
        mesa.vueltas(3, segundos=0.33)
        mesa.uno.anotar_atraso(Apuntar.topico, Atraso(1, n))
        mesa.uno.anotar_atraso(Borrar.topico, Atraso(3, 7))
        if (motivo := mesa.uno.atascado()) is not None:
            dichos.append(motivo)
    return dichos


def test_un_topico_que_no_avanza_se_ve_aunque_avance_otro():
    mesa = Mesa(Apuntar, Borrar)
    assert trabajando(mesa, Ritmo.sin_avance_s - 2) == []
    dichos = trabajando(mesa, 5)
    assert dichos and all(Borrar.topico.rsplit("/", 1)[-1] in d for d in dichos)
    mesa.enviar(Borrar)
    mesa.vueltas(3)
    assert mesa.uno.atascado() is None, "the first of it that is handled"


def test_un_topico_que_no_avanza_se_ve_aunque_otro_no_se_acabe_nunca():
    """Topics are drained in turns: whose messages do not come at all does not wait behind the others' backlog."""
    mesa = Mesa(Apuntar, Borrar)
    for _ in range(200):
        mesa.enviar()
    dichos = trabajando(mesa, Ritmo.sin_avance_s + 5, cuantos=20)
    assert dichos and all(Borrar.topico.rsplit("/", 1)[-1] in d for d in dichos)


def test_un_topico_cuyos_mensajes_estan_en_mano_detras_de_otros_no_esta_atascado():
    mesa = Mesa(Apuntar, Borrar)
    procesar = mesa.falso.procesar

    def despacio(recibidos, *, lote=None):
        mesa.reloj.avanzar(Ritmo.sin_avance_s / 3)
        if lote is not None:
            raise ValueError
        return procesar(recibidos)

    mesa.vueltas(1)
    for n in range(5):
        mesa.enviar(hoja=f"h-{n}")
    mesa.enviar(Borrar)
    mesa.broker.capricho.elegir = lambda cabezas: 0
    mesa.falso.procesar = despacio
    while len(mesa.falso.tratados) < 6:
        mesa.vueltas(1)
        mesa.uno.anotar_atraso(Borrar.topico, Atraso(1, 7))
        assert mesa.uno.atascado() is None


def test_tras_un_silencio_del_broker_se_empieza_a_mirar_de_nuevo(mesa):
    """It was frozen: between its last word and the first one after it, nothing could be taken off it."""
    mesa.vueltas(3)
    mesa.uno.anotar_atraso(Apuntar.topico, Atraso(3, 7))
    mesa.vueltas(3, segundos=2 * Ritmo.sin_avance_s)
    mesa.uno.anotar_atraso(Apuntar.topico, Atraso(3, 7))
    assert mesa.uno.atascado() is None
    for _ in range(int(Ritmo.sin_avance_s) + 2):
        mesa.vueltas(1, segundos=1)
        mesa.uno.anotar_atraso(Apuntar.topico, Atraso(3, 7))
    assert "3 entradas" in mesa.uno.atascado()


def test_quien_no_da_vueltas_y_no_tiene_nada_en_mano_esta_atascado_si_nadie_lo_toma(mesa):
    """Its thread hangs where it listens."""
    mesa.vueltas(3)
    for _ in range(int(Ritmo.sin_avance_s) + 2):
        mesa.reloj.avanzar(1)
        mesa.uno.anotar_atraso(Apuntar.topico, Atraso(3, 7))
    assert "3 entradas" in mesa.uno.atascado()


def test_lo_que_trabaja_un_consumidor_se_cuenta(mesa):
    class Lento:
        def procesar(self, recibidos, **_):
            mesa.reloj.avanzar(0.2 * len(recibidos))
            return ()

    mesa.falso.procesar = Lento().procesar
    for _ in range(3):
        mesa.enviar()
    mesa.vueltas(5)
    assert mesa.uno.faena.mensajes == 3
    assert mesa.uno.faena.ocupado_s == pytest.approx(0.6), "listening is no work"

    mesa.falso.procesar = lambda recibidos, **_: mesa.reloj.avanzar(20.0) or ()
    mesa.enviar()
    mesa.vueltas(5)
    assert mesa.uno.faena.ocupado_s == pytest.approx(0.6), "what stood still for so long tells nothing"


def test_lo_que_se_vio_hace_mucho_no_dice_que_siga_ahi(mesa):
    """Broker and database are well; the admin API alone is away."""
    mesa.uno.anotar_atraso(Apuntar.topico, Atraso(3, 7))
    mesa.enviar()
    mesa.vueltas(3)
    mesa.vueltas(3, segundos=Ritmo.sin_avance_s)
    assert mesa.falso.tratados == ["m1"]
    assert mesa.uno.atascado() is None


def test_lo_que_espera_su_proximo_intento_no_es_un_atasco(mesa):
    """Not until its next attempt is due."""
    mesa = Mesa(Apuntar, base_s=500.0, tope_s=500.0)
    mesa.enviar()
    mesa.falso.error = ValueError()
    mesa.vueltas(10)
    assert mesa.uno.en_mano == 1
    for _ in range(3):
        mesa.vueltas(1, segundos=100)
        assert mesa.uno.atascado() is None


def test_al_cerrar_lo_que_no_se_acepto_es_del_broker(mesa):
    mesa.enviar()
    mesa.falso.error = SinBase("no está")
    mesa.vueltas(3)
    mesa.uno.cerrar()
    assert (mesa.uno.en_mano, mesa.uno.conectado()) == (0, False)
    assert mesa.broker.atraso(Apuntar.topico, CONTEXTO) == 1
