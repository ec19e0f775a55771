"""What is closed stays closed, unless what closed it is undone."""

import pytest

from .conftest import SOBRE, rechazado


def cerradas(mundo, *sagas: str, suscripcion: str = "s-1") -> list[str]:
    with mundo.atendiendo() as unidad:
        return [saga for saga in sagas if unidad.cierres.cerrada(saga, suscripcion)]


def test_al_principio_nada_esta_cerrado(mundo):
    assert cerradas(mundo, "g-1", "g-2") == []
    assert cerradas(mundo, "g-1", "g-2") == []


def test_cerrar_una_saga_no_cierra_las_demas(mundo):
    with mundo.atendiendo() as unidad:
        unidad.cierres.cerrar_saga("g-1")
        assert unidad.cierres.cerrada("g-1", "s-1")
        assert not unidad.cierres.cerrada("g-2", "s-1")

    assert cerradas(mundo, "g-1", "g-2") == ["g-1"]


def test_cerrar_una_suscripcion_cierra_todas_sus_sagas_vistas_o_no(mundo):
    assert cerradas(mundo, "g-1") == []
    with mundo.atendiendo() as unidad:
        unidad.cierres.cerrar_suscripcion("s-1")
        assert unidad.cierres.cerrada("g-1", "s-1")

    assert cerradas(mundo, "g-1", "g-2") == ["g-1", "g-2"]
    assert cerradas(mundo, "g-3", suscripcion="s-2") == []


def test_lo_cerrado_sigue_cerrado(mundo):
    for _ in range(2):
        with mundo.atendiendo() as unidad:
            unidad.cierres.cerrar_saga("g-1")
            unidad.cierres.cerrar_suscripcion("s-9")
        assert cerradas(mundo, "g-1", "g-2") == ["g-1"]
        assert cerradas(mundo, "g-8", suscripcion="s-9") == ["g-8"]


def test_lo_que_se_rechaza_no_cierra_y_lo_de_antes_en_su_lote_si(mundo):
    with mundo.abrir() as unidad:
        with unidad.mensaje(SOBRE):
            unidad.cierres.cerrar_saga("g-1")
        with rechazado(unidad):
            unidad.cierres.cerrar_saga("g-2")
            unidad.cierres.cerrar_suscripcion("s-1")
            assert unidad.cierres.cerrada("g-3", "s-1")
        with unidad.mensaje(SOBRE):
            assert not unidad.cierres.cerrada("g-3", "s-1")
            unidad.cierres.cerrar_saga("g-4")

    assert cerradas(mundo, "g-1", "g-2", "g-3", "g-4") == ["g-1", "g-4"]


def test_lo_que_no_se_confirma_no_cierra(mundo):
    with pytest.raises(ZeroDivisionError), mundo.atendiendo() as unidad:
        unidad.cierres.cerrar_suscripcion("s-1")
        raise ZeroDivisionError

    assert cerradas(mundo, "g-1") == []
