"""Commands by hand on a real database: refusals leave no row, and what runs at the same time takes turns."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from contratos import sagas
from contratos.servicio_datos import ComandoServicioDatosRechazado, SuscripcionPedida
from seedwork.infraestructura.tabla import ClaveRepetida

pytestmark = pytest.mark.integracion

SUYO = ("servicio_datos",)


@pytest.fixture
def activas(servicio, hecho):
    """Subscriptions 0 to 9 are ACTIVA, and their plan requires nothing."""
    servicio.procesar([hecho(nombre, n, recursos=()) for n in range(10) for nombre in ("creada", "activada")])
    return servicio


def destinos(servicio):
    return dict(servicio.filas("SELECT id_comando, coalesce(motivo, estado) FROM comandos"))


def test_de_crear_a_terminar(activas, crear, orden):
    ordenes = [
        crear("sd", experto="e1"),
        orden("asignar", "sd", experto_codigo="e2"),
        orden("iniciar", "sd", motivo="empieza"),
        orden("terminar", "sd", motivo="acaba"),
        orden("iniciar", "sd"),
    ]
    activas.procesar(ordenes[:1])
    for una in ordenes[1:]:
        activas.procesar([una])

    assert activas.filas("SELECT estado, motivo, detalle, experto_codigo, id_saga, secuencia FROM servicios_datos") == [
        ("TERMINADO", "TERMINADO_A_PETICION", "acaba", "e2", "", 5)
    ]
    assert sum(activas.usados().values()) == 0
    assert [destinos(activas)[o.sobre.id] for o in ordenes] == ["APLICADO"] * 4 + ["SERVICIO_TERMINADO"]
    propios = [(p.get("ce_sequence"), type(m).__name__) for p, m in activas.publicado() if p["ce_subject"] == "sd"]
    assert propios == [
        ("1", "ServicioDatosCreada"),
        ("2", "ExpertoAsignado"),
        ("3", "ExpertoAsignado"),
        ("4", "ServicioDatosIniciado"),
        ("5", "ServicioDatosTerminado"),
        (None, "ComandoServicioDatosRechazado"),
    ]


def test_todo_en_un_lote_es_lo_mismo(activas, crear, orden):
    activas.procesar(
        [crear("sd"), orden("iniciar", "sd"), orden("terminar", "sd"), crear("sd"), crear("otro", experto="e3")]
    )

    assert activas.filas("SELECT id, estado FROM servicios_datos ORDER BY id") == [
        ("otro", "CREADO"),
        ("sd", "TERMINADO"),
    ]
    assert activas.usados() == {"e0": 0, "e1": 0, "e2": 0, "e3": 1}


@pytest.mark.parametrize(
    ("campos", "motivo"),
    [
        ({"experto": "e9"}, "EXPERTO_DESCONOCIDO"),
        ({"nube": "n9"}, "NUBE_DESCONOCIDA"),
        ({"experto": ""}, "DATOS_INVALIDOS"),
    ],
)
def test_una_creacion_rechazada_no_deja_fila(activas, crear, campos, motivo):
    una = crear("sd", **campos)
    activas.procesar([una])

    assert activas.filas("SELECT * FROM servicios_datos") == []
    assert destinos(activas) == {una.sobre.id: motivo}
    (rechazo,) = [m for _, m in activas.publicado() if isinstance(m, ComandoServicioDatosRechazado)]
    assert (rechazo.id_suscripcion, rechazo.motivo) == ("s-1", motivo)


def test_lo_que_espera_no_deja_nada_escrito_ni_detiene_a_los_demas(activas, crear, orden):
    esperan = [crear("sd-77", 77), orden("iniciar", "otro"), orden("terminar", "otro")]

    assert activas.procesar([*esperan, crear("sd")]) == [o.sobre.id for o in esperan]

    assert list(destinos(activas).values()) == ["APLICADO"]
    assert activas.filas("SELECT id FROM servicios_datos") == [("sd",)]
    assert activas.filas("SELECT count(*) FROM suscripciones_conocidas") == [(10,)]
    assert activas.filas("SELECT ce_id, vuelta FROM esperas ORDER BY turno") == [(o.sobre.id, 1) for o in esperan]


def test_un_experto_que_el_catalogo_ya_no_ofrece_es_desconocido(activas, catalogo, crear):
    activas.catalogar(type(catalogo)(expertos=catalogo.expertos[:1], nubes=catalogo.nubes, datasets=catalogo.datasets))

    una = crear("sd", experto="e1")
    activas.procesar([una])

    assert destinos(activas)[una.sobre.id] == "EXPERTO_DESCONOCIDO"


def test_muchos_a_la_vez_toman_de_un_experto_solo_lo_que_tiene(activas, crear):
    with ThreadPoolExecutor(10) as hilos:
        list(hilos.map(lambda n: activas.procesar([crear(f"sd-{n}", n, experto="e1")]), range(10)))

    assert activas.usados() == {"e0": 0, "e1": 5, "e2": 0, "e3": 0}
    assert Counter(destinos(activas).values()) == {"APLICADO": 5, "SIN_CAPACIDAD": 5}


@pytest.mark.parametrize("vuelta", range(10))
def test_crear_y_cancelar_a_la_vez_acaban_sin_nada_vivo(activas, hecho, crear, vuelta):
    """Whoever comes second sees what the first did: the copy's row makes them take turns."""
    salida = threading.Barrier(2)
    una = crear("sd", vuelta)

    def procesar(recibido):
        salida.wait()
        activas.procesar([recibido])

    with ThreadPoolExecutor(2) as hilos:
        list(hilos.map(procesar, [una, hecho("cancelada", vuelta, recursos=())]))

    assert activas.filas("SELECT * FROM servicios_datos WHERE estado <> 'TERMINADO'") == []
    assert sum(activas.usados().values()) == 0
    assert destinos(activas)[una.sobre.id] in ("APLICADO", "SUSCRIPCION_NO_ACTIVA")


def test_crear_y_reservar_a_la_vez_dejan_uno_vivo(activas, hecho, crear):
    with ThreadPoolExecutor(4) as hilos:
        ordenes = [r for n in range(10) for r in (crear(f"sd-{n}", n), hecho("cambio", n, saga=f"c-{n}"))]
        list(hilos.map(lambda r: activas.procesar([r]), ordenes))

    vivos = dict(activas.filas("SELECT id_suscripcion, id_saga FROM servicios_datos WHERE estado <> 'TERMINADO'"))
    assert len(vivos) == 10
    for n in range(10):
        ((_, resultado, _),) = activas.pasos(f"c-{n}")
        assert resultado == ("HECHO" if vivos[f"s-{n}"] else "RECHAZADO")


def test_mandatos_y_hechos_mezclados_no_pierden_ni_inventan_lugares(servicio, hecho, crear, orden):
    """500 of all kinds, at random, from four workers, in batches: after each of them the books are right."""
    azar = random.Random(7)
    hechos = ["creada", "activada", "cambio", "modificado", "cambio rechazado", "rechazada", "cancelada"]
    pesos = [6, 8, 6, 4, 3, 1, 1]

    def al_azar():
        n = azar.randrange(30)
        servicio_n = f"sd-{n}-{azar.randrange(3)}"
        experto = f"e{azar.randrange(4)}"
        match azar.randrange(8):
            case 0 | 1:
                return crear(servicio_n, n, experto=experto)
            case 2:
                reservado = servicio.filas(f"SELECT id FROM servicios_datos WHERE id_suscripcion = 's-{n}'")
                id = reservado[-1][0] if reservado else servicio_n
                return orden(azar.choice(["iniciar", "terminar"]), id)
            case 3:
                return orden("asignar", servicio_n, experto_codigo=experto)
        libera = azar.random() < 0.3
        return hecho(
            azar.choices(hechos, pesos)[0],
            n,
            saga=f"g-{n}-{azar.randrange(4)}",
            recursos=() if libera else SUYO,
            recursos_liberados=SUYO if libera else (),
            secuencia=azar.randrange(1, 20),
        )

    cerrojo, quedan = threading.Lock(), iter([1, 1, 4] * 84)

    def trabajador(_):
        while True:
            with cerrojo:
                tamano = next(quedan, 0)
                lote = [al_azar() for _ in range(tamano)]
            if not lote:
                return
            _procesar(servicio, lote)

    with ThreadPoolExecutor(4) as hilos:
        list(hilos.map(trabajador, range(4)))

    vivos = servicio.filas(
        "SELECT experto_codigo, count(*) FROM servicios_datos WHERE estado <> 'TERMINADO' GROUP BY 1"
    )
    assert {e: u for e, u in servicio.usados().items() if u} == dict(vivos)
    assert not servicio.filas("""
        SELECT * FROM servicios_datos AS s JOIN suscripciones_conocidas AS c ON c.id = s.id_suscripcion
        WHERE s.estado <> 'TERMINADO' AND c.estado IN ('RECHAZADA', 'CANCELADA')
    """)
    pasos = Counter((m.id_saga, m.paso) for _, m in servicio.publicado() if isinstance(m, sagas.TransicionSaga))
    assert [p for p, veces in pasos.items() if veces > 1] == []
    assert vivos, "it has done something"


def _procesar(servicio, lote):
    """As the consumer does: in conflict, a batch one by one, and a single one again."""
    while True:
        try:
            servicio.procesar(lote)
            return
        except sa.exc.OperationalError:
            continue
        except ClaveRepetida:
            if len(lote) > 1:
                for uno in lote:
                    _procesar(servicio, [uno])
                return


def test_un_lote_bloquea_de_una_vez_todas_las_suscripciones_tambien_las_de_creaciones(activas, hecho, crear, orden):
    activas.procesar([crear("sd", 5)])
    bloqueos: list[list[str]] = []

    def anotar(_conexion, _cursor, sentencia, valores, *_resto):
        if "FROM suscripciones_conocidas" in sentencia and "FOR UPDATE" in sentencia:
            bloqueos.append(sorted(valores["valores"]))

    sa.event.listen(activas.motor, "before_cursor_execute", anotar)
    activas.procesar([hecho("cancelada", 7, recursos=()), crear("otro", 3), orden("iniciar", "sd")])

    assert bloqueos == [["s-3", "s-5", "s-7"]]


def test_un_lote_de_hechos_no_busca_servicios_por_su_id(activas, hecho):
    consultas: list[str] = []

    def anotar(_conexion, _cursor, sentencia, *_resto):
        if "FROM servicios_datos" in sentencia:
            consultas.append(sentencia)

    sa.event.listen(activas.motor, "before_cursor_execute", anotar)
    activas.procesar([hecho("cancelada", n, recursos=()) for n in range(10)])

    assert len(consultas) == 1, consultas


def test_una_creacion_para_lo_que_no_es_un_id_se_rechaza_y_no_estorba_a_su_lote(activas, crear):
    mala = crear("malo", suscripcion=SuscripcionPedida(codigo="s-1\x00"))
    activas.procesar([mala, crear("sd", 1)])

    assert destinos(activas)[mala.sobre.id] == "DATOS_INVALIDOS"
    assert activas.filas("SELECT id FROM servicios_datos") == [("sd",)]
