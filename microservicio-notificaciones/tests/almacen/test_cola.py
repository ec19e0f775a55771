"""The delivery queue, as its senders share it: each delivery is one sender's for as long as it has the lease."""

from dataclasses import replace
from datetime import timedelta


def test_tomar_cuenta_el_intento_y_dice_hasta_cuando(mundo):
    mundo.encolar("n-1")
    (tomado,) = mundo.tomados(arriendo_s=15)

    assert tomado.intentos == 1
    assert tomado.tomado
    assert timedelta(seconds=14) < tomado.tomado_hasta - tomado.leido <= timedelta(seconds=15)
    with mundo.atendiendo() as unidad:
        leido = unidad.envios.obtener("n-1")
    assert replace(leido, leido=tomado.leido) == tomado


def test_lo_que_uno_tiene_no_lo_toma_otro_hasta_que_vence(mundo):
    mundo.encolar("n-1", "n-2")
    assert mundo.tomar() == ["n-1", "n-2"]
    assert mundo.tomar() == []

    mundo.pasar(14)
    assert mundo.tomar() == []
    mundo.pasar(2)
    assert [e.intentos for e in mundo.tomados()] == [2, 2]


def test_se_toman_los_que_caben_los_que_mas_esperan_primero(mundo):
    for n in range(4):
        mundo.encolar(f"n-{n}", hace_s=10 * n)

    assert [mundo.tomar(2) for _ in range(3)] == [["n-2", "n-3"], ["n-0", "n-1"], []]


def test_se_pueden_tomar_solo_los_que_ya_tienen_una_edad(mundo):
    mundo.encolar("n-1", hace_s=43.5)
    mundo.encolar("n-2", hace_s=42.5)

    assert [e.id_notificacion for e in mundo.cola.tomar(10, 15.0, [], 43.0)] == ["n-1"]
    mundo.pasar(1)
    assert [e.id_notificacion for e in mundo.cola.tomar(10, 15.0, [], 43.0)] == ["n-2"]


def test_no_se_toma_lo_que_uno_tiene_en_mano_aunque_venza(mundo):
    mundo.encolar("n-1", "n-2")
    mundo.tomar()
    mundo.pasar(16)

    assert mundo.tomar(excepto=["n-1", "n-9"]) == ["n-2"]
    assert mundo.tomar() == ["n-1"]


def test_lo_devuelto_lo_toma_otro_enseguida_con_su_intento_contado(mundo):
    mundo.encolar("n-1", "n-2")
    tomados = {e.id_notificacion: e for e in mundo.tomados()}
    mundo.cola.devolver([tomados["n-1"]])

    (otra_vez,) = mundo.tomados()
    assert (otra_vez.id_notificacion, otra_vez.intentos) == ("n-1", 2)


def test_no_se_devuelve_lo_que_otro_tomo_despues(mundo):
    mundo.encolar("n-1")
    viejos = mundo.tomados()
    mundo.pasar(16)
    assert mundo.tomar() == ["n-1"]
    mundo.cola.devolver(viejos)

    assert mundo.tomar() == []


def test_devolver_nada_o_lo_que_ya_acabo_no_hace_nada(mundo):
    mundo.encolar("n-1", "n-2")
    tomados = mundo.tomados()
    with mundo.atendiendo() as unidad:
        unidad.envios.quitar("n-1")
    mundo.cola.devolver([])
    mundo.cola.devolver(tomados)

    assert mundo.tomar() == ["n-2"]
