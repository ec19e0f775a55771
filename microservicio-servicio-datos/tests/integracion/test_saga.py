"""The saga's facts on a real database: one transaction holds state, answers and memory."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from seedwork.infraestructura.tabla import ClaveRepetida
from servicio_datos.infraestructura import tablas
from servicio_datos.infraestructura.existencias import RecursosSQL

pytestmark = pytest.mark.integracion

RESERVADO = ("RESERVAR", "HECHO", "")
INICIADO = ("INICIAR", "HECHO", "")
LIBERADO = ("LIBERAR", "HECHO", "")


def test_las_migraciones_hacen_las_tablas_que_el_codigo_usa(motor):
    with motor.connect() as conexion:
        propias = set(tablas.METADATOS.tables)
        contexto = MigrationContext.configure(
            conexion, opts={"include_name": lambda nombre, tipo, _: tipo != "table" or nombre in propias}
        )
        assert compare_metadata(contexto, tablas.METADATOS) == []


def test_de_creada_a_iniciado(servicio, hecho):
    servicio.procesar([hecho("creada")])
    servicio.procesar([hecho("activada")])

    assert servicio.filas("SELECT id_suscripcion, id_saga, estado, secuencia FROM servicios_datos") == [
        ("s-1", "g-1", "INICIADO", 3)
    ]
    assert servicio.pasos() == [RESERVADO, INICIADO]
    (id,) = servicio.filas("SELECT id FROM servicios_datos")[0]
    eventos = [
        (p["ce_subject"], p["ce_sequence"], type(m).__name__) for p, m in servicio.publicado() if "ce_sequence" in p
    ]
    assert eventos == [
        (id, "1", "ServicioDatosCreada"),
        (id, "2", "ExpertoAsignado"),
        (id, "3", "ServicioDatosIniciado"),
    ]
    transiciones = [p for p, m in servicio.publicado() if type(m).__name__ == "TransicionSaga"]
    assert {p["ce_subject"] for p in transiciones} == {"s-1"}
    assert {p["ce_correlationid"] for p, _ in servicio.publicado()} == {"g-1"}


@pytest.mark.parametrize("juntos", [True, False], ids=["un lote", "uno por uno"])
@pytest.mark.parametrize("final", ["activada", "rechazada"])
@pytest.mark.parametrize("orden", sorted(set(permutations([0, 0, 1, 1]))))
def test_cualquier_orden_y_repeticion_acaba_igual(servicio, hecho, orden, final, juntos):
    """0 is the cause, 1 what follows from it; the repeats bear ids of their own, so that the inbox is no help."""
    hechos = [hecho("creada" if n == 0 else final) for n in orden]

    for lote in [hechos] if juntos else [[h] for h in hechos]:
        servicio.procesar(lote)

    if final == "activada":
        assert servicio.pasos() == [RESERVADO, INICIADO]
        assert servicio.filas("SELECT estado FROM servicios_datos") == [("INICIADO",)]
        assert sum(servicio.usados().values()) == 1
        return
    assert sum(servicio.usados().values()) == 0
    assert servicio.pasos() == (
        [RESERVADO, LIBERADO]
        if orden[0] == 0
        else [("LIBERAR", "OMITIDO", "NADA_QUE_LIBERAR"), ("RESERVAR", "OMITIDO", "SAGA_CERRADA")]
    )


def test_la_misma_entrega_dos_veces_es_una(servicio, hecho):
    for _ in range(2):
        servicio.procesar([hecho("creada", id="m-1"), hecho("creada", id="m-1")])

    assert servicio.pasos() == [RESERVADO]
    assert sum(servicio.usados().values()) == 1


def test_causa_y_compensacion_a_la_vez_no_pierden_capacidad(servicio, hecho):
    """Two workers handle one saga's two facts at the same moment; the one whose commit is refused tries again."""
    sagas = range(40)
    salida = threading.Barrier(2)

    def trabajador(nombre: str) -> None:
        for n in sagas:
            salida.wait()
            while True:
                try:
                    servicio.procesar([hecho(nombre, n)])
                    break
                except ClaveRepetida:
                    continue

    with ThreadPoolExecutor(2) as hilos:
        list(hilos.map(trabajador, ["creada", "rechazada"]))

    assert sum(servicio.usados().values()) == 0
    assert servicio.filas("SELECT count(*) FROM servicios_datos WHERE estado <> 'TERMINADO'") == [(0,)]
    for n in sagas:
        assert [p for p, _, _ in servicio.pasos(f"g-{n}")].count("LIBERAR") == 1
        assert [p for p, _, _ in servicio.pasos(f"g-{n}")].count("RESERVAR") == 1


@pytest.mark.parametrize("lectura", [1, 2, 3], ids=["suscripciones", "participaciones", "servicios"])
@pytest.mark.parametrize(
    ("lento", "rapido"),
    [("creada", "rechazada"), ("rechazada", "creada"), ("creada", "activada"), ("activada", "creada")],
)
def test_lo_que_otro_confirma_entre_dos_lecturas_no_se_pierde(servicio, hecho, lento, rapido, lectura):
    """The fast worker handles its fact as a whole after a given read of the slow one's."""
    lecturas = 0

    def interrumpir(_conexion, _cursor, texto, *_resto):
        nonlocal lecturas
        if texto.startswith("SELECT"):
            lecturas += 1
            if lecturas == lectura:
                servicio.procesar([hecho(rapido)])

    sa.event.listen(servicio.motor, "after_cursor_execute", interrumpir)
    try:
        servicio.procesar([hecho(lento)])
    except ClaveRepetida:
        servicio.procesar([hecho(lento)])

    assert lecturas >= lectura, "the fast worker came in between"
    if "activada" in (lento, rapido):
        assert servicio.pasos() == [RESERVADO, INICIADO]
        assert servicio.filas("SELECT estado FROM servicios_datos") == [("INICIADO",)]
    else:
        assert sum(servicio.usados().values()) == 0
        assert sorted(paso for paso, _, _ in servicio.pasos()) == ["LIBERAR", "RESERVAR"]


def test_lo_que_falla_no_deja_rastro(servicio, hecho, monkeypatch):
    def fallar(_self: RecursosSQL, _codigo: str) -> None:
        raise RuntimeError("a propósito")

    servicio.procesar([hecho("creada", 1)])
    with monkeypatch.context() as cambio, pytest.raises(RuntimeError):
        cambio.setattr(RecursosSQL, "devolver_experto", fallar)
        servicio.procesar([hecho("creada", 2, id="m-2"), hecho("rechazada", 1, id="m-3")])

    assert servicio.pasos() == [RESERVADO]
    servicio.procesar([hecho("creada", 2, id="m-2"), hecho("rechazada", 1, id="m-3")])
    assert servicio.pasos("g-1") == [RESERVADO, LIBERADO]
    assert servicio.pasos("g-2") == [RESERVADO]


def test_un_lote_de_doscientas_es_una_transaccion_con_pocas_sentencias(servicio, catalogo, hecho):
    amplio = tuple(replace(e, capacidad=100) for e in catalogo.expertos)
    servicio.catalogar(replace(catalogo, expertos=amplio))
    sentencias: list[str] = []
    sa.event.listen(servicio.motor, "before_cursor_execute", lambda _c, _u, texto, *_: sentencias.append(texto))

    servicio.procesar([hecho("creada", n) for n in range(200)])

    assert servicio.usados() == {"e0": 50, "e1": 50, "e2": 50, "e3": 50}
    assert len(sentencias) < 200 + 20, "one for each expert's place, and a handful for all the rest"
