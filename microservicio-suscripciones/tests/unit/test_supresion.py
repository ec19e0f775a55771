"""A client is forgotten: what goes, what stays as nobody's, and who comes back is another."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from contratos import motivos
from contratos.ejemplos import CREAR_SUSCRIPCION
from contratos.suscripciones import ClienteSuprimido, ComandoClienteRechazado, ExportarCliente
from seedwork.aplicacion.identidad import Quien
from suscripciones.aplicacion.caducidad import PlazosDeOlvido, lo_que_queda

Casa = Any

DUENA = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")
OTRA = Quien(id="eva", roles=frozenset({"cliente"}), cliente="0002")
OPERADOR = Quien(id="op", roles=frozenset({"operador"}))


def pagada_y_cancelada(casa: Casa) -> None:
    """A subscription of the client's that is over, with what it told of itself."""
    casa.activa("basico")
    casa.pagar(monto="19.90", medio="tarjeta de Ana")
    casa.cancelar("me voy con Ana")
    casa.oir("CANCELAR")


def test_se_van_sus_datos_y_sus_palabras_y_las_facturas_se_quedan_sin_nadie(casa: Casa) -> None:
    pagada_y_cancelada(casa)
    casa.nuevos()

    assert casa.suprimir() is None

    assert casa.filas("clientes") == []
    suya, (factura,) = casa.suscripcion(), casa.facturas()
    assert (suya.cliente_codigo, suya.detalle, suya.estado) == ("", None, "CANCELADA")
    assert (factura.medio, factura.estado, str(factura.importe)) == (None, "PAGADA", "19.90")
    (dicho,) = casa.nuevos()
    assert (dicho.carga, dicho.sobre.sujeto) == (ClienteSuprimido(id_suscripcion="s-1"), "s-1")
    assert "0001" not in repr(casa.foto()) and "Ana" not in repr(casa.foto())


def test_otra_vez_no_hace_nada_y_de_quien_nadie_conoce_tampoco(casa: Casa) -> None:
    pagada_y_cancelada(casa)
    casa.suprimir()
    antes = casa.foto()
    casa.nuevos()
    assert casa.suprimir(id_comando="o-2") is None
    assert casa.suprimir(codigo="nadie", id_comando="o-3") is None
    assert (casa.foto(), casa.nuevos()) == (antes, [])


def test_se_niega_mientras_tenga_algo_en_vigor_o_en_curso(casa: Casa) -> None:
    casa.crear("pro")
    antes = casa.foto()
    assert casa.suprimir() == motivos.CLIENTE_CON_SUSCRIPCION
    (rechazado,) = casa.de_tipo(ComandoClienteRechazado)
    assert (rechazado.cliente_codigo, rechazado.motivo) == ("0001", motivos.CLIENTE_CON_SUSCRIPCION)
    assert casa.foto() == antes
    casa.completar()
    assert casa.suprimir(id_comando="o-2") == motivos.CLIENTE_CON_SUSCRIPCION
    # Of a client with one that is over and one that is not, neither is touched.
    casa.crear("pro", id="s-2", id_comando="g-2")
    casa.cancelar(id="s-2", id_comando="x-2")
    antes = casa.foto()
    assert casa.suprimir(id_comando="o-3") == motivos.CLIENTE_CON_SUSCRIPCION
    assert casa.foto() == antes
    casa.cancelar()
    assert casa.suprimir(id_comando="o-4") == motivos.SAGA_EN_CURSO


def test_quien_vuelve_con_su_codigo_es_otro(casa: Casa) -> None:
    pagada_y_cancelada(casa)
    casa.suprimir()
    casa.crear("basico", id="s-2", id_comando="g-2", cliente_nombres="Otra")
    assert [(f["id"], f["nombres"]) for f in casa.filas("clientes")] == [("0001", "Otra")]
    assert (casa.suscripcion().cliente_codigo, casa.suscripcion("s-2").cliente_codigo) == ("", "0001")


@pytest.mark.parametrize("arrepentida", [False, True])
def test_en_una_misma_tanda_queda_un_olvidado_o_uno_nuevo(casa: Casa, arrepentida: bool) -> None:
    """Forgotten and made anew in one transaction; and if the creation is undone, forgotten alone."""
    pagada_y_cancelada(casa)
    if arrepentida:
        casa.arrepentidos.add("g-2")
    casa.procesar(casa.supresion(), casa.creacion("basico", id="s-2", id_comando="g-2", cliente_nombres="Otra"))
    assert [f["nombres"] for f in casa.filas("clientes")] == ([] if arrepentida else ["Otra"])
    assert casa.suscripcion().cliente_codigo == ""


def test_una_creacion_delante_en_la_misma_tanda_lo_impide(casa: Casa) -> None:
    pagada_y_cancelada(casa)
    supresion = casa.supresion()
    casa.procesar(casa.creacion("basico", id="s-2", id_comando="g-2"), supresion)
    assert casa.destino(supresion) == motivos.CLIENTE_CON_SUSCRIPCION
    assert casa.suscripcion().cliente_codigo == casa.filas("clientes")[0]["id"] == "0001"


@pytest.mark.parametrize(("quien", "motivo"), [(DUENA, None), (OPERADOR, None), (OTRA, motivos.NO_AUTORIZADO)])
def test_la_pide_el_mismo_o_un_operador(casa: Casa, quien: Quien, motivo: str | None) -> None:
    pagada_y_cancelada(casa)
    casa.quien = quien
    antes = casa.foto()
    assert casa.suprimir() == motivo
    assert (casa.foto() == antes) is (motivo is not None)


def test_lo_de_otro_cliente_no_se_toca(casa: Casa) -> None:
    otro = replace(CREAR_SUSCRIPCION, cliente_codigo="0002", plan_codigo="free")
    casa.mandar(casa.comando(otro, "g-2", id="s-2"))
    pagada_y_cancelada(casa)
    casa.suprimir()
    assert [f["id"] for f in casa.filas("clientes")] == ["0002"]
    assert casa.suscripcion("s-2").cliente_codigo == "0002"


def test_lo_que_queda_caduca_segun_los_ajustes() -> None:
    plazos = PlazosDeOlvido(topicos=1, cartas=2, salida=3, comandos=4, respaldos=5, exportacion=6)
    queda = lo_que_queda(datetime(2026, 2, 1, tzinfo=UTC), plazos)
    dias = [int(lugar.hasta[8:10]) - 1 for lugar in queda if lugar.hasta]
    assert dias == [1, 3, 3, 4, 5]
    assert (queda[0].donde, queda[0].hasta) == ("Los servicios de datos y las notificaciones.", None)
    assert [lugar.donde for lugar in queda if lugar.hasta is None][-1] == "El correo."


@pytest.mark.parametrize(("quien", "motivo"), [(DUENA, None), (OPERADOR, None), (OTRA, motivos.NO_AUTORIZADO)])
def test_exportar_no_guarda_nada_y_lo_pide_el_mismo_o_un_operador(casa: Casa, quien: Quien, motivo: str | None) -> None:
    pagada_y_cancelada(casa)
    casa.quien = quien
    antes = casa.foto()
    pedida = casa.comando(ExportarCliente(cliente_codigo="0001"), "o-1", id="0001")
    assert casa.mandar(pedida) == motivo
    assert casa.foto() == antes
    (anotado,) = casa.almacen.auditoria.values()
    assert (anotado.accion, anotado.recurso, anotado.motivo) == ("ExportarCliente", "0001", motivo)
