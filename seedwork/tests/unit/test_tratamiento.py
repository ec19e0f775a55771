"""What becomes of deliveries: on a store and a broker in memory, and a clock that the test moves; without threads."""

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import pytest

from contratos import Mensaje, mensaje
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.tratamiento import Ilegible, Medios, Tratamiento


@mensaje("pruebas-tratamiento", "comando", sujeto="hoja")
class Apuntar(Mensaje):
    """``modo``: how its handling goes; "falla", "falla:N" (the first N times), "espera", "muere", "ilegible"."""

    hoja: str = ""
    modo: str = ""


class Caida(Exception):
    """Broker or database are in trouble."""


class Muerte(BaseException):
    """The process dies."""


class Reloj:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.azar = random.Random(1)
        self.instante = 1000.0

    def ahora(self):
        raise NotImplementedError

    def monotono(self) -> float:
        return self.instante

    def id(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Llegado:
    """As it travelled; here, decoded already."""

    id: str
    mensaje: Apuntar
    topico: str = Apuntar.topico
    carga: bytes = b""
    esquema: int = 0
    vuelta: int = 0

    @property
    def clave(self) -> str:
        return self.mensaje.hoja

    @property
    def propiedades(self) -> dict[str, str]:
        return {}


def orden(id: str, hoja: str, modo: str = "") -> Llegado:
    return Llegado(id, Apuntar(hoja=hoja, modo=modo))


@dataclass
class Mundo:
    """All that is durable, and the ports to it. Call number ``falla`` breaks off, before or after its effect."""

    topico: list[Llegado] = field(default_factory=list)
    falla: int | None = None
    despues: bool = False
    error: type[BaseException] = Caida
    reloj: Reloj = field(default_factory=Reloj)
    ritmo: Ritmo = field(default_factory=lambda: Ritmo(maximo=4, base_s=1.0, tope_s=4.0))
    es_de_espera: bool = False
    llamadas: int = 0
    aceptados: list[Llegado] = field(default_factory=list)
    inbox: set[str] = field(default_factory=set)
    intentos: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    lotes: dict[str, set[str]] = field(default_factory=dict)
    esperas: set[str] = field(default_factory=set)
    efectos: list[str] = field(default_factory=list)
    cartas: list[tuple[str, str, int]] = field(default_factory=list)
    tratos: list[list[str]] = field(default_factory=list)
    sin_leer: list[Llegado] = field(default_factory=list)
    dichos: list[tuple[str, str]] = field(default_factory=list)
    fallos: Counter[str] = field(default_factory=Counter)
    lote: str = "l1"

    def _llamar(self, hacer):
        self.llamadas += 1
        cae = self.llamadas == self.falla
        if cae and not self.despues:
            raise self.error
        hecho = hacer()
        if cae:
            raise self.error
        return hecho

    # The ports

    def aceptar(self, llegado):
        self._llamar(lambda: self.aceptados.append(llegado))

    def leer(self, llegado):
        return self._llamar(lambda: self._leer(llegado))

    def empezar_lote(self, ids):
        return self._llamar(lambda: self._empezar_lote(set(ids)))

    def terminar_lote(self):
        self._llamar(lambda: self.lotes.pop(self.lote, None))

    def empezar_intento(self, ce_id, tipo, maximo, *, vuelta=0):
        return self._llamar(lambda: self._empezar_intento(ce_id, maximo))

    def anotar_error(self, ce_id, error):
        self._llamar(lambda: self.intentos.update({ce_id: (self.intentos[ce_id][0], error)}))

    def aparcar(self, *args, **opciones):
        if opciones:
            (original,) = args
            self._llamar(lambda: self.cartas.append((original.id, opciones["error"], opciones["intentos"])))
        else:
            self._llamar(lambda: self._aparcar(*args))

    def no_esperar(self, ce_id):
        self._llamar(lambda: self.esperas.discard(ce_id))

    def esta_aparcado_sin_leer(self, llegado):
        return self._llamar(lambda: any(llegado is aparcado for aparcado in self.sin_leer))

    def aparcar_sin_leer(self, llegado):
        self._llamar(lambda: self.sin_leer.append(llegado))

    def procesar(self, recibidos, *, lote=None):
        return self._llamar(lambda: self._procesar(recibidos, lote))

    # What they do

    def _leer(self, llegado):
        if llegado.mensaje.modo == "ilegible":
            return Ilegible(llegado, "no se entiende", en_espera=llegado.id if self.es_de_espera else "")
        sobre = Sobre(
            id=llegado.id, tipo="t", fuente="f", sujeto=llegado.mensaje.hoja, tiempo="", correlacion=llegado.id
        )
        return Recibido(sobre, llegado.mensaje, llegado, llegado.vuelta)

    def _empezar_lote(self, ids):
        perdidos = [lote for lote, suyos in self.lotes.items() if lote != self.lote and suyos & ids]
        for id in set().union(*(self.lotes.pop(lote) for lote in perdidos)) - self.inbox:
            self.intentos.setdefault(id, (0, None))
        self.lotes[self.lote] = ids
        return ids & self.intentos.keys()

    def _empezar_intento(self, ce_id, maximo):
        cuantos, error = self.intentos.get(ce_id, (0, None))
        self.intentos[ce_id] = cuantos + 1, error if cuantos >= maximo else None
        return self.intentos[ce_id]

    def _aparcar(self, ce_id, intentos):
        self.esperas.discard(ce_id)
        if self.intentos.pop(ce_id, (0, None))[0] >= intentos:
            self.inbox.add(ce_id)

    def _procesar(self, recibidos, lote):
        self.tratos.append([r.sobre.id for r in recibidos])
        efectos, esperan = [], []
        for recibido in recibidos:
            id, (verbo, _, cuanto) = recibido.sobre.id, recibido.mensaje.modo.partition(":")
            if id in self.inbox or id in efectos:
                continue
            if verbo == "muere":
                raise Muerte
            if verbo == "cuesta":
                self.reloj.instante += 0.01
            if verbo == "falla":
                self.fallos[id] += 1
                if not cuanto or self.fallos[id] <= int(cuanto):
                    raise ValueError("Ana Pérez")
            (esperan if verbo == "espera" else efectos).append(id)
        self.inbox |= set(efectos)
        self.efectos += efectos
        self.esperas |= set(esperan)
        self.lotes.pop(lote, None)
        for recibido in recibidos:
            self.intentos.pop(recibido.sobre.id, None)
        return esperan

    # What is told

    def acabado(self, recibido, resultado):
        self.dichos.append((recibido.sobre.id, resultado))

    def ilegible(self, ilegible):
        self.dichos.append((ilegible.original.id, "ilegible"))

    def fallo(self, recibido, intento, error):
        self.dichos.append((recibido.sobre.id, f"fallo {intento}"))

    def lote_tratado(self, mensajes, segundos, error):
        pass

    # The course of things

    def medios(self, *, lote=500, ordenado=True) -> Medios:
        return Medios(
            bus=self,
            leer=self.leer,
            intentos=self,
            cartas=self,
            testigo=self,
            entorno=self.reloj,
            ritmo=self.ritmo,
            es_ajeno=lambda error: isinstance(error, Caida),
            lote=lote,
            ordenado=ordenado,
        )

    def sin_aceptar(self) -> list[Llegado]:
        return [m for m in self.topico if not any(m is a for a in self.aceptados)]

    def suscribir(self, **opciones) -> Tratamiento:
        tratamiento = Tratamiento(self, self.medios(**opciones))
        tratamiento.tomar(self.sin_aceptar())
        return tratamiento

    def apurar(self, tratamiento: Tratamiento, pasos: int = 1000) -> None:
        """Step until the hand is empty, through all trouble."""
        for _ in range(pasos):
            try:
                if not tratamiento.seguir():
                    if not tratamiento.en_mano:
                        return
                    assert tratamiento.proxima() is not None, "nada que hacer, y algo en mano"
                    self.reloj.instante = max(self.reloj.instante, tratamiento.proxima())
            except Caida:
                self.reloj.instante += 1
        raise AssertionError("no acaba")

    def vivir(self, **opciones) -> None:
        """Until all is acknowledged, one process after the other."""
        for n in range(50):
            self.lote = f"l{n}"
            try:
                self.apurar(self.suscribir(**opciones))
                return
            except Muerte:
                continue
        raise AssertionError("no acaba")


def variado() -> list[Llegado]:
    """All that can happen to a message, two keys, and a repeat."""
    return [
        orden("a1", "a"),
        orden("a2", "a", "falla"),
        orden("b1", "b"),
        orden("a3", "a"),
        orden("x", "b", "ilegible"),
        orden("b2", "b", "falla:3"),
        orden("b3", "b"),
        orden("b1", "b"),
        orden("w", "c", "espera"),
        orden("c1", "c"),
    ]


def comprobar(mundo: Mundo, *, cartas_exactas: bool = True) -> None:
    assert sorted(mundo.efectos) == ["a1", "a3", "b1", "b2", "b3", "c1"], "cada uno una vez"
    for hoja in "ab":
        assert [e for e in mundo.efectos if e[0] == hoja] == sorted(e for e in mundo.efectos if e[0] == hoja)
    assert {id for id, _, _ in mundo.cartas} == {"a2", "x"}
    if cartas_exactas:
        assert len(mundo.cartas) == 2
    assert mundo.esperas == {"w"}
    assert mundo.sin_aceptar() == []
    assert len(mundo.aceptados) == len({id(m) for m in mundo.aceptados}) or not cartas_exactas
    assert mundo.intentos == {}


def test_todo_lo_que_puede_pasarle_a_un_mensaje():
    mundo = Mundo(variado())
    mundo.vivir()
    comprobar(mundo)
    assert mundo.lotes == {}
    assert ("a2", "aparcado") in mundo.dichos
    assert ("w", "en_espera") in mundo.dichos
    ((_, error, intentos),) = [c for c in mundo.cartas if c[0] == "a2"]
    assert intentos == 4
    assert error.startswith("ValueError en ")
    assert "Ana" not in error


def llamadas(**opciones) -> int:
    mundo = Mundo(variado())
    mundo.vivir(**opciones)
    return mundo.llamadas


@pytest.mark.parametrize("lote", [500, 3, 1])
@pytest.mark.parametrize("despues", [False, True], ids=["antes", "despues"])
def test_un_problema_en_cualquier_llamada_no_deja_nada_entre_dos_sitios(lote, despues):
    """Trouble of broker or database at each call in turn, its effect lost or only its answer."""
    for falla in range(1, llamadas(lote=lote) + 1):
        mundo = Mundo(variado(), falla=falla, despues=despues)
        mundo.vivir(lote=lote)
        # Whose confirmation got lost may be parked twice, and acknowledged twice.
        comprobar(mundo, cartas_exactas=not despues)


@pytest.mark.parametrize("lote", [500, 3, 1])
@pytest.mark.parametrize("despues", [False, True], ids=["antes", "despues"])
def test_una_muerte_en_cualquier_llamada_tampoco(lote, despues):
    for falla in range(1, llamadas(lote=lote) + 1):
        mundo = Mundo(variado(), falla=falla, despues=despues, error=Muerte)
        mundo.vivir(lote=lote)
        comprobar(mundo, cartas_exactas=False)


def test_un_problema_no_cuesta_ningun_intento():
    mundo = Mundo([orden("a1", "a", "falla")])
    cuerdo = mundo.procesar
    caidas = iter([True, False, True, True, False, True, False, False])

    def procesar(recibidos, *, lote=None):
        if lote is None and next(caidas):
            raise Caida
        return cuerdo(recibidos, lote=lote)

    mundo.procesar = procesar
    mundo.vivir()
    assert mundo.tratos == [["a1"]] * 5, "en el lote, y sus cuatro intentos"
    assert mundo.cartas[0][2] == 4


def test_un_lote_que_topa_con_un_problema_no_se_parte():
    mundo = Mundo([orden(f"a{n}", "a") for n in range(4)], falla=6)
    mundo.vivir()
    assert mundo.tratos == [["a0", "a1", "a2", "a3"]]
    assert mundo.llamadas == 4 + 2 + 2 + 4, "leer, empezar y tratar dos veces, y aceptar"


def test_un_lote_que_la_base_no_acaba_a_tiempo_va_en_partes_y_nadie_tiene_la_culpa():
    mundo = Mundo([orden(f"m{n}", f"h{n}") for n in range(300)])
    cuerdo = mundo.procesar

    def procesar(recibidos, *, lote=None):
        if len(recibidos) > 40:
            raise Caida
        return cuerdo(recibidos, lote=lote)

    mundo.procesar = procesar
    mundo.vivir()
    assert sorted(mundo.efectos) == sorted(f"m{n}" for n in range(300))
    assert min(map(len, mundo.tratos)) >= 10
    assert mundo.cartas == []
    assert mundo.intentos == {}


def test_de_un_lote_que_fallo_no_queda_nada_apuntado():
    mundo = Mundo([orden("a1", "a", "falla")])
    mundo.vivir()
    assert mundo.lotes == {}


def test_una_carta_que_no_sale_no_se_intenta_tratar_de_nuevo():
    mundo = Mundo([orden("a1", "a", "falla")])
    aparcar, negativas = mundo.aparcar, iter([True] * 5 + [False] * 2)

    def no_tomar(*args, **opciones):
        if opciones and next(negativas):
            raise Caida
        aparcar(*args, **opciones)

    mundo.aparcar = no_tomar
    mundo.vivir()
    assert len(mundo.tratos) == 1 + 4
    assert len(mundo.cartas) == 1


def test_un_veneno_entre_quinientos_cuesta_pocas_transacciones():
    ordenes = [orden(f"h-{n}", f"h-{n}") for n in range(499)]
    mundo = Mundo([*ordenes[:250], orden("mala", "mala", "falla"), *ordenes[250:]])
    mundo.vivir()
    assert sorted(mundo.efectos) == sorted(m.id for m in ordenes)
    assert len(mundo.tratos) < 30
    assert [c[0] for c in mundo.cartas] == ["mala"]


def test_lo_que_mata_a_su_proceso_se_aparca_y_lo_demas_se_trata():
    mundo = Mundo([orden("a1", "a"), orden("a2", "a", "muere"), orden("a3", "a"), orden("b1", "b")])
    mundo.vivir()
    assert sorted(mundo.efectos) == ["a1", "a3", "b1"]
    assert mundo.cartas == [("a2", "el proceso murió al tratarlo", 4)]
    assert mundo.intentos == {}
    assert mundo.sin_aceptar() == []


def test_lo_que_se_perdio_con_su_proceso_va_solo_y_lo_demas_junto():
    mundo = Mundo(
        [orden(f"{h}{n}", h) for n in range(3) for h in "abc"],
        intentos={"b1": (2, None)},
        lotes={"perdido": {"a0", "b0", "z9"}},
    )
    mundo.vivir()
    assert mundo.tratos == [["a0"], ["a1", "a2"], ["b0"], ["b1"], ["b2", "c0", "c1", "c2"]]
    for hoja in "abc":
        assert [e for e in mundo.efectos if e[0] == hoja] == [f"{hoja}{n}" for n in range(3)]
    assert mundo.lotes == {}
    assert mundo.intentos == {"z9": (0, None)}, "it has not come again yet"


def test_lo_que_estuvo_en_un_lote_perdido_y_vuelve_mas_tarde_ya_no_va_solo():
    """Its row stayed for a day, and whatever of it came again was tried one by one, with all that came along."""
    mundo = Mundo([orden("w1", "a", "espera"), orden("b1", "b")], lotes={"perdido": {"w1", "b1"}})
    mundo.vivir()
    assert mundo.tratos == [["w1"], ["b1"]]
    mundo.tratos.clear()
    mundo.topico += [orden("w1", "a", "espera"), orden("b1", "b"), orden("c1", "c")]
    mundo.vivir()
    assert mundo.tratos == [["w1", "b1", "c1"]]


def test_detras_de_lo_que_se_reintenta_espera_solo_su_clave():
    mundo = Mundo([orden("a1", "a", "falla:5"), orden("a2", "a"), orden("b1", "b")], ritmo=Ritmo(base_s=5.0))
    tratamiento = mundo.suscribir()
    while tratamiento.seguir():
        pass
    assert mundo.efectos == ["b1"]
    assert tratamiento.retenidas == 2
    llegado = orden("b2", "b"), orden("a3", "a")
    mundo.topico += llegado
    tratamiento.tomar(llegado)
    while tratamiento.seguir():
        pass
    assert mundo.efectos == ["b1", "b2"]
    mundo.apurar(tratamiento)
    assert mundo.efectos == ["b1", "b2", "a1", "a2", "a3"]
    assert mundo.tratos[-1] == ["a2", "a3"], "lo que esperaba detrás va junto"


def test_sin_orden_que_guardar_nada_espera_detras_de_nada():
    mundo = Mundo([orden("a1", "a", "falla"), orden("a2", "a")], ritmo=Ritmo(base_s=5.0))
    tratamiento = mundo.suscribir(ordenado=False)
    while tratamiento.seguir():
        pass
    assert mundo.efectos == ["a2"]
    assert tratamiento.retenidas == 1


def test_los_intentos_se_espacian_cada_vez_mas():
    mundo = Mundo([orden("a1", "a", "falla")], ritmo=Ritmo(maximo=6, inmediatos=2, base_s=1.0, tope_s=3.0))
    tratamiento, instantes = mundo.suscribir(), []
    while tratamiento.en_mano:
        if tratamiento.seguir():
            instantes += [mundo.reloj.instante] * (mundo.dichos[-1:] != [] and mundo.dichos[-1][1].startswith("fallo"))
        elif tratamiento.en_mano:
            mundo.reloj.instante = tratamiento.proxima()
    pausas = [round(b - a, 3) for a, b in pairwise(instantes) if b > a]
    for pausa, base in zip(pausas, [1.0, 2.0, 3.0, 3.0], strict=True):
        assert 0.8 * base <= pausa <= 1.2 * base


def test_lo_retenido_tiene_un_tope_y_lo_libre_sigue():
    ritmo = Ritmo(retenidos=10, base_s=5.0)
    mundo = Mundo([*(orden(f"m{n}", "a", "falla") for n in range(10)), orden("b1", "b")], ritmo=ritmo)
    tratamiento = mundo.suscribir()
    assert tratamiento.cupo == 10
    while tratamiento.seguir():
        pass
    assert tratamiento.cupo == 0
    assert mundo.efectos == ["b1"]
    mundo.apurar(tratamiento)
    assert tratamiento.cupo > 0
    assert len(mundo.cartas) == 10


def test_un_lote_que_tarda_demasiado_hace_menores_los_siguientes_y_lo_que_se_toma():
    mundo = Mundo([orden(f"m{n}", f"{n}", "cuesta") for n in range(100)], ritmo=Ritmo(lote_s=0.1))
    tratamiento, cupos = mundo.suscribir(lote=50), []
    while tratamiento.seguir():
        cupos.append(tratamiento.cupo)
    # 10 ms each: ten of them are as long as a batch may take.
    assert [len(t) for t in mundo.tratos] == [50, 10, 10, 10, 10, 10]
    assert cupos == [50, *[10] * 6], "nothing is handled while it is decoded"

    # What is quick has them grow again.
    mundo.topico += [orden(f"r{n}", f"{n}") for n in range(100)]
    tratamiento.tomar(mundo.topico[100:])
    while tratamiento.seguir():
        pass
    assert [len(t) for t in mundo.tratos[6:]] == [10, 20, 40, 30]


@pytest.mark.parametrize(
    ("fijo", "cada_uno"), [(0.0, 0.0005), (0.02, 0.0005), (0.15, 0.0005), (0.3, 0.00015), (0.0, 0.0002)]
)
def test_donde_lo_que_cuesta_es_la_transaccion_los_lotes_siguen_siendo_grandes(fijo, cada_uno):
    """A slow database, or one that is far away: smaller batches would pay for it more often, and help nobody."""
    mundo = Mundo([orden(f"m{n}", f"{n}") for n in range(20_000)])
    azar, procesar = random.Random(1), mundo.procesar

    def despacio(recibidos, *, lote=None):
        mundo.reloj.instante += azar.uniform(0.8, 1.2) * (fijo + cada_uno * len(recibidos))
        return procesar(recibidos, lote=lote)

    mundo.procesar = despacio
    tratamiento, antes = mundo.suscribir(), mundo.reloj.instante
    while tratamiento.seguir():
        pass
    con_lotes_de_500 = 40 * (fijo + 500 * cada_uno)
    assert mundo.reloj.instante - antes < 2 * con_lotes_de_500
    assert median(map(len, mundo.tratos)) * cada_uno < 1.5 * mundo.ritmo.lote_s


def test_tras_mensajes_lentos_los_lotes_vuelven_a_crecer_aunque_la_transaccion_tarde():
    mundo = Mundo([orden(f"m{n}", f"{n}") for n in range(20_000)])
    procesar = mundo.procesar

    def a_ratos(recibidos, *, lote=None):
        cada_uno = 0.02 if len(mundo.tratos) < 40 else 0.0002
        mundo.reloj.instante += 0.12 + cada_uno * len(recibidos)
        return procesar(recibidos, lote=lote)

    mundo.procesar = a_ratos
    tratamiento = mundo.suscribir()
    while tratamiento.seguir():
        pass
    assert median(map(len, mundo.tratos[20:40])) <= 20
    assert max(map(len, mundo.tratos[40:100])) > 300


def test_lo_que_volvio_ilegible_de_su_espera_no_hace_esperar_a_nadie():
    mundo = Mundo([orden("w1", "a", "ilegible")], esperas={"w1", "w2"}, es_de_espera=True)
    mundo.vivir()
    assert mundo.esperas == {"w2"}
    assert mundo.cartas == [("w1", "no se entiende", 0)]


def test_lo_ilegible_se_aparca_una_vez_aunque_el_cursor_vuelva_atras():
    """Each delivery made a letter of its own: a cursor that was set back doubled them."""
    mundo = Mundo([orden("x1", "a", "ilegible"), orden("x2", "a", "ilegible"), orden("a1", "a")])
    for _ in range(2):
        mundo.vivir()
        assert [id for id, _, _ in mundo.cartas] == ["x1", "x2"]
        assert mundo.sin_aceptar() == []
        mundo.aceptados.clear()


def test_lo_que_se_aparca_tras_esperar_ya_no_espera():
    mundo = Mundo([orden("w1", "a", "falla")], esperas={"w1"})
    mundo.vivir()
    assert mundo.esperas == set()
    assert mundo.cartas[0][0] == "w1"


def test_un_registro_que_no_responde_no_detiene_lo_que_ya_se_leyo():
    mundo = Mundo([orden("a1", "a"), orden("a2", "a")], falla=2)
    tratamiento = mundo.suscribir()
    with pytest.raises(Caida):
        tratamiento.seguir()
    assert tratamiento.seguir()
    assert mundo.efectos == ["a1"]
    mundo.apurar(tratamiento)
    assert mundo.efectos == ["a1", "a2"]


def test_al_volver_a_suscribirse_se_empieza_con_lo_que_no_se_acepto():
    mundo = Mundo(variado(), falla=3)
    with pytest.raises(Caida):
        tratamiento = mundo.suscribir()
        while True:
            tratamiento.seguir()
    mundo.vivir()
    comprobar(mundo)
