"""The unit of work: what a block did counts when it ends well, and is undone as a whole when it does not."""

import gc
import weakref
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedwork.aplicacion.espera import PorConocer
from seedwork.aplicacion.transaccion import Inscripcion
from seedwork.dominio.agregado import EventoDominio
from seedwork.dominio.errores import ReglaViolada
from seedwork.infraestructura import avro

from .conftest import (
    BancoMemoria,
    Cosa,
    CosaMirada,
    CosaSumada,
    Cuenta,
    Sumado,
    UnidadCosas,
    abrir,
    carga,
    dichos,
    salida,
    sobre,
    transaccion,
    vistos,
)

PERDONABLES = [ReglaViolada("NO"), PorConocer("NO")]
cada_perdonable = pytest.mark.parametrize("error", PERDONABLES, ids=lambda e: type(e).__name__)


def sumar(unidad, id, cuanto=1, mensaje="m"):
    with unidad.mensaje(sobre(mensaje, id)):
        unidad.cosa(id).sumar(cuanto)


def cuantos(banco):
    return {f["id"]: (f["cuanto"], f["secuencia"]) for f in banco.filas("cosas")}


# Ending well


def test_lo_que_registran_los_agregados_se_dice_con_su_secuencia_y_su_causa(banco):
    with abrir(banco) as unidad, unidad.mensaje(sobre("m-1", "a")):
        unidad.cosa("a").sumar(2)
        unidad.cosa("b").sumar(1)
        unidad.cosa("a").registrar(CosaMirada())
        unidad.cosa("a").sumar(3)
        unidad.anotar_aplicado()
    with abrir(banco) as unidad, unidad.mensaje(sobre("m-2", "a")):
        unidad.cosa("a").sumar(1)

    filas = salida(banco)
    assert [(f.clave, f.propiedades["ce_sequence"], f.propiedades["ce_causationid"]) for f in filas] == [
        ("a", "1", "m-1"),
        ("a", "2", "m-1"),
        ("b", "1", "m-1"),
        ("a", "3", "m-2"),
    ]
    assert [avro.decodificar(Sumado, carga(f)) for f in filas] == [
        Sumado(id_cosa="a", cuanto=2, total=2),
        Sumado(id_cosa="a", cuanto=3, total=5),
        Sumado(id_cosa="b", cuanto=1, total=1),
        Sumado(id_cosa="a", cuanto=1, total=6),
    ]
    assert {f.propiedades["ce_source"] for f in filas} == {"/saludtech/pruebas-almacen"}
    assert cuantos(banco) == {"a": (6, 3), "b": (1, 1)}
    assert set(banco.destinos()) == {"m-1"}


def test_lo_que_se_publica_a_mano_va_delante_de_lo_que_registraron_los_agregados(banco):
    with abrir(banco) as unidad, unidad.mensaje(sobre("m-1", "a")):
        unidad.cosa("a").sumar(1)
        unidad.publicar(Sumado(id_cosa="z"), sujeto="z")
    assert dichos(banco) == ["Sumado z", "Sumado a"]


def test_un_agregado_es_un_solo_objeto_para_todos_los_mensajes(banco):
    with abrir(banco) as unidad:
        sumar(unidad, "a", 1, "m-1")
        primera = unidad.cosas.obtener("a")
        sumar(unidad, "a", 2, "m-2")
        assert unidad.cosas.obtener("a") is primera
    assert cuantos(banco) == {"a": (3, 2)}


def test_el_repositorio_encuentra_por_cualquier_columna_y_no_repite_objetos(banco):
    with abrir(banco) as unidad:
        for id in ("a", "b", "c"):
            sumar(unidad, id)
    with abrir(banco) as unidad:
        a = unidad.cosas.obtener("a")
        hallados = unidad.cosas.buscar("id", ["b", "a"])
        assert [c.id for c in hallados] == ["a", "b"]
        assert hallados[0] is a
        unidad.cosas.precargar(["a", "c", "d"])
        assert {c.id for c in unidad.cosas.cargados()} == {"a", "b", "c"}
        assert unidad.cosas.obtener("d") is None


def test_lo_que_cambia_sin_que_ningun_mensaje_lo_tuviera_no_se_guarda(banco):
    """A refusal would not have undone it."""
    with abrir(banco) as unidad:
        sumar(unidad, "a")
    with (
        pytest.raises(RuntimeError, match="sin que ningún mensaje"),
        abrir(banco) as unidad,
        suppress(ReglaViolada),
        unidad.mensaje(sobre("m-1")),
    ):
        unidad.cosas.buscar("id", ["a"])[0].cuanto = 50
        raise ReglaViolada("NO")
    assert cuantos(banco) == {"a": (1, 1)}


def test_no_hay_dos_agregados_con_un_id(banco):
    """The second one's undo would take the first one along."""
    with pytest.raises(RuntimeError, match="ya hay uno"), abrir(banco) as unidad:
        sumar(unidad, "a", 1, "m-1")
        with unidad.mensaje(sobre("m-2")):
            unidad.cosas.agregar(Cosa(id="a"))


def test_lo_guardado_por_sus_eventos_vuelve_a_plegarse(banco):
    with abrir(banco) as unidad:
        for mensaje, cuanto in (("m-1", 2), ("m-2", 3)):
            with unidad.mensaje(sobre(mensaje, "a")):
                unidad.cuenta("a").sumar(cuanto)
                unidad.cuenta("b").sumar(1)
    assert [(p.flujo, p.version, p.evento.cuanto) for p in unidad.proyectados] == [
        ("a", 1, 2),
        ("b", 1, 1),
        ("a", 2, 3),
        ("b", 2, 1),
    ]
    ordenes = [p.orden for p in unidad.proyectados]
    assert ordenes == sorted(set(ordenes))
    with abrir(banco) as unidad:
        cuenta = unidad.cuentas.obtener("a")
        assert (cuenta.cuanto, cuenta.secuencia) == (5, 2)
        assert unidad.cuentas.obtener("z") is None
    with transaccion(banco) as t:
        filas = list(banco.flujos(t).leer(["a"]))
    assert [f["metadatos"] for f in filas] == [
        {"correlacion": m, "causa": m, "secuencia": n} for n, m in enumerate(["m-1", "m-2"], 1)
    ]


# Undone


@cada_perdonable
def test_un_mensaje_que_se_deshace_no_deja_nada_y_otros_siguen(banco, error):
    with abrir(banco) as unidad:
        sumar(unidad, "a", 1, "m-0")
    with abrir(banco) as unidad:
        sumar(unidad, "a", 10, "m-1")
        with unidad.mensaje(sobre("m-2")):
            unidad.cuenta("a").sumar(7)
            unidad.apuntar("queda")
        with pytest.raises(type(error)), unidad.mensaje(sobre("m-3")):
            unidad.cosa("a").sumar(100)
            unidad.cosa("nueva").sumar(100)
            unidad.cuenta("a").sumar(100)
            unidad.cuenta("nueva").sumar(100)
            unidad.publicar(Sumado(id_cosa="z"), sujeto="z")
            unidad.anotar_aplicado()
            unidad.apuntar("se va")
            raise error
        assert unidad.cosas.obtener("a").cuanto == 11
        assert unidad.cosas.obtener("nueva") is None
        assert unidad.cuentas.obtener("a").cuanto == 7
        assert unidad.cuentas.obtener("nueva") is None
        with unidad.mensaje(sobre("m-3")):
            unidad.cosa("nueva").sumar(1)
            unidad.cuenta("nueva").sumar(1)
            unidad.anotar_rechazo("NO")

    assert cuantos(banco) == {"a": (11, 2), "nueva": (1, 1)}
    assert [(f.propiedades["ce_causationid"], f.clave, f.propiedades["ce_sequence"]) for f in salida(banco)] == [
        ("m-0", "a", "1"),
        ("m-1", "a", "2"),
        ("m-2", "a", "1"),
        ("m-3", "nueva", "1"),
        ("m-3", "nueva", "1"),
    ]
    assert banco.destinos()["m-3"].rechazo == "NO"
    assert [f["id"] for f in banco.filas("apuntes")] == ["queda"]
    assert [(p.flujo, p.version) for p in unidad.proyectados] == [("a", 1), ("nueva", 1)]


@cada_perdonable
def test_lo_que_se_quita_se_va_y_lo_que_se_deshace_lo_devuelve(banco, error):
    with abrir(banco) as unidad:
        for id in "abc":
            sumar(unidad, id, 1, f"m-{id}")
    with abrir(banco) as unidad:
        with pytest.raises(type(error)), unidad.mensaje(sobre("m-1")):
            unidad.cosas.quitar(unidad.cosas.obtener("a"))
            raise error
        with unidad.mensaje(sobre("m-2")):
            assert unidad.cosas.obtener("a") is not None
            unidad.cosas.quitar(unidad.cosas.obtener("b"))
            assert unidad.cosas.obtener("b") is None
            unidad.cosas.agregar(nueva := Cosa(id="d"))
            unidad.cosas.quitar(nueva)
    assert set(cuantos(banco)) == {"a", "c"}


@cada_perdonable
def test_lo_deshecho_dos_veces_sigue_siendo_lo_de_antes(banco, error):
    with abrir(banco) as unidad:
        sumar(unidad, "a", 5)
    with abrir(banco) as unidad:
        for mensaje in ("m-1", "m-2"):
            with pytest.raises(type(error)), unidad.mensaje(sobre(mensaje)):
                unidad.cosa("a").sumar(1)
                raise error
    assert cuantos(banco) == {"a": (5, 1)}
    assert len(salida(banco)) == 1


def test_lo_que_se_creo_sin_mirar_y_se_deshizo_se_busca_despues(banco):
    with abrir(banco) as unidad:
        sumar(unidad, "a", 5)
        with unidad.mensaje(sobre("m-2")):
            unidad.cuenta("a").sumar(5)
    with abrir(banco) as unidad:
        with pytest.raises(ReglaViolada), unidad.mensaje(sobre("m-1")):
            unidad.cosas.agregar(Cosa(id="a"))
            unidad.cuentas.agregar(Cuenta(id="a"))
            raise ReglaViolada("NO")
        assert unidad.cosas.obtener("a").cuanto == 5
        assert unidad.cuentas.obtener("a").cuanto == 5


# Ending badly


def test_tras_cualquier_otro_error_la_unidad_no_puede_confirmarse(banco):
    with pytest.raises(RuntimeError, match="a medias"), abrir(banco) as unidad:
        with pytest.raises(KeyError), unidad.mensaje(sobre("m-1")):
            unidad.cosa("a").sumar(1)
            raise KeyError
        with pytest.raises(RuntimeError, match="ya atiende"), unidad.mensaje(sobre("m-2")):
            pass
    assert not any(v for v in vistos(banco).values())


def test_un_evento_sin_traduccion_no_se_pierde_en_silencio(banco):
    @dataclass(frozen=True, kw_only=True, slots=True)
    class Olvidado(EventoDominio):
        pass

    medias = pytest.raises(RuntimeError, match="a medias")
    with medias, abrir(banco) as unidad, pytest.raises(KeyError), unidad.mensaje(sobre("m-1")):
        unidad.cosa("a").registrar(Olvidado())
    assert not any(v for v in vistos(banco).values())


def test_no_hay_un_mensaje_dentro_de_otro(banco):
    ya = pytest.raises(RuntimeError, match="ya atiende")
    with ya, abrir(banco) as unidad, unidad.mensaje(sobre("m-1")), unidad.mensaje(sobre("m-2")):
        pass


def test_fuera_de_un_mensaje_no_se_dice_ni_se_destina_nada(banco):
    with abrir(banco) as unidad:
        for hacer in (
            lambda: unidad.sobre,
            lambda: unidad.publicar(Sumado(id_cosa="z"), sujeto="z"),
            lambda: unidad.anotar_aplicado(),
        ):
            with pytest.raises(RuntimeError, match="ningún mensaje"):
                hacer()
    assert not any(v for v in vistos(banco).values())


# Outside any message


@pytest.mark.parametrize("clase", ["cosas", "cuentas"])
def test_un_agregado_que_cambia_fuera_de_un_mensaje_se_descubre(banco, clase):
    with abrir(banco) as unidad:
        for agregado in (Cosa(id="a"), Cuenta(id="a")):
            with unidad.mensaje(sobre(f"m-{type(agregado).__name__}")):
                getattr(unidad, f"{type(agregado).__name__.lower()}s").agregar(agregado)
                agregado.sumar(1)

    def existente(unidad):
        getattr(unidad, clase).obtener("a").sumar(1)

    def nuevo(unidad):
        uno = Cosa(id="b") if clase == "cosas" else Cuenta(id="b")
        uno.sumar(1)
        getattr(unidad, clase).agregar(uno)

    def de_otro_mensaje(unidad):
        with unidad.mensaje(sobre("x-1")):
            uno = getattr(unidad, clase).obtener("a")
        uno.sumar(1)

    for cambiar in (existente, nuevo, de_otro_mensaje):
        with pytest.raises(RuntimeError, match="fuera de un mensaje"), abrir(banco) as unidad:
            cambiar(unidad)


@pytest.mark.parametrize("acaba", [None, *PERDONABLES], ids=["bien", "ReglaViolada", "PorConocer"])
def test_lo_que_cambio_fuera_no_se_toma_por_cosa_del_mensaje_siguiente(banco, acaba):
    with abrir(banco) as unidad:
        sumar(unidad, "a")
    with pytest.raises(RuntimeError, match="fuera de un mensaje"), abrir(banco) as unidad:
        unidad.cosas.obtener("a").sumar(1)
        with unidad.mensaje(sobre("m-2")):
            unidad.cosas.obtener("a").sumar(1)
            if acaba is not None:
                raise acaba
    assert cuantos(banco) == {"a": (1, 1)}


# Whatever enrols


class Oyente(Inscripcion):
    """Tells what is asked of it."""

    nombre_sujeto = "id_cosa"

    def __init__(self, transaccion, pasos):
        super().__init__(transaccion)
        self._pasos = pasos

    def precargar(self, ids):
        self._pasos.append(("precargar", sorted(ids)))

    def hacer(self, que):
        self._pasos.append(que)
        self._regresos.append(lambda: self._pasos.append(f"deshacer {que}"))

    def volcar(self):
        self._pasos.append("volcar")


def test_lo_que_se_inscribe_al_hacerse_participa_en_todo(banco):
    pasos: list[object] = []
    with abrir(banco) as unidad:
        oyente = Oyente(unidad.transaccion, pasos)
        unidad.precargar({"id_cosa": {"b", "a"}, "": {"x"}, "id_otra": {"y"}})
        with unidad.mensaje(sobre("m-1")):
            oyente.hacer("uno")
        with pytest.raises(ReglaViolada), unidad.mensaje(sobre("m-2")):
            oyente.hacer("dos")
            oyente.hacer("tres")
            raise ReglaViolada("NO")
    assert pasos == [("precargar", ["a", "b"]), "uno", "dos", "tres", "deshacer tres", "deshacer dos", "volcar"]


class Tenaz(Inscripcion):
    """Holds its transaction, as a stock does."""

    def __init__(self, transaccion):
        super().__init__(transaccion)
        self.transaccion = transaccion


def test_lo_que_una_unidad_tuvo_se_va_con_ella(banco):
    """Whatever is in a cycle stays until the collector comes by: with 500 messages a batch, that costs."""
    gc.collect()
    gc.disable()
    try:
        with abrir(banco) as unidad:
            Tenaz(unidad.transaccion)
            sumar(unidad, "a", mensaje="m-1")
            with pytest.raises(ReglaViolada), unidad.mensaje(sobre("m-2")):
                raise ReglaViolada("NO")
            visto = weakref.ref(unidad.cosas.obtener("a"))
        del unidad
        assert visto() is None
    finally:
        gc.enable()


def test_un_repositorio_que_nadie_nombro_tambien_se_vuelca(banco):
    with abrir(banco) as unidad:
        otro = UnidadCosas(banco, unidad.transaccion).cosas
        with unidad.mensaje(sobre("m-1")):
            cosa = Cosa(id="sola")
            otro.agregar(cosa)
            cosa.sumar(4)
        with pytest.raises(ReglaViolada), unidad.mensaje(sobre("m-2")):
            otro.obtener("sola").sumar(1)
            raise ReglaViolada("NO")
    assert cuantos(banco) == {"sola": (4, 1)}
    assert dichos(banco) == ["Sumado sola"]


def test_por_cuenta_propia_es_un_mensaje_que_nadie_mando(banco):
    with abrir(banco) as unidad, unidad.por_cuenta_propia("plazo", sujeto="a", correlacion="g-1"):
        propio = unidad.sobre
        unidad.cosa("a").sumar(1)
    (fila,) = salida(banco)
    assert (propio.tipo, propio.sujeto, propio.fuente) == ("plazo", "a", "/saludtech/pruebas-almacen")
    assert fila.propiedades["ce_correlationid"] == "g-1"
    assert "ce_causationid" not in fila.propiedades, "it would be the id of no message"


# Whatever comes in whatever order

IDS = st.sampled_from(["a", "b", "c"])
ACTOS = st.one_of(
    st.tuples(st.just("sumar"), IDS, st.integers(-5, 5)),
    st.tuples(st.just("contar"), IDS, st.integers(-5, 5)),
    st.tuples(st.just("mirar"), IDS, st.just(0)),
    st.tuples(st.just("buscar"), IDS, st.just(0)),
    st.tuples(st.just("apuntar"), IDS, st.integers(0, 10**6)),
    st.tuples(st.just("publicar"), IDS, st.just(0)),
)
MENSAJES = st.lists(
    st.tuples(st.lists(ACTOS, max_size=5), st.sampled_from([None, None, ReglaViolada("NO"), PorConocer("NO")])),
    max_size=8,
)


def actuar(unidad, apuntados, actos):
    for verbo, id, cuanto in actos:
        if verbo == "sumar":
            unidad.cosa(id).sumar(cuanto)
        elif verbo == "contar":
            unidad.cuenta(id).sumar(cuanto)
        elif verbo == "mirar":
            unidad.cosas.obtener(id)
            unidad.cuentas.obtener(id)
        elif verbo == "buscar":
            unidad.cosas.buscar("id", ["a", id])
        elif verbo == "apuntar":
            if cuanto not in apuntados:
                unidad.apuntar(str(cuanto))
                apuntados.add(cuanto)
        else:
            unidad.publicar(Sumado(id_cosa=id), sujeto=id)
    unidad.anotar_aplicado()


def correr(banco, tandas, *, con_rechazados):
    apuntados: set[int] = set()
    for t, tanda in enumerate(tandas):
        with abrir(banco) as unidad:
            for m, (actos, error) in enumerate(tanda):
                if error is None:
                    with unidad.mensaje(sobre(f"m-{t}-{m}")):
                        actuar(unidad, apuntados, actos)
                elif con_rechazados:
                    tocados = set(apuntados)
                    with pytest.raises(type(error)), unidad.mensaje(sobre(f"m-{t}-{m}")):
                        actuar(unidad, tocados, actos)
                        raise error
    with transaccion(banco) as t:
        flujos = [(f["flujo"], f["version"], f["datos"], f["metadatos"]) for f in banco.flujos(t).leer(["a", "b", "c"])]
    secuencias = [(f.clave, f.propiedades.get("ce_sequence"), f.propiedades["ce_causationid"]) for f in salida(banco)]
    return vistos(banco), flujos, secuencias


@given(st.lists(MENSAJES, max_size=3))
def test_los_rechazados_es_como_si_no_hubieran_venido(tandas):
    con = correr(BancoMemoria(), tandas, con_rechazados=True)
    assert con == correr(BancoMemoria(), tandas, con_rechazados=False)


@pytest.mark.integracion
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MENSAJES, max_size=3))
def test_los_rechazados_y_postgresql_como_en_memoria(banco_sql, tandas):
    banco_sql.vaciar()
    assert correr(banco_sql, tandas, con_rechazados=True) == correr(BancoMemoria(), tandas, con_rechazados=False)
    banco_sql.vaciar()


def test_una_unidad_sin_mensajes_no_escribe_nada(banco):
    with abrir(banco) as unidad:
        assert unidad.reloj() == unidad.reloj()
        assert unidad.cosas.obtener("a") is None
    assert not any(v for v in vistos(banco).values())


def test_lo_que_no_cambio_no_se_escribe(banco, monkeypatch):
    with abrir(banco) as unidad:
        sumar(unidad, "a")
    with abrir(banco) as unidad, unidad.mensaje(sobre("m-2")):
        cosa = unidad.cosas.obtener("a")
        cosa.sumar(0)
        cosa.registrados.clear()
        monkeypatch.setattr(unidad.transaccion.tablas["cosas"], "actualizar", None)
    assert cuantos(banco) == {"a": (1, 1)}


def test_un_evento_interno_no_gasta_secuencia(banco):
    with abrir(banco) as unidad, unidad.mensaje(sobre("m-1")):
        cosa = unidad.cosa("a")
        cosa.registrar(CosaMirada())
        cosa.registrar(CosaSumada(id="a", cuanto=1))
    assert [f.propiedades["ce_sequence"] for f in salida(banco)] == ["1"]
