"""Tables: keys, unique indexes, order, numbering."""

import pytest

from seedwork.infraestructura.bd import es_de_infraestructura
from seedwork.infraestructura.tabla import ClaveRepetida

from .conftest import transaccion


def cosa(id: str, **otros):
    return {"id": id, "secuencia": 0, "cuanto": 0, "grupo": None, "sello": None, "estado": None, **otros}


def insertar(banco, *filas, si_faltan=False):
    with transaccion(banco) as t:
        t.tablas["cosas"].insertar(filas, si_faltan=si_faltan)


def leer(banco, columna, *valores, **opciones):
    with transaccion(banco) as t:
        return [f["id"] for f in t.tablas["cosas"].leer(columna, valores, **opciones)]


def test_una_tabla_es_siempre_el_mismo_objeto(banco):
    with transaccion(banco) as t:
        assert t.tablas["cosas"] is t.tablas["cosas"]


def test_lo_insertado_se_lee_por_cualquier_columna_en_el_orden_de_los_ids(banco):
    insertar(banco, cosa("b", grupo="g"), cosa("ñ"), cosa("B"), cosa("a-2", sello="s"), cosa("a-10"), cosa("Z"))

    assert leer(banco, "id", "ñ", "b", "a-2", "Z", "a-10", "B", "b", "nada") == ["B", "Z", "a-10", "a-2", "b", "ñ"]
    assert leer(banco, "grupo", "g") == ["b"]
    assert leer(banco, "sello", "s", "t") == ["a-2"]
    assert leer(banco, "id", "a-2", bloquear=False) == ["a-2"]
    assert leer(banco, "id") == []


def test_lo_leido_es_lo_escrito(banco):
    datos = {"lista": ["a", 'con "comillas"', "ñ,\n"], "nada": None, "hondo": {"n": 1.5}}
    fila = cosa("a", grupo="", sello='x"\\,', estado="FIN", cuanto=-7, datos=datos)
    insertar(banco, fila)
    with transaccion(banco) as t:
        assert [f | {"orden": 0} for f in t.tablas["cosas"].leer("id", ["a"])] == [fila | {"orden": 0}]


def test_salvo_deja_fuera_un_valor_y_lo_que_no_tiene_ninguno(banco):
    insertar(banco, cosa("a", estado="VIVA"), cosa("b", estado="FIN"), cosa("c"))
    assert leer(banco, "id", "a", "b", "c", salvo=("estado", "FIN")) == ["a"]


def test_una_clave_que_ya_esta_se_dice(banco):
    insertar(banco, cosa("a", cuanto=1))
    for filas in ([cosa("b"), cosa("a")], [cosa("c"), cosa("c")]):
        with pytest.raises(ClaveRepetida, match="cosas"):
            insertar(banco, *filas)
    assert [(f["id"], f["cuanto"]) for f in banco.filas("cosas")] == [("a", 1)], "nothing of those transactions stays"


@pytest.mark.parametrize(
    "cambio",
    [{"cuanto": None}, {"grupo": "a\0b"}, {"datos": {"hondo": ["a\0b"]}}, {"datos": {"a\0b": 1}}],
    ids=["sin lo obligatorio", "NUL", "NUL en JSON", "NUL en un nombre"],
)
def test_lo_que_ninguna_base_guarda_es_error_de_alguien_y_no_deja_nada(banco, cambio):
    insertar(banco, cosa("a", cuanto=1))
    for hacer in (
        lambda tabla: tabla.insertar([cosa("b", **cambio)]),
        lambda tabla: tabla.insertar([cosa("b", **cambio)], si_faltan=True),
        lambda tabla: tabla.actualizar([{"id": "a", **cambio}]),
    ):
        with pytest.raises(Exception) as dicho, transaccion(banco) as t:
            t.tabla("cosas").insertar([cosa("z")])
            hacer(t.tabla("cosas"))
        assert not es_de_infraestructura(dicho.value)
        assert not isinstance(dicho.value, ClaveRepetida)
    assert [(f["id"], f["cuanto"]) for f in banco.filas("cosas")] == [("a", 1)]


def test_a_una_fila_nueva_no_le_falta_ninguna_columna_obligatoria(banco):
    with pytest.raises(Exception) as dicho, transaccion(banco) as t:
        t.tabla("cosas").insertar([{"id": "a", "secuencia": 0}])
    assert not es_de_infraestructura(dicho.value)
    assert banco.filas("cosas") == []


def test_si_faltan_pasa_por_encima_de_las_claves_que_estan(banco):
    insertar(banco, cosa("a", cuanto=1))
    insertar(banco, cosa("a", cuanto=2), cosa("b", cuanto=3), cosa("b", cuanto=4), si_faltan=True)
    assert [(f["id"], f["cuanto"]) for f in banco.filas("cosas")] == [("a", 1), ("b", 3)]


def test_si_faltan_no_perdona_otro_indice_unico(banco):
    insertar(banco, cosa("a", sello="s"))
    with pytest.raises(ClaveRepetida):
        insertar(banco, cosa("b", sello="s"), si_faltan=True)
    insertar(banco, cosa("a", sello="s"), si_faltan=True)
    assert leer(banco, "id", "a", "b") == ["a"]


def test_un_indice_unico_guarda_cada_valor_una_vez_y_los_nulos_no_cuentan(banco):
    insertar(banco, cosa("a", sello="s"), cosa("b"), cosa("c"))
    with pytest.raises(ClaveRepetida):
        insertar(banco, cosa("d", sello="s"))
    insertar(banco, cosa("d", sello="t"))


def test_un_indice_unico_parcial_solo_mira_las_filas_de_su_condicion(banco):
    insertar(banco, cosa("a", grupo="g", estado="FIN"), cosa("b", grupo="g", estado="FIN"), cosa("n", grupo="g"))
    insertar(banco, cosa("c", grupo="g", estado="VIVA"))
    with pytest.raises(ClaveRepetida):
        insertar(banco, cosa("d", grupo="g", estado="OTRO"))
    insertar(banco, cosa("d", grupo="h", estado="VIVA"))


def test_actualizar_cambia_las_columnas_dadas_de_las_filas_que_estan(banco):
    insertar(banco, cosa("a", cuanto=1, grupo="g"), cosa("b", cuanto=2), cosa("c", cuanto=3))
    with transaccion(banco) as t:
        t.tablas["cosas"].actualizar(
            [
                {"id": "a", "cuanto": 10, "sello": "s"},
                {"id": "b", "cuanto": 20, "sello": None},
                {"id": "x", "cuanto": 1},
            ]
        )
    assert [(f["id"], f["cuanto"], f["sello"], f["grupo"]) for f in banco.filas("cosas")] == [
        ("a", 10, "s", "g"),
        ("b", 20, None, None),
        ("c", 3, None, None),
    ]


def test_actualizar_tampoco_rompe_un_indice_unico(banco):
    insertar(banco, cosa("a", sello="s"), cosa("b", grupo="g", estado="FIN"), cosa("c", grupo="g", estado="VIVA"))
    for cambio in ({"id": "b", "sello": "s"}, {"id": "b", "estado": "VIVA"}):
        with pytest.raises(ClaveRepetida), transaccion(banco) as t:
            t.tablas["cosas"].actualizar([cambio])
    with transaccion(banco) as t:
        t.tablas["cosas"].actualizar([{"id": "a", "sello": "s", "cuanto": 3}])
    assert [f["cuanto"] for f in banco.filas("cosas")] == [3, 0, 0]


def test_lo_borrado_no_esta_y_lo_que_un_indice_guardaba_de_ello_queda_libre(banco):
    insertar(banco, cosa("a", sello="s"), cosa("b"), cosa("c"))
    with transaccion(banco) as t:
        t.tablas["cosas"].borrar(["a", "c", "nada"])
    assert leer(banco, "id", "a", "b", "c") == ["b"]
    insertar(banco, cosa("d", sello="s"), cosa("a"))


def test_la_tabla_numera_sus_filas_en_el_orden_en_que_llegan(banco):
    insertar(banco, cosa("c"), cosa("a"))
    insertar(banco, cosa("b"))
    assert [f["id"] for f in sorted(banco.filas("cosas"), key=lambda f: f["orden"])] == ["c", "a", "b"]
    with transaccion(banco) as t:
        t.tablas["cosas"].actualizar([{"id": "c", "cuanto": 1}])
    insertar(banco, cosa("c"), si_faltan=True)
    assert [f["id"] for f in sorted(banco.filas("cosas"), key=lambda f: f["orden"])] == ["c", "a", "b"]


def test_una_transaccion_ve_lo_que_ella_misma_escribio(banco):
    with transaccion(banco) as t:
        tabla = t.tablas["cosas"]
        tabla.insertar([cosa("a")])
        tabla.actualizar([{"id": "a", "cuanto": 4}])
        assert [f["cuanto"] for f in tabla.leer("id", ["a"])] == [4]
