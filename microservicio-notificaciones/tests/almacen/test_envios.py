"""Deliveries as one unit of work sees them: what it queued and what it removed count at once, and can be undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from seedwork.aplicacion.identidad import Quien
from seedwork.infraestructura.tabla import ClaveRepetida

from .conftest import SOBRE, envio, rechazado


def test_lo_que_se_encola_se_lee_tal_cual(mundo):
    with mundo.atendiendo() as unidad:
        suyo = envio(unidad, "n-1")
        unidad.envios.agregar(suyo)

    with mundo.atendiendo() as unidad:
        leido = unidad.envios.obtener("n-1")
    assert replace(leido, leido=suyo.leido) == suyo
    assert leido.leido >= suyo.creado
    assert not leido.tomado


def test_quien_pidio_lo_que_lo_causo_sigue_con_el(mundo):
    """What a command causes names who asked for it; until now every letter follows from an event."""
    quien = Quien(id="op", roles=frozenset({"operador"}))
    with mundo.atendiendo() as unidad:
        suyo = envio(unidad, "n-1")
        unidad.envios.agregar(replace(suyo, sobre=replace(suyo.sobre, quien=quien)))

    with mundo.atendiendo() as unidad:
        assert unidad.envios.obtener("n-1").sobre.quien == quien


def test_lo_que_no_hay_no_se_halla(mundo):
    with mundo.atendiendo() as unidad:
        assert unidad.envios.obtener("n-1") is None
        assert unidad.envios.de_suscripcion("s-1") == []


def test_quien_encola_lo_ve_antes_de_confirmar(mundo):
    mundo.encolar("n-2")
    with mundo.abrir() as unidad:
        with unidad.mensaje(SOBRE):
            for id in ("n-3", "n-1"):
                unidad.envios.agregar(envio(unidad, id))
            unidad.envios.agregar(envio(unidad, "n-4", suscripcion="s-2"))
        with unidad.mensaje(SOBRE):
            assert [e.id_notificacion for e in unidad.envios.de_suscripcion("s-1")] == ["n-1", "n-2", "n-3"]
            assert unidad.envios.obtener("n-4").saga.id_suscripcion == "s-2"

    assert mundo.vigentes() == ["n-1", "n-2", "n-3"]
    assert mundo.vigentes("s-2") == ["n-4"]


def test_lo_que_se_quita_no_se_ve_mas(mundo):
    mundo.encolar("n-1", "n-2")
    with mundo.abrir() as unidad:
        with unidad.mensaje(SOBRE):
            unidad.envios.agregar(envio(unidad, "n-3"))
            unidad.envios.agregar(envio(unidad, "n-4"))
        with unidad.mensaje(SOBRE):
            unidad.envios.quitar("n-1")
            unidad.envios.quitar("n-3")
            unidad.envios.quitar("n-9")
            assert unidad.envios.obtener("n-1") is None
            assert unidad.envios.obtener("n-3") is None
            assert [e.id_notificacion for e in unidad.envios.de_suscripcion("s-1")] == ["n-2", "n-4"]

    assert mundo.vigentes() == ["n-2", "n-4"]
    assert mundo.tomar() == ["n-2", "n-4"]


def test_un_mensaje_que_se_rechaza_en_un_lote_deja_los_envios_de_los_demas(mundo):
    mundo.encolar("n-1", "n-2")
    mundo.encolar("n-3", hace_s=10)
    assert mundo.tomar(1) == ["n-3"]
    with mundo.abrir() as unidad:
        with unidad.mensaje(SOBRE):
            unidad.envios.agregar(envio(unidad, "n-4"))
            unidad.envios.quitar("n-1")
        with rechazado(unidad):
            unidad.envios.agregar(envio(unidad, "n-5"))
            for id in ("n-1", "n-2", "n-4"):
                unidad.envios.quitar(id)
            unidad.envios.marcar_para_anular("n-3")
            unidad.envios.aplazar("n-3", unidad.reloj() + timedelta(hours=1))
            assert [e.id_notificacion for e in unidad.envios.de_suscripcion("s-1")] == ["n-3", "n-5"]
        with unidad.mensaje(SOBRE):
            assert [e.id_notificacion for e in unidad.envios.de_suscripcion("s-1")] == ["n-2", "n-3", "n-4"]
            unidad.envios.agregar(envio(unidad, "n-6"))

    assert mundo.vigentes() == ["n-2", "n-3", "n-4", "n-6"]
    mundo.pasar(20)
    quedan = {e.id_notificacion: e.anular for e in mundo.tomados()}
    assert quedan == {"n-2": False, "n-3": False, "n-4": False, "n-6": False}


def test_lo_que_no_se_confirma_no_encola_ni_quita(mundo):
    mundo.encolar("n-1")
    with pytest.raises(ZeroDivisionError), mundo.atendiendo() as unidad:
        unidad.envios.agregar(envio(unidad, "n-2"))
        unidad.envios.quitar("n-1")
        unidad.envios.marcar_para_anular("n-1")
        raise ZeroDivisionError

    (queda,) = mundo.tomados()
    assert (queda.id_notificacion, queda.anular) == ("n-1", False)


def test_encolar_dos_veces_lo_mismo_no_se_puede(mundo):
    mundo.encolar("n-1")
    with pytest.raises(ClaveRepetida):
        mundo.encolar("n-2", "n-1")

    assert mundo.vigentes() == ["n-1"]


def test_lo_que_se_carga_antes_se_entrega_como_este(mundo):
    mundo.encolar("n-1", "n-2")
    with mundo.abrir() as unidad:
        unidad.envios.precargar(["n-1", "n-2", "n-3"])
        with unidad.mensaje(SOBRE):
            assert unidad.envios.obtener("n-3") is None
            assert unidad.envios.obtener("n-1").id_notificacion == "n-1"
            unidad.envios.quitar("n-1")
            unidad.envios.quitar("n-2")
        with unidad.mensaje(SOBRE):
            assert unidad.envios.obtener("n-1") is None
            assert unidad.envios.obtener("n-2") is None


def test_lo_aplazado_no_se_debe_hasta_entonces_y_nadie_lo_tiene(mundo):
    mundo.encolar("n-1")
    assert mundo.tomar() == ["n-1"]
    with mundo.atendiendo() as unidad:
        unidad.envios.aplazar("n-1", unidad.reloj() + timedelta(seconds=60))
        assert not unidad.envios.obtener("n-1").tomado

    assert mundo.tomar() == []
    mundo.pasar(30)
    assert mundo.tomar() == []
    mundo.pasar(31)
    (otra_vez,) = mundo.tomados()
    assert otra_vez.intentos == 2


def test_lo_marcado_para_anular_lo_dice_a_quien_lo_tenga(mundo):
    mundo.encolar("n-1")
    mundo.tomar()
    with mundo.atendiendo() as unidad:
        unidad.envios.marcar_para_anular("n-1")
        assert unidad.envios.obtener("n-1").anular

    mundo.pasar(16)
    (otra_vez,) = mundo.tomados()
    assert otra_vez.anular


def test_quien_lo_lee_sabe_si_un_enviador_lo_tiene(mundo):
    mundo.encolar("n-1")
    mundo.tomar(arriendo_s=60)

    def tomado() -> bool:
        with mundo.atendiendo() as unidad:
            return unidad.envios.obtener("n-1").tomado

    assert tomado()
    mundo.pasar(61)
    assert not tomado()
