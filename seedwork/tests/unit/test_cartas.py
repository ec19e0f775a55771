"""A dead letter takes the form that fits: what can't be parked would stand before all that comes behind it."""

import pytest

from seedwork.aplicacion.broker import NoCabe, SinConfirmacion
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.infraestructura.topicos import topico_cartas
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.sobres import Viajado

MIB = 1024 * 1024


class Salida:
    """A broker with a limit of its own."""

    def __init__(self, maximo: int) -> None:
        self.maximo = maximo
        self.tomados = []

    def publicar_carga(self, topico, carga, propiedades, clave, *, espera):
        if len(carga) + sum(len(n) + len(v) for n, v in propiedades.items()) + len(clave) > self.maximo:
            raise NoCabe
        self.tomados.append((topico, carga, propiedades, clave))


def aparcar(salida, carga=b"x", clave="h-1", **propiedades):
    viajado = Viajado("persistent://saludtech/c/t.v1", clave, carga, {"ce_id": "m-1", "otra": "y", **propiedades}, 3)
    CartasMuertas(salida, "c", "c", EntornoSimulado()).aparcar(viajado, error="ValueError", intentos=8)
    ((topico, *carta),) = salida.tomados
    assert topico == topico_cartas("c")
    assert carta[1]["carta_topico"] == viajado.topico
    assert carta[1]["carta_error"] == "ValueError"
    return carta


def test_la_que_cabe_lo_lleva_todo():
    carga, propiedades, clave = aparcar(Salida(5 * MIB), carga=b"x" * 4 * MIB)
    assert (len(carga), propiedades["otra"], clave) == (4 * MIB, "y", "h-1")
    assert "carta_octetos" not in propiedades


@pytest.mark.parametrize("maximo", [1000, 5 * MIB])
def test_antes_que_la_carga_se_queda_lo_que_nadie_conoce(maximo):
    grande = {"otra": "y" * maximo, "ce_traceparent": "z" * 1000}
    carga, propiedades, clave = aparcar(Salida(maximo), **grande)
    assert (carga, clave) == (b"x", "h-1")
    assert propiedades["ce_id"] == "m-1"
    assert not propiedades.keys() & grande.keys()


@pytest.mark.parametrize("maximo", [1000, 5 * MIB])
def test_la_carga_que_no_cabe_se_queda_y_se_dice_cuanto_pesaba(maximo):
    carga, propiedades, _ = aparcar(Salida(maximo), carga=b"x" * maximo, clave="k" * maximo)
    assert carga == b""
    assert propiedades["carta_octetos"] == str(maximo)
    assert propiedades["ce_id"] == "m-1"


def test_una_clave_mas_larga_que_las_del_contrato_se_queda():
    carga, propiedades, clave = aparcar(Salida(5 * MIB), clave="k" * 129)
    assert (carga, propiedades["otra"], clave) == (b"x", "y", "")


def test_el_broker_que_no_confirma_no_hace_la_carta_mas_pequena():
    class Muda(Salida):
        def publicar_carga(self, *args, **opciones):
            raise SinConfirmacion

    with pytest.raises(SinConfirmacion):
        aparcar(Muda(0))
