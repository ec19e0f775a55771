"""Inbox, keys, waits, fates and outbox: what a transaction keeps of a service's messages."""

from collections.abc import Collection

import pytest
import sqlalchemy as sa

from seedwork.aplicacion.espera import Aplazado
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.transaccion import DestinoDeComando, Saliente
from seedwork.infraestructura import avro
from seedwork.infraestructura.tabla import ClaveRepetida
from seedwork.infraestructura.topicos import topico_espera
from seedwork.pruebas.bases import como_dueno
from seedwork.pruebas.sobres import Viajado

from .conftest import Banco, BancoSQL, Sumado, Sumar, carga, cliente, recibido, salida, sobre, transaccion


def recibir(banco: Banco, *ids: str, lote: str | None = None, consumidor: str = "c") -> set[str]:
    with transaccion(banco) as t:
        return t.recibir(consumidor, ids, lote=lote)


def destinar(banco: Banco, id: str, rechazo: str | None = None) -> None:
    with transaccion(banco) as t:
        t.guardar([], [DestinoDeComando(id, Sumar.tipo, rechazo)])


def aplazar(
    banco: Banco, *ids: str, vuelta: int = 1, sujeto: str = "c-1", pausa_s: float = 5.0, quien: Quien | None = None
) -> None:
    with transaccion(banco) as t:
        t.aplazar("c", [Aplazado(recibido(i, Sumar(id_cosa=sujeto), quien=quien), vuelta, pausa_s) for i in ids])


def en_espera(banco: Banco, *asuntos: tuple[str, str], ids: Collection[str] = (), consumidor: str = "c", de: str = ""):
    pedidos = {(*asunto, de) for asunto in asuntos or [(Sumar.tipo, "c-1")]}
    with transaccion(banco) as t:
        return list(t.en_espera(consumidor, pedidos, set(ids)))


# Inbox


def test_lo_recibido_es_nuevo_una_vez_por_consumidor(banco):
    assert recibir(banco, "b", "a") == {"a", "b"}
    assert recibir(banco, "a", "x") == {"x"}
    assert recibir(banco, "a", consumidor="otro") == {"a"}
    assert banco.inbox() == {("c", "a"): False, ("c", "b"): False, ("c", "x"): False, ("otro", "a"): False}


def test_un_comando_se_conoce_por_su_destino_aunque_el_inbox_lo_olvidara(banco):
    destinar(banco, "a")
    assert recibir(banco, "a", "b") == {"b"}
    assert ("c", "a") not in banco.inbox()


def test_lo_que_se_aparco_sin_leer_se_conoce_por_su_lugar(banco):
    """It has no id to trust, and may hold what no database takes for a text."""
    intentos = banco.intentos("c", "l-1")
    propiedades = {"ce_id": "a\0b", "otra": "x"}
    este, otro = (Viajado("t", "k\0", b"\0", propiedades, lugar=lugar) for lugar in ("1:0:0", "1:0:1"))
    assert not intentos.esta_aparcado_sin_leer(este)
    for _ in range(2):
        intentos.aparcar_sin_leer(este)
    assert intentos.esta_aparcado_sin_leer(este)
    assert not intentos.esta_aparcado_sin_leer(otro)
    assert not banco.intentos("d", "l-2").esta_aparcado_sin_leer(este)
    ((consumidor, sena),) = banco.inbox()
    assert (consumidor, sena[0]) == ("c", "@")


def test_un_aparcado_no_es_nuevo(banco):
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_intento("a", "t", 1)
    intentos.aparcar("a", 1)
    assert banco.inbox() == {("c", "a"): True}
    assert recibir(banco, "a") == set()


def test_recibir_termina_el_lote_y_olvida_los_intentos_de_lo_que_llego(banco):
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_lote({"a", "b"})
    banco.intentos("c", "l-2").empezar_lote({"z"})
    for id in ("a", "b", "z"):
        intentos.empezar_intento(id, "t", 9)
    recibir(banco, "a")
    assert (banco.cuantos("lotes"), banco.cuantos("intentos")) == (2, 2)

    assert recibir(banco, "a", "b", lote="l-1") == {"b"}, "what is known has its attempts forgotten, too"
    assert (banco.cuantos("lotes"), banco.cuantos("intentos")) == (1, 1)
    with transaccion(banco) as t:
        t.recibir("otro", {"z"}, lote=None)
    assert banco.cuantos("intentos") == 1, "another consumer's attempts are its own"


def test_no_se_cuenta_el_intento_con_lo_que_otro_ya_atendio(banco):
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_intento("a", "t", 9)
    recibir(banco, "a")
    assert intentos.empezar_intento("a", "t", 9) == (1, None)
    assert banco.intentos("otro", "l-2").empezar_intento("a", "t", 9) == (1, None)
    assert banco.cuantos("intentos") == 1, "the other consumer's"


def test_lo_devuelto_vuelve_a_ser_nuevo(banco):
    recibir(banco, "a", "b")
    with transaccion(banco) as t:
        t.devolver("c", ["a", "nadie"])
        t.devolver("otro", ["b"])
    assert banco.inbox() == {("c", "b"): False}
    assert recibir(banco, "a") == {"a"}


def test_se_retira_lo_aparcado_y_lo_que_nunca_se_atendio_y_no_lo_atendido(banco):
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_intento("aparcado", "t", 1)
    intentos.aparcar("aparcado", 1)
    recibir(banco, "atendido")
    destinar(banco, "olvidado")
    aplazar(banco, "espera", "atendido")

    with transaccion(banco) as t:
        retirados = {i: t.retirar("c", i) for i in ("aparcado", "nunca", "espera", "atendido", "olvidado")}

    assert retirados == {"aparcado": True, "nunca": True, "espera": True, "atendido": False, "olvidado": False}
    assert banco.inbox() == {("c", i): False for i in ("aparcado", "nunca", "espera", "atendido")}
    assert banco.esperas() == {}, "no row of a wait outlives its command"
    with transaccion(banco) as t:
        assert not t.retirar("c", "aparcado"), "once"
        assert t.retirar("otro", "aparcado"), "another consumer's is its own"


# Batches that vanished with their process


def test_de_un_lote_que_se_perdio_son_sospechosos_los_suyos_y_nadie_mas(banco):
    banco.intentos("c", "perdido").empezar_lote({"a", "b", "z"})
    intentos = banco.intentos("c", "l-1")
    assert set(intentos.empezar_lote({"a", "b", "x"})) == {"a", "b"}
    intentos.terminar_lote()
    assert set(banco.intentos("otro", "l-2").empezar_lote({"a"})) == set(), "another consumer's are its own"


def test_el_lote_perdido_acaba_con_quien_lo_halla_y_sus_mensajes_siguen_siendo_sospechosos(banco):
    banco.intentos("c", "perdido").empezar_lote({"a", "b", "z"})
    uno, otro = banco.intentos("c", "l-1"), banco.intentos("c", "l-2")
    uno.empezar_lote({"a"})
    uno.terminar_lote()
    assert banco.cuantos("lotes") == 0, "what it counts is counted one by one from now on"
    assert set(otro.empezar_lote({"a", "z", "x"})) == {"a", "z"}, "another worker's part of it, too"
    otro.terminar_lote()

    assert uno.empezar_intento("a", "t", 9) == (1, None), "being in it was no attempt"
    recibir(banco, "a")
    aplazar(banco, "b")
    with transaccion(banco) as t:
        t.retirar("c", "z")
    assert banco.cuantos("intentos") == 0
    assert set(otro.empezar_lote({"a", "b", "z"})) == set(), "whatever came of them, they are no suspects any more"


def test_de_un_lote_perdido_no_se_sospecha_de_lo_que_ya_se_atendio(banco):
    banco.intentos("c", "perdido").empezar_lote({"a", "k", "z"})
    recibir(banco, "a")
    destinar(banco, "k")
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_lote({"k", "z"})
    assert set(intentos.empezar_lote({"a", "k", "z"})) == {"z"}
    assert banco.cuantos("intentos") == 1, "it will not come again, and nobody would forget it"


def test_lo_que_se_intentaba_cuando_se_perdio_su_proceso_vuelve_solo(banco):
    banco.intentos("c", "l-1").empezar_intento("a", "t", 9)
    intentos = banco.intentos("c", "l-2")
    assert set(intentos.empezar_lote({"a", "b"})) == {"a"}
    assert intentos.empezar_intento("a", "t", 9) == (2, None)


# Attempts with what waits


def test_la_copia_anterior_de_quien_espera_no_toca_los_intentos_de_la_que_vale(banco):
    aplazar(banco, "a", vuelta=2)
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_intento("a", "t", 9, vuelta=2)
    recibir(banco, "a")
    with transaccion(banco) as t:
        t.devolver("c", ["a"])
    assert intentos.empezar_intento("a", "t", 9, vuelta=1) == (1, None), "an older copy is passed over"
    assert intentos.empezar_intento("a", "t", 9, vuelta=2) == (2, None)


def test_los_intentos_con_quien_espera_acaban_con_su_espera_o_con_su_vuelta(banco):
    intentos = banco.intentos("c", "l-1")
    aplazar(banco, "a", "b", "i", "r")
    for id in ("a", "b", "i", "r"):
        intentos.empezar_intento(id, "t", 9, vuelta=1)
    recibir(banco, "a", "b")
    with transaccion(banco) as t:
        t.no_esperar("c", "a")
    aplazar(banco, "b", vuelta=2)
    assert banco.cuantos("intentos") == 2
    intentos.no_esperar("i")
    with transaccion(banco) as t:
        t.retirar("c", "r")
    assert banco.cuantos("intentos") == 0


# Idempotency keys


def test_una_clave_es_del_primero_que_la_trae(banco):
    with transaccion(banco) as t:
        assert t.reclamar_claves({"k1": "a", "k2": "b"}) == {"k1": "a", "k2": "b"}
        assert t.reclamar_claves({"k1": "x"}) == {"k1": "a"}, "in one transaction too"
    with transaccion(banco) as t:
        assert t.reclamar_claves({"k1": "y", "k3": "y"}) == {"k1": "a", "k3": "y"}
    assert banco.claves() == {"k1": "a", "k2": "b", "k3": "y"}


# Waits


def test_lo_aplazado_espera_en_su_turno_y_sale_por_el_topico_de_espera(banco):
    aplazar(banco, "b", "a", pausa_s=30.0)
    aplazar(banco, "c", sujeto="c-2")
    aplazar(banco, "d")

    assert [(e.id, e.tipo, e.sujeto, e.vuelta) for e in en_espera(banco, ids="abcd")] == [
        ("b", Sumar.tipo, "c-1", 1),
        ("a", Sumar.tipo, "c-1", 1),
        ("d", Sumar.tipo, "c-1", 1),
    ]
    dos = (Sumar.tipo, "c-2"), (Sumar.tipo, "c-1")
    assert [e.id for e in en_espera(banco, *dos, ids="abcd")] == ["b", "a", "c", "d"]
    assert en_espera(banco, (Sumar.tipo, "c-3")) == []
    assert en_espera(banco, ("otro", "c-1"), (Sumar.tipo, "c-3")) == [], "a type and a subject, not of each other"
    assert en_espera(banco, consumidor="otro") == []

    filas = salida(banco)
    assert [f.topico for f in filas] == [topico_espera("c")] * 4
    assert [f.propiedades["ce_id"] for f in filas] == ["b", "a", "c", "d"]
    primera = filas[0]
    assert primera.propiedades == {
        "ce_id": "b",
        "espera_topico": Sumar.topico,
        "espera_esquema": "7",
        "espera_vuelta": "1",
    }
    assert carga(primera) == avro.codificar(Sumar(id_cosa="c-1"))
    assert primera.clave == "c-1"
    assert 0 < primera.retraso_s <= 30.0
    assert filas[2].retraso_s < primera.retraso_s


def test_de_los_demas_que_esperan_se_dice_el_primero_de_cada_asunto(banco):
    aplazar(banco, *(f"a-{n}" for n in range(9)))
    aplazar(banco, "b-0", "b-1", sujeto="c-2")
    dos = (Sumar.tipo, "c-1"), (Sumar.tipo, "c-2")
    assert [e.id for e in en_espera(banco, *dos)] == ["a-0", "b-0"]
    assert [e.id for e in en_espera(banco, *dos, ids=["a-5", "a-0", "a-1", "b-1", "nadie"])] == [
        *("a-0", "a-1", "a-2", "a-5"),
        *("b-0", "b-1"),
    ]


def test_de_los_demas_se_dice_el_primero_del_mismo_dueno_y_que_alguno_hay(banco):
    aplazar(banco, "z-0", "z-1", quien=cliente("z"))
    aplazar(banco, "b-0", "b-1", quien=cliente("b"))
    aplazar(banco, "a-0", "a-1", quien=cliente("a"))

    assert [(e.id, e.titular) for e in en_espera(banco, de="cliente:b")] == [
        ("b-0", "cliente:b"),
        ("a-0", "cliente:a"),
    ], "its own, and one of whoever's"
    assert [e.id for e in en_espera(banco, ids=["b-1"], de="cliente:b")] == ["b-0", "b-1", "a-0"]
    assert [e.id for e in en_espera(banco, de="cliente:nadie")] == ["a-0"]
    assert [e.id for e in en_espera(banco, de="cliente:a")] == ["a-0"]


@pytest.mark.parametrize("titular", ["''", "'cliente:' || n"], ids=["de nadie", "de cada uno"])
def test_mirar_a_los_que_esperan_a_lo_mismo_no_los_lee_a_todos(banco, titular):
    """A sweep over N of one subject, a hundred at a time, read N²/100 rows."""
    if not isinstance(banco, BancoSQL):
        pytest.skip("memory is not what it costs")
    with banco.motor.begin() as conexion:
        conexion.execute(
            sa.text(
                "INSERT INTO esperas (consumidor, ce_id, tipo, sujeto, titular, vuelta)"
                f" SELECT 'c', 'a-' || n, :tipo, 'c-1', {titular}, 1 FROM generate_series(1, 50000) AS n"
            ),
            {"tipo": Sumar.tipo},
        )
    ids = [f"a-{n}" for n in range(30000, 30100)]
    leidas = []

    def oir(_conexion, _cursor, sentencia, parametros, _contexto, _muchos):
        if "FROM esperas" in sentencia and not sentencia.startswith("EXPLAIN"):
            leidas.append((sentencia, parametros))

    sa.event.listen(banco.motor, "before_cursor_execute", oir)
    try:
        en_espera(banco, ids=ids)
    finally:
        sa.event.remove(banco.motor, "before_cursor_execute", oir)
    with como_dueno(banco.motor) as dueno, dueno.begin() as conexion:
        conexion.exec_driver_sql("ANALYZE esperas")
    with banco.motor.begin() as conexion:
        planes = [
            conexion.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sentencia}", parametros).scalar_one()
            for sentencia, parametros in leidas
        ]
    assert planes
    assert sum(filas_leidas(plan["Plan"]) for (plan,) in planes) < 5 * len(ids)


def filas_leidas(nodo) -> float:
    """The rows that a plan's scans have read, those that they passed over included."""
    propias = 0.0
    if "Scan" in nodo["Node Type"] and "Relation Name" in nodo:
        propias = nodo["Actual Loops"] * (nodo["Actual Rows"] + nodo.get("Rows Removed by Filter", 0))
    return propias + sum(filas_leidas(hijo) for hijo in nodo.get("Plans", ()))


def test_quien_espera_otra_vez_guarda_su_turno_y_su_comienzo(banco):
    aplazar(banco, "a", "b")
    antes = banco.turnos()
    banco.pasar(3.0)
    for vuelta in (2, 3):
        aplazar(banco, "b", "a", vuelta=vuelta)
    aplazar(banco, "z")

    assert banco.esperas() == {"a": ("c", 3), "b": ("c", 3), "z": ("c", 1)}
    assert {i: t for i, t in banco.turnos().items() if i in antes} == antes
    a, b, z = en_espera(banco, ids="abz")
    assert a.turno < b.turno < z.turno
    assert 3.0 <= a.segundos < 60.0
    assert z.segundos < a.segundos - 2.0
    assert [f.propiedades["espera_vuelta"] for f in salida(banco)] == ["1", "1", "2", "2", "3", "3", "1"]


def test_quien_ya_no_espera_no_deja_fila(banco):
    aplazar(banco, "a", "b")
    with transaccion(banco) as t:
        t.no_esperar("c", "a")
        t.no_esperar("c", "nadie")
        t.no_esperar("otro", "b")
    assert banco.esperas() == {"b": ("c", 1)}


def test_quien_se_aparca_no_hace_esperar_a_nadie(banco):
    aplazar(banco, "a", "b")
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_intento("a", "t", 1, vuelta=1)
    intentos.aparcar("a", 1)
    intentos.aparcar("b", 1)
    assert banco.esperas() == {}
    assert banco.inbox() == {("c", "a"): True}, "whose attempts are gone was taken up again by somebody"


# Fates and outbox


def test_un_comando_tiene_un_solo_destino(banco):
    destinar(banco, "a")
    destinar(banco, "b", "NO")
    assert banco.destinos() == {
        "a": DestinoDeComando("a", Sumar.tipo, None),
        "b": DestinoDeComando("b", Sumar.tipo, "NO"),
    }
    with pytest.raises(ClaveRepetida):
        destinar(banco, "a", "NO")
    with pytest.raises(ClaveRepetida), transaccion(banco) as t:
        t.guardar([], [DestinoDeComando("x", Sumar.tipo, None), DestinoDeComando("x", Sumar.tipo, "NO")])
    assert banco.destinos()["a"].rechazo is None
    assert "x" not in banco.destinos()


def test_lo_que_sale_sale_en_su_orden_y_entero(banco):
    causa = sobre("m-1")
    mensajes = [Sumado(id_cosa=f"c-{n % 3}", cuanto=n) for n in range(20)]
    salientes = [
        Saliente(
            causa.consecuencia(m, fuente="/saludtech/x", sujeto=m.id_cosa, secuencia=n or None, entorno=banco.entorno),
            m,
        )
        for n, m in enumerate(mensajes)
    ]
    with transaccion(banco) as t:
        t.guardar(salientes[:12], [])
    with transaccion(banco) as t:
        t.guardar(salientes[12:], [])

    filas = salida(banco)
    assert [f.propiedades["ce_id"] for f in filas] == [s.sobre.id for s in salientes]
    assert [f.id for f in filas] == sorted(f.id for f in filas)
    assert [avro.decodificar(Sumado, carga(f)) for f in filas] == mensajes
    assert [f.clave for f in filas] == [m.id_cosa for m in mensajes]
    assert {f.topico for f in filas} == {Sumado.topico}
    assert {f.retraso_s for f in filas} == {0.0}
    assert "ce_sequence" not in filas[0].propiedades
    assert filas[5].propiedades | {"ce_id": "", "ce_time": ""} == {
        "ce_specversion": "1.0",
        "ce_id": "",
        "ce_source": "/saludtech/x",
        "ce_type": Sumado.tipo,
        "ce_subject": "c-2",
        "ce_time": "",
        "ce_correlationid": "m-1",
        "ce_causationid": "m-1",
        "ce_sequence": "5",
        "ce_sequencetype": "Integer",
        "ce_dataschema": filas[0].propiedades["ce_dataschema"],
        "content-type": "application/avro",
    }


def test_una_hora_por_transaccion(banco):
    with transaccion(banco) as t:
        primera = t.reloj()
        banco.pasar(1.0)
        assert t.reloj() == primera
    with transaccion(banco) as t:
        assert t.reloj() > primera


# All or nothing


def hacer_de_todo(banco, t):
    t.recibir("c", {"n", "a"}, lote="l-1")
    t.devolver("c", ["n"])
    t.retirar("c", "aparcado")
    t.reclamar_claves({"k": "n"})
    t.aplazar("c", [Aplazado(recibido("n"), 1, 1.0), Aplazado(recibido("espera"), 2, 1.0)])
    t.no_esperar("c", "espera")
    t.guardar([Saliente(sobre("s", tipo=Sumado), Sumado(id_cosa="c-1"))], [DestinoDeComando("n", Sumar.tipo, None)])
    t.tablas["cosas"].insertar([{"id": "c-9", "secuencia": 1, "cuanto": 1}])
    t.tablas["cosas"].actualizar([{"id": "c-0", "cuanto": 5}])
    banco.apuntar(t, "x")


def test_lo_que_se_deshace_no_deja_huella(banco):
    intentos = banco.intentos("c", "l-1")
    intentos.empezar_intento("aparcado", "t", 1)
    intentos.aparcar("aparcado", 1)
    intentos.empezar_intento("a", "t", 1)
    intentos.empezar_lote({"a"})
    aplazar(banco, "espera")
    with transaccion(banco) as t:
        t.tablas["cosas"].insertar([{"id": "c-0", "secuencia": 1, "cuanto": 1}])

    def todo():
        propias = ("inbox", "destinos", "esperas", "turnos", "claves")
        return (
            {p: getattr(banco, p)() for p in propias},
            {tabla: banco.cuantos(tabla) for tabla in ("lotes", "intentos")},
            {tabla: banco.filas(tabla) for tabla in ("cosas", "apuntes")},
            [(f.id, dict(f.propiedades)) for f in salida(banco)],
        )

    antes = todo()
    with pytest.raises(KeyError), transaccion(banco) as t:
        hacer_de_todo(banco, t)
        raise KeyError
    assert todo() == antes
    with transaccion(banco) as t:
        hacer_de_todo(banco, t)
    assert todo() != antes


def test_la_marca_separa_lo_que_se_deshace_de_lo_de_antes(banco):
    with transaccion(banco) as t:
        banco.apuntar(t, "antes de todo")
        t.marcar()
        banco.apuntar(t, "uno")
        t.marcar()
        banco.apuntar(t, "dos")
        banco.apuntar(t, "tres")
        t.deshacer()
        t.marcar()
        t.deshacer()
        t.marcar()
        banco.apuntar(t, "dos")
        t.marcar()
        t.deshacer()
        t.marcar()
        banco.apuntar(t, "cuatro")
        t.deshacer()
        t.marcar()
    assert [f["id"] for f in banco.filas("apuntes")] == ["antes de todo", "dos", "uno"]


@pytest.mark.parametrize("cada", [1, 3])
def test_quinientos_mensajes_con_escrituras_directas_y_rechazos_en_medio(banco, cada):
    with transaccion(banco) as t:
        t.recibir("c", {"m"}, lote=None)
        for n in range(500):
            t.marcar()
            if n % cada == 0:
                banco.apuntar(t, f"{n:03}")
            if n % 7 == 3:
                t.deshacer()
        if isinstance(banco, BancoSQL):
            una_sola_marca(t)
    assert [f["id"] for f in banco.filas("apuntes")] == [f"{n:03}" for n in range(0, 500, cada) if n % 7 != 3]
    assert banco.inbox() == {("c", "m"): False}


def una_sola_marca(t):
    """Of all savepoints one is left. A nest would have another of the same name beneath it."""
    t.conexion.exec_driver_sql("RELEASE SAVEPOINT mensaje; SAVEPOINT prueba")
    with pytest.raises(sa.exc.InternalError, match="mensaje"):
        t.conexion.exec_driver_sql("RELEASE SAVEPOINT mensaje")
    t.conexion.exec_driver_sql("ROLLBACK TO SAVEPOINT prueba")
