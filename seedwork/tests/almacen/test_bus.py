"""The bus: each message once, in its turn, and whatever becomes of a command is told."""

import heapq
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from contratos import Mensaje, mensaje, motivos
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.espera import Creacion, Etapas, PorConocer
from seedwork.aplicacion.paciencia import Espera
from seedwork.aplicacion.recibido import Recibido
from seedwork.dominio.errores import ReglaViolada
from seedwork.infraestructura.topicos import topico_espera
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.trazas import guardados
from seedwork.pruebas.trazas import vistos as tramos

from .conftest import (
    CONTEXTO,
    OPERADOR,
    Banco,
    BancoMemoria,
    Cosa,
    Crear,
    Llegada,
    Sumar,
    UnidadCosas,
    abrir,
    cliente,
    dichos,
    hacer_bus,
    recibido,
    salida,
    sobre,
    vistos,
)

DESCONOCIDA = motivos.SUSCRIPCION_DESCONOCIDA
ETAPAS: Etapas = ((Creacion(Crear, "c"),), (Creacion(Llegada, "otro"),))


@mensaje(CONTEXTO, "comando", sujeto="id_cosa", menciona={"id_otra": "otra"})
class Juntar(Mensaje):
    """Ask for two things to be one."""

    id_cosa: str = ""
    otra: str = ""


@mensaje(CONTEXTO, "evento", sujeto="")
class Suelto(Mensaje):
    """About one thing or another."""


@dataclass
class Manejadores:
    """What is done with each message, and what was done."""

    atendidos: list[str] = field(default_factory=list)

    def sumar(self, orden: Sumar, unidad: UnidadCosas) -> None:
        self.atendidos.append(unidad.sobre.id)
        cosa = unidad.cosas.obtener(orden.id_cosa)
        if cosa is None and orden.modo != "libre":
            unidad.cosa("a medias").sumar(1)
            unidad.apuntar("a medias")
            raise PorConocer(DESCONOCIDA, *ETAPAS)
        cosa = cosa or unidad.cosa(f"libre-{orden.id_cosa}")
        cosa.sumar(orden.cuanto)
        unidad.apuntar(unidad.sobre.id)
        if orden.modo == "rechaza":
            raise ReglaViolada("NO_QUIERO")
        if orden.modo == "falla":
            raise ValueError

    def crear(self, orden: Crear, unidad: UnidadCosas) -> None:
        self.atendidos.append(unidad.sobre.id)
        unidad.cosas.agregar(Cosa(id=orden.id_cosa))

    def llegada(self, hecho: Llegada, unidad: UnidadCosas) -> None:
        self.atendidos.append(unidad.sobre.id)
        unidad.cosas.agregar(Cosa(id=hecho.id_cosa))
        if hecho.modo == "regla":
            raise ReglaViolada("NO")
        if hecho.modo == "espera":
            raise PorConocer("NO")

    def bus(self, banco: Banco, paciencia: PacienciaFija | None = None) -> Bus:
        return hacer_bus(banco, {Sumar: self.sumar, Crear: self.crear, Llegada: self.llegada}, paciencia)


@pytest.fixture
def manejadores() -> Manejadores:
    return Manejadores()


@pytest.fixture
def bus(banco: Banco, manejadores: Manejadores) -> Bus:
    return manejadores.bus(banco)


def suma(id: str, cosa: str = "c-1", cuanto: int = 1, modo: str = "", **otros) -> Recibido:
    return recibido(id, Sumar(id_cosa=cosa, cuanto=cuanto, modo=modo), **otros)


def crea(id: str, cosa: str = "c-1") -> Recibido:
    return recibido(id, Crear(id_cosa=cosa))


def de_vuelta(banco: Banco, *esperan: Recibido) -> list[Recibido]:
    """As they come back from the waiting topic."""
    vueltas = banco.esperas()
    return [replace(r, vuelta=vueltas[r.sobre.id][1]) for r in esperan]


def rechazos(banco: Banco) -> dict[str, str | None]:
    return {id: d.rechazo for id, d in banco.destinos().items()}


def existe(banco: Banco, *cosas: str) -> None:
    with abrir(banco) as unidad, unidad.mensaje(sobre("m-0")):
        for cosa in cosas:
            unidad.cosas.agregar(Cosa(id=cosa))


def aplicados(banco: Banco) -> list[str]:
    """The messages behind what was told, in its order."""
    return [f.propiedades["ce_causationid"] for f in salida(banco) if f.topico != topico_espera("c")]


# Each once, in order


def test_cada_uno_se_atiende_en_su_orden_y_deja_su_destino(banco, bus, manejadores):
    assert bus.procesar([crea("k-1"), suma("b"), suma("a", cuanto=2), suma("r", modo="rechaza"), suma("z")]) == []
    assert manejadores.atendidos == ["k-1", "b", "a", "r", "z"]
    assert aplicados(banco) == ["b", "a", "r", "z"]
    assert rechazos(banco) == {"k-1": None, "b": None, "a": None, "r": "NO_QUIERO", "z": None}
    assert [f["cuanto"] for f in banco.filas("cosas")] == [4]
    assert [f["id"] for f in banco.filas("apuntes")] == ["a", "b", "z"], "what a refusal did at once is undone, too"


def test_lo_repetido_se_atiende_una_vez_en_un_lote_y_en_varios(banco, bus, manejadores):
    existe(banco, "c-1")
    uno, dos = suma("a"), suma("b")
    bus.procesar([uno, dos, uno, uno, dos])
    antes = vistos(banco)
    bus.procesar([dos, uno])
    bus.procesar([uno, suma("c")])
    assert manejadores.atendidos == ["a", "b", "c"]
    assert antes["dichos"] == ["Sumado c-1"] * 2
    assert rechazos(banco) == {"a": None, "b": None, "c": None}


def test_un_fallo_no_deja_nada_de_todo_el_lote(banco, bus):
    existe(banco, "c-1")
    antes = vistos(banco)
    with pytest.raises(ValueError):
        bus.procesar([suma("e", "c-9"), suma("a", clave="k"), suma("f", modo="falla"), suma("z")])
    assert vistos(banco) == antes


def test_el_lote_termina_con_su_transaccion(banco, bus):
    existe(banco, "c-1")
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_lote({"a"})
    with pytest.raises(ValueError):
        bus.procesar([suma("a", modo="falla")], lote="l-1")
    assert banco.cuantos("lotes") == 1
    bus.procesar([suma("a")], lote="l-1")
    assert banco.cuantos("lotes") == 0


@pytest.mark.parametrize("modo", ["regla", "espera"])
def test_un_evento_no_se_rechaza_ni_espera_es_un_error(banco, bus, modo):
    with pytest.raises((ReglaViolada, PorConocer)):
        bus.procesar([crea("k-1"), recibido("e", Llegada(id_cosa="c-2", modo=modo))])
    assert not any(v for v in vistos(banco).values())


def test_un_comando_cuya_carga_nombra_a_otro_que_su_sobre_se_rechaza_sin_atenderlo(banco, bus, manejadores):
    existe(banco, "c-1", "c-2")
    bus.procesar([suma("a", "c-1", sujeto="c-2")])
    assert rechazos(banco) == {"a": motivos.DATOS_INVALIDOS}
    assert manejadores.atendidos == []
    assert dichos(banco) == ["SumaRechazada c-2"]


def test_se_precarga_de_una_vez_aquello_de_lo_que_trata_el_lote(banco, monkeypatch):
    pedidos = []
    monkeypatch.setattr(UnidadCosas, "precargar", lambda _u, asuntos: pedidos.append(dict(asuntos)))
    bus = hacer_bus(banco, {Sumar: lambda m, u: None, Juntar: lambda m, u: None})
    bus.procesar(
        [
            suma("a", "c-1"),
            suma("b", "c-2"),
            recibido("c", Juntar(id_cosa="c-1", otra="o-1")),
            recibido("d", Juntar(id_cosa="c-3", otra="no es\0un id")),
        ]
    )
    assert pedidos == [{"id_cosa": {"c-1", "c-2", "c-3"}, "id_otra": {"o-1"}}]


def test_lo_que_trata_de_una_cosa_o_de_otra_no_precarga_nada(banco, monkeypatch):
    pedidos = []
    monkeypatch.setattr(UnidadCosas, "precargar", lambda _u, asuntos: pedidos.append(dict(asuntos)))
    hacer_bus(banco, {Suelto: lambda m, u: None}).procesar([recibido("a", Suelto())])
    assert pedidos == [{}]


def test_el_constructor_exige_saber_rechazar_y_esperar():
    def nada(_m, _u, _motivo=""):
        pass

    for opciones in ({}, {"rechazar": nada}, {"paciencia": PacienciaFija()}):
        with pytest.raises(ValueError, match="cómo se rechaza"):
            Bus("c", lambda: None, {Sumar: nada}, **opciones)
    with pytest.raises(ValueError, match="no tiene manejadores"):
        Bus("c", lambda: None, {})
    Bus("c", lambda: None, {Llegada: nada})


# Waiting


def test_lo_que_falta_hace_esperar_y_a_los_que_vienen_detras_tambien(banco, bus, manejadores):
    existe(banco, "c-2")
    lote = [suma("a"), suma("x", "c-2"), suma("b", modo="libre"), recibido("k", Crear(id_cosa="c-3")), suma("y", "c-3")]

    assert bus.procesar(lote) == ["a", "b"]

    assert manejadores.atendidos == ["a", "x", "k", "y", "a"], "b is not even tried; a once more behind the others"
    assert banco.esperas() == {"a": ("c", 1), "b": ("c", 1)}
    assert banco.inbox() == {("c", i): False for i in ("x", "k", "y")}
    assert rechazos(banco) == {"x": None, "k": None, "y": None}
    esperan = [f for f in salida(banco) if f.topico == topico_espera("c")]
    assert [f.propiedades["ce_id"] for f in esperan] == ["a", "b"]
    assert [f["id"] for f in banco.filas("apuntes")] == ["x", "y"], "nothing of a's first part stays"
    assert "a medias" not in {f["id"] for f in banco.filas("cosas")}


def test_lo_nuevo_espera_detras_de_lo_que_ya_esperaba(banco, bus, manejadores):
    a, b, c = suma("a"), suma("b"), suma("c", modo="libre")
    bus.procesar([a])
    bus.procesar([b])
    manejadores.atendidos.clear()
    assert bus.procesar([c, suma("x", "c-2", modo="libre"), crea("k")]) == ["c"]
    assert manejadores.atendidos == ["x", "k"]
    assert list(banco.esperas()) == ["a", "b", "c"]

    assert bus.procesar(de_vuelta(banco, b)) == ["b"], "its head has not come back yet"
    assert bus.procesar(de_vuelta(banco, a)) == []
    assert bus.procesar([suma("d")]) == ["d"]
    assert bus.procesar(de_vuelta(banco, d := suma("d"), c, b)) == []
    assert aplicados(banco) == ["x", "a", "b", "c", "d"]
    assert d.sobre.id in rechazos(banco)
    assert banco.esperas() == {}


def test_en_el_orden_en_que_vuelvan_se_atienden_en_sus_turnos(banco, bus):
    a, b, c = suma("a"), suma("b"), suma("c")
    bus.procesar([a, b, c])
    for vuelta in (2, 3, 4):
        assert set(bus.procesar(de_vuelta(banco, c, b, a))) == {"a", "b", "c"}
        assert set(banco.esperas().values()) == {("c", vuelta)}
    bus.procesar([crea("k")])
    assert bus.procesar([suma("d"), *de_vuelta(banco, c, b, a), suma("e")]) == []
    assert aplicados(banco) == ["a", "b", "c", "d", "e"]


def test_lo_que_vuelve_al_reves_tambien_avanza_sin_nada_mas_en_el_lote(banco, bus):
    """The head stood behind its follower in the batch, and that one behind the head's row: both for ever."""
    a, b = suma("a"), suma("b")
    bus.procesar([a, b])
    banco.pasar(11.0)
    assert bus.procesar(de_vuelta(banco, b, a)) == []
    assert rechazos(banco) == {"a": DESCONOCIDA, "b": DESCONOCIDA}


def test_otro_tipo_u_otro_sujeto_no_espera_a_nadie(banco, bus):
    bus.procesar([suma("a", "c-1")])
    assert bus.procesar([crea("k", "c-2"), suma("b", "c-2")]) == []


def test_segunda_oportunidad_detras_del_lote(banco, bus):
    """What a later message of the batch makes known counts."""
    assert bus.procesar([suma("a"), suma("b", cuanto=2), suma("x", "c-2"), crea("k")]) == ["x"]
    assert aplicados(banco) == ["a", "b"]
    assert bus.procesar([*de_vuelta(banco, suma("x", "c-2")), recibido("e", Llegada(id_cosa="c-2"))]) == []
    assert aplicados(banco) == ["a", "b", "x"]
    assert banco.esperas() == {}


def test_una_copia_anterior_se_deja_y_no_se_pierde(banco, bus, manejadores):
    a, b = suma("a"), suma("b")
    bus.procesar([a])
    (primera,) = de_vuelta(banco, a)
    bus.procesar([primera])
    bus.procesar([crea("k")])
    manejadores.atendidos.clear()
    for copia in (a, primera):
        assert bus.procesar([copia]) == [], "nobody has to wait for it"
    assert manejadores.atendidos == []
    assert banco.esperas() == {"a": ("c", 2)}
    assert ("c", "a") not in banco.inbox()

    assert bus.procesar([b, primera]) == ["b"], "its row goes on counting"
    assert bus.procesar([a, *de_vuelta(banco, a, b), primera]) == [], "of copies in one batch, the newest"
    assert aplicados(banco) == ["a", "b"]
    assert bus.procesar([a, primera]) == []
    assert manejadores.atendidos == ["a", "b"]


@dataclass
class PacienciaApuntada:
    """Remembers what it was asked."""

    preguntas: list[tuple[Etapas, float]] = field(default_factory=list)
    pausas: list[tuple[int, float]] = field(default_factory=list)

    def agotada(self, etapas, segundos):
        self.preguntas.append((etapas, round(segundos)))
        return segundos >= 10

    def pausa(self, vuelta, segundos, *, en_cola):
        self.pausas.append((vuelta, round(segundos)))
        return float(vuelta)


def test_la_paciencia_sabe_que_se_espera_desde_cuando_y_cuantas_veces(banco, manejadores):
    paciencia = PacienciaApuntada()
    bus = manejadores.bus(banco, paciencia)
    a = suma("a")
    bus.procesar([a])
    banco.pasar(4.0)
    bus.procesar(de_vuelta(banco, a))
    banco.pasar(5.0)
    bus.procesar(de_vuelta(banco, a))
    banco.pasar(3.0)
    bus.procesar(de_vuelta(banco, a))
    assert paciencia.preguntas == [(ETAPAS, 0), (ETAPAS, 4), (ETAPAS, 9), (ETAPAS, 12)]
    assert paciencia.pausas == [(1, 0), (2, 4), (3, 9)]
    assert rechazos(banco) == {"a": DESCONOCIDA}


def test_quien_espero_bastante_se_rechaza_y_los_de_detras_tienen_su_turno(banco, bus):
    todas = [suma("a"), suma("b"), suma("l", modo="libre"), suma("z")]
    bus.procesar(todas[:3])
    banco.pasar(11.0)
    bus.procesar(todas[3:])
    banco.pasar(0.5)

    assert bus.procesar(de_vuelta(banco, *todas)) == ["z"], "who came later has its own time"

    assert rechazos(banco) == {"a": DESCONOCIDA, "b": DESCONOCIDA, "l": None}
    assert dichos(banco) == ["SumaRechazada c-1", "SumaRechazada c-1", "Sumado libre-c-1"]
    assert banco.esperas() == {"z": ("c", 2)}
    assert banco.inbox() == {("c", i): False for i in ("a", "b", "l")}


def test_aunque_haya_esperado_bastante_no_se_rechaza_lo_que_ya_se_conoce(banco, bus):
    a = suma("a")
    bus.procesar([a])
    banco.pasar(99.0)
    assert bus.procesar([*de_vuelta(banco, a), recibido("e", Llegada(id_cosa="c-1"))]) == []
    assert rechazos(banco) == {"a": None}


# Whose it is


def test_quien_espera_a_lo_de_otro_no_esta_delante_de_su_dueno(banco, manejadores):
    """And is refused as for what nobody knows, no sooner and no later."""

    def sumar(orden: Sumar, unidad: UnidadCosas) -> None:
        if not unidad.acceso.alcanza("cliente", "duena"):
            raise PorConocer(DESCONOCIDA, *ETAPAS)
        manejadores.sumar(orden, unidad)

    bus = hacer_bus(banco, {Sumar: sumar})
    existe(banco, "c-1")
    ajenas = [
        suma("x", quien=cliente("otra")),
        suma("y", quien=cliente("otra")),
        suma("n", "c-9", quien=cliente("otra")),
    ]
    assert bus.procesar([*ajenas, suma("a", quien=cliente("duena"))]) == ["x", "y", "n"]
    assert bus.procesar([suma("b", quien=cliente("duena")), suma("o", quien=OPERADOR)]) == []
    assert manejadores.atendidos == ["a", "b", "o"]

    banco.pasar(9.0)
    assert set(bus.procesar(de_vuelta(banco, *ajenas))) == {"x", "y", "n"}
    banco.pasar(2.0)
    assert bus.procesar(de_vuelta(banco, *ajenas)) == []
    assert {id: rechazo for id, rechazo in rechazos(banco).items() if id in "xyn"} == dict.fromkeys("xyn", DESCONOCIDA)


def test_quien_espera_a_la_creacion_de_otro_que_espera_no_se_rechaza(banco, manejadores):
    """An operator makes it, say, and its client asks for something about it."""

    def crear(orden: Crear, unidad: UnidadCosas) -> None:
        raise PorConocer(DESCONOCIDA, (Creacion(Llegada, "otro"),))

    bus = hacer_bus(banco, {Sumar: manejadores.sumar, Crear: crear})
    suya = suma("a", quien=cliente("duena"))
    bus.procesar([recibido("k", Crear(id_cosa="c-1"), quien=OPERADOR)])
    bus.procesar([suya])
    banco.pasar(20)
    assert bus.procesar(de_vuelta(banco, suya)) == ["a"]


def test_de_cada_comando_que_alguien_pidio_queda_quien_que_y_que_fue_de_ello(banco, bus):
    """Once, whatever waited or was undone before; and nothing of what nobody asked for."""
    existe(banco, "c-1")
    otra = cliente("otra")
    bus.procesar(
        [suma("a", quien=otra), suma("r", modo="rechaza", quien=OPERADOR), suma("n"), suma("e", "c-2", quien=otra)]
    )
    bus.procesar([crea("k", "c-2")])
    bus.procesar(de_vuelta(banco, suma("e", "c-2", quien=otra)))
    with pytest.raises(ValueError):
        bus.procesar([suma("z", quien=otra), suma("f", modo="falla", quien=otra)])

    assert [(a.quien, a.titular, a.accion, a.recurso, a.resultado, a.motivo) for a in banco.auditoria()] == [
        ("de-otra", "cliente:otra", "Sumar", "c-1", "HECHO", None),
        ("op", "operador:op", "Sumar", "c-1", "RECHAZADO", "NO_QUIERO"),
        ("de-otra", "cliente:otra", "Sumar", "c-2", "HECHO", None),
    ]
    assert [(a.correlacion, a.veces) for a in banco.auditoria()] == [("a", 1), ("r", 1), ("e", 1)]
    assert all(a.ocurrido <= banco.entorno.ahora() for a in banco.auditoria())


@pytest.mark.integracion
@pytest.mark.parametrize(
    "sentencia", ["UPDATE auditoria SET quien = ''", "DELETE FROM auditoria", "TRUNCATE auditoria"]
)
def test_a_la_auditoria_solo_se_anade(banco_sql, sentencia):
    with pytest.raises(sa.exc.ProgrammingError) as hallado, banco_sql.motor.begin() as conexion:
        conexion.exec_driver_sql(sentencia)
    assert hallado.value.orig.pgcode == "42501", "insufficient_privilege: the trigger's, or that of who has no right"


# Idempotency keys


def test_quien_espera_a_una_creacion_que_espera_no_se_rechaza(banco, manejadores):
    conocidas: list[str] = []

    def crear(orden: Crear, unidad: UnidadCosas) -> None:
        if orden.id_cosa not in conocidas:
            raise PorConocer(DESCONOCIDA, (Creacion(Llegada, "otro"),))
        manejadores.crear(orden, unidad)

    bus = hacer_bus(banco, {Sumar: manejadores.sumar, Crear: crear})
    creacion, otra = crea("k"), suma("a")
    bus.procesar([creacion])
    bus.procesar([otra])
    banco.pasar(20)
    assert bus.procesar(de_vuelta(banco, otra)) == ["a"], "its creation is not handled yet, though it was acknowledged"
    assert rechazos(banco) == {}

    conocidas.append("c-1")
    assert bus.procesar(de_vuelta(banco, creacion)) == []
    assert bus.procesar(de_vuelta(banco, otra)) == []
    assert rechazos(banco) == {"k": None, "a": None}


def test_quien_esperaba_a_una_creacion_que_se_rechaza_se_rechaza_tras_ella(banco, manejadores):
    def crear(orden: Crear, unidad: UnidadCosas) -> None:
        raise PorConocer(DESCONOCIDA, (Creacion(Llegada, "otro"),))

    bus = hacer_bus(banco, {Sumar: manejadores.sumar, Crear: crear})
    creacion, otra = crea("k"), suma("a")
    bus.procesar([creacion, otra])
    banco.pasar(20)
    bus.procesar(de_vuelta(banco, otra, creacion))
    assert rechazos(banco) == {"k": DESCONOCIDA, "a": DESCONOCIDA}
    assert banco.esperas() == {}


@pytest.mark.parametrize("juntos", [True, False])
def test_una_clave_es_del_primer_comando_que_la_trae(banco, bus, manejadores, juntos):
    existe(banco, "c-1", "c-2")
    llegan = [suma("a", clave="k"), suma("b", "c-2", clave="k"), suma("a", clave="k"), suma("c", clave="k")]
    for lote in [llegan] if juntos else [[r] for r in llegan]:
        bus.procesar(lote)
    reutilizada = motivos.CLAVE_DE_IDEMPOTENCIA_REUTILIZADA
    assert rechazos(banco) == {"a": None, "b": reutilizada, "c": reutilizada}
    assert manejadores.atendidos == ["a"]


def test_un_rechazo_tambien_gasta_la_clave_y_quien_espera_la_guarda(banco, bus):
    existe(banco, "c-1")
    bus.procesar([suma("r", modo="rechaza", clave="k1"), suma("e", "c-9", clave="k2")])
    bus.procesar([suma("a", clave="k1"), suma("b", clave="k2"), crea("k", "c-9")])
    bus.procesar(de_vuelta(banco, suma("e", "c-9", clave="k2")))
    reutilizada = motivos.CLAVE_DE_IDEMPOTENCIA_REUTILIZADA
    assert rechazos(banco) == {"r": "NO_QUIERO", "a": reutilizada, "b": reutilizada, "k": None, "e": None}


# Discarding


@pytest.mark.parametrize("avisar", [True, False])
def test_un_comando_descartado_queda_rechazado(banco, bus, avisar):
    existe(banco, "c-1")
    assert bus.descartar(suma("a", clave="k"), avisar=avisar)
    assert rechazos(banco) == {"a": motivos.COMANDO_DESCARTADO}
    assert dichos(banco) == (["SumaRechazada c-1"] if avisar else [])
    assert banco.inbox() == {("c", "a"): False}
    assert banco.claves() == {"k": "a"}, "its key is spent"

    antes = vistos(banco)
    assert not bus.descartar(suma("a", clave="k"))
    bus.procesar([suma("a", clave="k")])
    assert vistos(banco) == antes


def test_un_evento_descartado_se_queda_sin_efecto(banco, bus, manejadores):
    hecho = recibido("e", Llegada(id_cosa="c-1"))
    assert bus.descartar(hecho)
    bus.procesar([hecho])
    assert manejadores.atendidos == []
    assert banco.destinos() == {}
    assert banco.inbox() == {("c", "e"): False}


def test_lo_atendido_ya_no_se_descarta(banco, bus):
    existe(banco, "c-1")
    bus.procesar([suma("a")])
    antes = vistos(banco)
    assert not bus.descartar(suma("a"))
    assert vistos(banco) == antes


def test_lo_que_se_reenvia_mientras_se_aparca_su_espera_no_se_pierde(banco, bus):
    orden, intentos = suma("a"), banco.intentos("c", "l-1")
    bus.procesar([orden])
    (esperaba,) = de_vuelta(banco, orden)
    # Its letter is there; who parks it freezes before he says so, and an operator sends it again meanwhile.
    intentos.empezar_intento("a", "t", 1)
    intentos.levantar("a")
    assert bus.procesar([orden]) == ["a"], "it is no older copy of what is being parked"
    (otra_vez,) = de_vuelta(banco, orden)
    intentos.aparcar("a", 1)

    existe(banco, "c-1")
    bus.procesar([otra_vez])
    bus.procesar([esperaba])
    assert rechazos(banco) == {"a": None}
    assert aplicados(banco) == ["a"]


# Handling what was parked, after all


def aparcado(banco: Banco, id: str) -> None:
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_intento(id, Sumar.tipo, 1)
    intentos.aparcar(id, 1)
    assert banco.inbox() == {("c", id): True}


def test_lo_aparcado_que_se_reproduce_se_atiende_una_vez(banco, bus, manejadores):
    existe(banco, "c-1")
    aparcado(banco, "a")
    assert bus.reproducir(suma("a")) == "ATENDIDA"
    assert (rechazos(banco), banco.inbox()) == ({"a": None}, {("c", "a"): False})

    antes = vistos(banco)
    assert bus.reproducir(suma("a")) == "YA_ATENDIDA"
    bus.procesar([suma("a")])
    assert vistos(banco) == antes
    assert manejadores.atendidos == ["a"]


def test_lo_que_al_reproducirlo_falla_sigue_aparcado(banco, bus):
    existe(banco, "c-1")
    aparcado(banco, "a")
    with pytest.raises(ValueError):
        bus.reproducir(suma("a", modo="falla"))
    assert (rechazos(banco), banco.inbox()) == ({}, {("c", "a"): True})


def test_lo_que_al_reproducirlo_ha_de_esperar_espera(banco, bus):
    aparcado(banco, "a")
    assert bus.reproducir(suma("a")) == "EN_ESPERA"
    assert banco.inbox() == {}
    existe(banco, "c-1")
    bus.procesar(de_vuelta(banco, suma("a")))
    assert rechazos(banco) == {"a": None}


def test_lo_que_se_reproduce_sigue_la_traza_con_la_que_vino(banco, bus):
    existe(banco, "c-1")
    aparcado(banco, "a")
    llegado = suma("a")
    traza = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with guardados() as exportador:
        bus.reproducir(replace(llegado, sobre=replace(llegado.sobre, traza=traza)))
        (atender,) = tramos(exportador).values()
    assert (atender.name, f"{atender.parent.span_id:016x}") == ("atender Sumar", "b7ad6b7169203331")


# No row of a wait outlives its command


def acabar(banco: Banco, bus: Bus, como: str, orden: Recibido) -> None:
    if como == "atendido":
        existe(banco, "c-1")
        bus.procesar(de_vuelta(banco, orden))
    elif como == "rechazado":
        existe(banco, "c-1")
        bus.procesar(de_vuelta(banco, suma("a", modo="rechaza")))
    elif como == "agotado":
        banco.pasar(99.0)
        bus.procesar(de_vuelta(banco, orden))
    elif como == "descartado":
        assert bus.descartar(orden)
    else:
        intentos = banco.intentos("c", "l-1")
        intentos.empezar_intento("a", Sumar.tipo, 1, vuelta=1)
        with pytest.raises(ValueError):
            bus.procesar([*de_vuelta(banco, orden), suma("f", "c-2", modo="falla")])
        intentos.aparcar("a", 1)


@pytest.mark.parametrize("como", ["atendido", "rechazado", "agotado", "descartado", "aparcado"])
def test_acabe_como_acabe_quien_esperaba_los_de_detras_siguen(banco, bus, como):
    existe(banco, "c-2")
    orden, detras = suma("a"), suma("z", modo="libre")
    bus.procesar([orden, detras])
    acabar(banco, bus, como, orden)
    assert list(banco.esperas()) == ["z"]
    assert banco.inbox()[("c", "a")] is (como == "aparcado")

    assert bus.procesar(de_vuelta(banco, detras)) == []
    assert banco.esperas() == {}
    assert rechazos(banco)["z"] is None


# However many wait for one thing


def test_quinientos_que_esperan_a_lo_mismo_acaban_poco_despues_que_uno():
    """Each came at an instant of its own once, and seldom found the one before it gone: the last took two hours."""
    banco, espera = BancoMemoria(), Espera()
    azar, reloj = banco.entorno.azar, banco.entorno.reloj

    class Paciencia(PacienciaFija):
        def pausa(self, vuelta, segundos, *, en_cola):
            return espera.pausa(vuelta, segundos, azar, en_cola=en_cola)

    bus, por_id = Manejadores().bus(banco, Paciencia()), {f"m-{n:03}": suma(f"m-{n:03}") for n in range(500)}
    cola, leidas = list[tuple[int, int, Recibido]](), 0

    def tratar(lote):
        nonlocal leidas
        bus.procesar(lote)
        filas = [f for f in salida(banco) if f.topico == topico_espera("c")]
        for n, fila in enumerate(filas[leidas:], leidas):
            # The broker looks at its delays once a second, and hands out first what was sent first.
            vuelta, llega = int(fila.propiedades["espera_vuelta"]), int(reloj.segundos() + fila.retraso_s)
            heapq.heappush(cola, (llega, n, replace(por_id[fila.propiedades["ce_id"]], vuelta=vuelta)))
        leidas = len(filas)

    for n in range(0, 500, 50):
        tratar(list(por_id.values())[n : n + 50])
    while cola:
        reloj.avanzar_hasta(int(cola[0][0] * 1e6))
        tratar([heapq.heappop(cola)[2] for _ in range(min(50, len(cola))) if cola[0][0] <= reloj.segundos()])
    assert list(banco.destinos()) == list(por_id)
    assert reloj.segundos() < 30


# Whatever comes in whatever order


@dataclass
class Mundo:
    """The commands' own topic in its order, the waiting topic in any, and a bus that never fails."""

    azar: random.Random
    propias: list[Recibido]
    banco: BancoMemoria = field(default_factory=BancoMemoria)
    manejadores: Manejadores = field(default_factory=Manejadores)
    esperando: list[Recibido] = field(default_factory=list)
    leidas: int = 0

    def __post_init__(self) -> None:
        self.bus = self.manejadores.bus(self.banco)
        self.por_id = {r.sobre.id: r for r in self.propias}
        self.llegadas: list[Recibido] = []

    def paso(self) -> None:
        """A batch: some of the own topic, some that waited, some that came before."""
        propias = self.propias[: self.azar.randint(0, 4)]
        del self.propias[: len(propias)]
        self.azar.shuffle(self.esperando)
        vueltas = self.esperando[: self.azar.randint(0, 4)]
        del self.esperando[: len(vueltas)]
        repetidas = self.azar.choices(self.llegadas, k=self.azar.randint(0, 2)) if self.llegadas else []
        self.llegadas += [*propias, *vueltas]
        self.tratar([*self.mezclar(propias, vueltas), *repetidas])

    def tratar(self, lote: Iterable[Recibido]) -> None:
        self.bus.procesar(list(lote))
        self.banco.pasar(self.azar.choice([0.0, 1.0, 4.0]))
        filas = [f for f in salida(self.banco) if f.topico == topico_espera("c")]
        for fila in filas[self.leidas :]:
            vuelta = int(fila.propiedades["espera_vuelta"])
            copias = self.azar.choice([1, 1, 2])
            self.esperando += [replace(self.por_id[fila.propiedades["ce_id"]], vuelta=vuelta)] * copias
        self.leidas = len(filas)

    def mezclar(self, unas: list[Recibido], otras: list[Recibido]) -> list[Recibido]:
        """The first ones keep their order."""
        mezcla = list(unas)
        for otra in otras:
            mezcla.insert(self.azar.randint(0, len(mezcla)), otra)
        return mezcla


MODOS = st.sampled_from(["", "", "", "libre", "rechaza"])


@given(
    st.lists(st.tuples(st.sampled_from(["c-1", "c-2"]), MODOS), min_size=1, max_size=12),
    st.lists(st.sampled_from(["c-1", "c-2"]), unique=True),
    st.integers(0, 2**32),
)
def test_todos_acaban_una_vez_y_cada_sujeto_en_el_orden_en_que_llego(ordenes, creadas, semilla):
    propias = [suma(f"m-{n:02}", cosa, modo=modo) for n, (cosa, modo) in enumerate(ordenes)]
    azar = random.Random(semilla)
    mundo = Mundo(azar, list(propias))
    por_crear = [recibido(f"e-{c}", Llegada(id_cosa=c)) for c in creadas]
    for _ in range(400):
        mundo.paso()
        if por_crear and azar.random() < 0.2:
            mundo.tratar([por_crear.pop()])
        if not mundo.propias and not mundo.esperando:
            break
    assert not mundo.propias and not mundo.esperando, "nobody waits for ever"
    assert mundo.banco.esperas() == {}

    acabados = list(mundo.banco.destinos())
    assert sorted(acabados) == [p.sobre.id for p in propias]
    for cosa in ("c-1", "c-2"):
        assert [i for i in acabados if mundo.por_id[i].sobre.sujeto == cosa] == [
            p.sobre.id for p in propias if p.sobre.sujeto == cosa
        ]
    efectos = aplicados(mundo.banco)
    assert len(efectos) == len(set(efectos)) == len(propias), "each told one thing: its effect, or its refusal"
