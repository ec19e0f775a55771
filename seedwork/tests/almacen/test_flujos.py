"""Event streams: appended in order, one writer a version."""

import pytest

from seedwork.infraestructura.almacen_eventos import ConflictoDeVersion

from .conftest import transaccion


def fila(banco, flujo, version, **datos):
    return {
        "flujo": flujo,
        "version": version,
        "tipo": "Sumada",
        "esquema": 1,
        "datos": datos,
        "metadatos": {"secuencia": version},
        "ocurrido": banco.entorno.ahora(),
        "huella": f"h-{flujo}-{version}",
    }


def anexar(banco, *claves):
    with transaccion(banco) as t:
        return banco.flujos(t).anexar([fila(banco, flujo, version) for flujo, version in claves])


def leer(banco, *flujos):
    with transaccion(banco) as t:
        return [(f["flujo"], f["version"]) for f in banco.flujos(t).leer(flujos)]


def test_lo_anexado_se_lee_flujo_a_flujo_lo_mas_antiguo_primero(banco):
    anexar(banco, ("b", 1), ("a", 1), ("b", 2))
    anexar(banco, ("a", 2), *(("b", n) for n in range(3, 12)))

    assert leer(banco, "b", "a", "nadie") == [("a", 1), ("a", 2), *(("b", n) for n in range(1, 12))]
    assert leer(banco, "a") == [("a", 1), ("a", 2)]
    assert leer(banco) == []


def test_cada_evento_tiene_su_lugar_entre_todos(banco):
    primeros = anexar(banco, ("b", 1), ("a", 1), ("b", 2))
    segundos = anexar(banco, ("a", 2))
    assert list(primeros) == [("b", 1), ("a", 1), ("b", 2)]
    todos = [*primeros.values(), *segundos.values()]
    assert todos == sorted(set(todos))
    with transaccion(banco) as t:
        assert {(f["flujo"], f["version"]): f["orden"] for f in banco.flujos(t).leer(["a", "b"])} == primeros | segundos


def test_lo_leido_es_lo_anexado(banco):
    anexado = fila(banco, "a", 1, nota="ñ «1.0»", lista=[1, None])
    with transaccion(banco) as t:
        banco.flujos(t).anexar([anexado])
    with transaccion(banco) as t:
        (leido,) = banco.flujos(t).leer(["a"])
    assert {c: leido[c] for c in anexado} == anexado


def test_una_version_que_ya_esta_es_un_conflicto_y_no_queda_nada(banco):
    anexar(banco, ("a", 1))
    for claves in ([("b", 1), ("a", 1)], [("c", 1), ("c", 1)]):
        with pytest.raises(ConflictoDeVersion):
            anexar(banco, *claves)
    assert leer(banco, "a", "b", "c") == [("a", 1)]


def test_lo_que_se_deshace_no_esta(banco):
    with pytest.raises(KeyError), transaccion(banco) as t:
        banco.flujos(t).anexar([fila(banco, "a", 1)])
        raise KeyError
    assert leer(banco, "a") == []
    anexar(banco, ("a", 1))
