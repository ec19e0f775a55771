"""The catalogue with the stock of experts' places, as one transaction sees it (``aplicacion.puertos.Recursos``)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from seedwork.dominio.errores import ReglaViolada
from servicio_datos.dominio.catalogo import Experto
from servicio_datos.pruebas.memoria import CapacidadExcedida


def experto(codigo, capacidad):
    return Experto(codigo=codigo, nombres="Ana", apellidos="Ruiz", capacidad=capacidad)


@pytest.fixture
def dos(lugar, catalogo):
    """Its catalogue has two experts: ``grande`` with nine places, ``chico`` with three."""
    lugar.catalogar(replace(catalogo, expertos=(experto("grande", 9), experto("chico", 3))))
    return lugar


def por_cuenta_propia(unidad):
    return unidad.por_cuenta_propia("prueba", sujeto="s-1", correlacion="g-1")


def usados(lugar):
    """But for those of whom nobody has a place."""
    return {codigo: n for codigo, n in lugar.usados().items() if n}


def test_ofrece_lo_que_dice_el_catalogo(lugar):
    with lugar.abrir() as unidad:
        recursos = unidad.recursos
        assert {recursos.elegir_nube() for _ in range(50)} == {"n1"}
        assert {recursos.elegir_dataset() for _ in range(50)} == {"d1", "d2"}, "any of them, all alike"
        for tiene, suyos in (
            (recursos.tiene_experto, ["e0", "e1", "e2", "e3"]),
            (recursos.tiene_nube, ["n1"]),
            (recursos.tiene_dataset, ["d1", "d2"]),
        ):
            assert [c for c in ("e0", "e1", "e2", "e3", "n1", "d1", "d2", "x", "") if tiene(c)] == suyos


def test_de_lo_que_no_hay_no_ofrece_nada(lugar, catalogo):
    lugar.catalogar(replace(catalogo, expertos=(), nubes=(), datasets=()))
    with lugar.abrir() as unidad:
        recursos = unidad.recursos
        assert recursos.elegir_nube() is recursos.elegir_dataset() is recursos.tomar_experto() is None
        assert not recursos.tiene_nube("n1")
        assert not recursos.tiene_dataset("d1")
        assert not recursos.tiene_experto("e0")
        assert not recursos.tomar_a("e0")


def test_se_toma_a_quien_menos_ocupado_esta_en_proporcion_hasta_que_nadie_queda(dos):
    with dos.abrir() as unidad:
        for _ in range(8):
            unidad.recursos.tomar_experto()
    assert dos.usados() == {"e0": 0, "e1": 0, "e2": 0, "e3": 0, "grande": 6, "chico": 2}
    with dos.abrir() as unidad:
        assert [unidad.recursos.tomar_experto() is None for _ in range(6)] == [False] * 4 + [True] * 2
    assert usados(dos) == {"grande": 9, "chico": 3}


def test_entre_iguales_el_azar_elige(lugar):
    tomados = set()
    for _ in range(60):
        with lugar.abrir() as unidad:
            codigo = unidad.recursos.tomar_experto()
            unidad.recursos.devolver_experto(codigo)
        tomados.add(codigo)
    assert tomados == {"e0", "e1", "e2", "e3"}


def test_de_uno_se_toma_mientras_tiene(dos):
    with dos.abrir() as unidad:
        assert [unidad.recursos.tomar_a("chico") for _ in range(4)] == [True, True, True, False]
        unidad.recursos.devolver_experto("chico")
        assert unidad.recursos.tomar_a("chico")
        assert not unidad.recursos.tomar_a("nadie")
    assert usados(dos) == {"chico": 3}


def test_a_quien_el_catalogo_ya_no_nombra_solo_se_le_devuelve(dos, catalogo):
    with dos.abrir() as unidad:
        unidad.recursos.tomar_a("chico")
    dos.catalogar(replace(catalogo, expertos=(experto("grande", 1),)))
    with dos.abrir() as unidad:
        assert not unidad.recursos.tiene_experto("chico")
        assert not unidad.recursos.tomar_a("chico")
        assert [unidad.recursos.tomar_experto() for _ in range(2)] == ["grande", None]
        unidad.recursos.devolver_experto("chico")
    assert usados(dos) == {"grande": 1}


def test_una_capacidad_menor_que_lo_ocupado_no_quita_a_nadie_y_no_da_mas(dos, catalogo):
    with dos.abrir() as unidad:
        for _ in range(3):
            unidad.recursos.tomar_a("chico")
    dos.catalogar(replace(catalogo, expertos=(experto("chico", 2),)))
    with dos.abrir() as unidad:
        unidad.recursos.devolver_experto("chico")
        assert not unidad.recursos.tomar_a("chico")
        assert unidad.recursos.tomar_experto() is None
        unidad.recursos.devolver_experto("chico")
        assert unidad.recursos.tomar_a("chico")
    assert usados(dos) == {"chico": 2}


def test_lo_que_nadie_tomo_no_se_devuelve(dos):
    with pytest.raises((CapacidadExcedida, sa.exc.IntegrityError)), dos.abrir() as unidad:
        unidad.recursos.tomar_a("grande")
        unidad.recursos.devolver_experto("chico")
    assert usados(dos) == {}


def test_lo_que_tomo_un_mensaje_que_se_rechaza_queda_libre_en_la_misma_transaccion(dos):
    with dos.abrir() as unidad:
        with por_cuenta_propia(unidad):
            assert unidad.recursos.tomar_a("grande")
        for libres in (3, 2):
            with pytest.raises(ReglaViolada), por_cuenta_propia(unidad):
                assert [unidad.recursos.tomar_a("chico") for _ in range(libres + 1)] == [True] * libres + [False]
                unidad.recursos.devolver_experto("grande")
                raise ReglaViolada("DATOS_INVALIDOS")
            with por_cuenta_propia(unidad):
                assert unidad.recursos.tomar_a("chico")
    assert usados(dos) == {"grande": 1, "chico": 2}


def test_un_mensaje_que_no_toca_lugares_no_deshace_los_del_anterior(dos):
    with dos.abrir() as unidad:
        with por_cuenta_propia(unidad):
            assert unidad.recursos.tomar_a("grande")
        with pytest.raises(ReglaViolada), por_cuenta_propia(unidad):
            raise ReglaViolada("DATOS_INVALIDOS")
    assert usados(dos) == {"grande": 1}


def test_lo_que_falla_no_deja_nada(dos):
    with pytest.raises(RuntimeError), dos.abrir() as unidad:
        unidad.recursos.tomar_experto()
        raise RuntimeError("a propósito")
    assert usados(dos) == {}
